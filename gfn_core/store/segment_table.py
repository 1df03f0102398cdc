"""A segment's motion on the way to the whole: a motion table, with what its seams are told by."""

from pathlib import Path
from typing import Any

import numpy as np

from gfn_core.errors import ArtifactDamaged
from gfn_core.motion.segments import AnalysedSegment, Segment
from gfn_core.store.motion_table import load_motion, save_motion
from gfn_core.store.provenance import read_provenance


def save_segment(path: Path, analysed: AnalysedSegment, provenance: dict[str, Any]) -> None:
    """Write what was found of a segment."""
    notes = {"digests": analysed.digests.tolist(), "sees": analysed.sees.tolist()}
    save_motion(path, analysed.motion, provenance | notes)


def load_segment(path: Path, segment: Segment) -> AnalysedSegment:
    """Read it back; raises `ArtifactDamaged`."""
    notes = read_provenance(path)
    try:
        digests, sees = np.array(notes["digests"], np.uint32), np.array(notes["sees"], np.bool_)
    except KeyError as error:
        raise ArtifactDamaged(f"{path}: lacks {error}; delete it to redo it") from error
    return AnalysedSegment(segment, load_motion(path), digests, sees)
