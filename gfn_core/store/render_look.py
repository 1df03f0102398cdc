"""What was seen of a segment while it was rendered, kept until the segments are joined."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from gfn_core.errors import ArtifactDamaged
from gfn_core.metrics.side_by_side import Pairs
from gfn_core.render.segment import SeamNotes


@dataclass(frozen=True)
class RenderLook:
    """Frames before and after, by stretch, and what the seams are told by."""

    pairs: Pairs
    seams: SeamNotes


def save_look(path: Path, look: RenderLook) -> None:
    """Write `look`."""
    arrays: dict[str, Any] = {
        f"{side}_{stretch}": np.stack([pair[number] for pair in pairs])
        for stretch, pairs in look.pairs.items()
        for number, side in enumerate(("before", "after"))
    }
    arrays["seams"] = json.dumps(asdict(look.seams))
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)


def load_look(path: Path) -> RenderLook:
    """Read it back; raises `ArtifactDamaged`."""
    try:
        with np.load(path) as stored:
            seams = json.loads(str(stored["seams"]))
            stretches = [name.partition("_")[2] for name in stored if name.startswith("before")]
            pairs = {
                int(each): list(zip(stored[f"before_{each}"], stored[f"after_{each}"], strict=True))
                for each in stretches
            }
            notes = SeamNotes(**seams | {"left_out": tuple(seams["left_out"])})
    except (OSError, KeyError, TypeError, ValueError, BadZipFile) as error:
        raise ArtifactDamaged(f"{path}: cannot be read ({error}); delete it to redo it") from error
    return RenderLook(pairs, notes)
