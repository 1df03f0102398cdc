"""A clip's motion and paths as CSV or JSON, for programs that read no Parquet."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from gfn_core.motion.path import accumulate
from gfn_core.store.archive import Archive
from gfn_core.store.motion_table import SCHEMA as MOTION_SCHEMA
from gfn_core.store.motion_table import load_motion
from gfn_core.store.provenance import read_provenance, read_table
from gfn_core.store.trajectory_table import PARAMETERS
from gfn_core.store.trajectory_table import SCHEMA as TRAJECTORY_SCHEMA


def write_csv(archive: Archive, video: str, path: Path) -> None:
    """Write a row a frame: motion, the camera's path, the smoothed path, the correction."""
    pa_csv.write_csv(frames_of(archive, video), path)


def write_json(archive: Archive, video: str, path: Path) -> None:
    """Write the same as lists by column, with the provenance of both tables."""
    content: dict[str, Any] = {"video": video}
    for kind in ("motion", "trajectory"):
        table = archive.view(kind, video, ".parquet")
        content[kind] = read_provenance(table) if table.exists() else None
    content["frames"] = frames_of(archive, video).to_pydict()
    path.write_text(json.dumps(content))


def frames_of(archive: Archive, video: str) -> pa.Table:
    """Join all stored columns of a clip, lists taken apart; raises `ArtifactDamaged`."""
    source = archive.view("motion", video, ".parquet")
    table, motion = read_table(source, MOTION_SCHEMA), load_motion(source)
    entries = motion.homography.reshape(-1, 9).T
    table = table.drop_columns(["homography", "dct"])
    camera = accumulate(motion.similarity, motion.shot_start)
    columns = {f"homography_{i}": values for i, values in enumerate(entries)}
    columns |= {
        "camera_translation_x": camera.translation.real,
        "camera_translation_y": camera.translation.imag,
        "camera_rotation_rad": np.unwrap(camera.rotation_rad),
        "camera_log_scale": camera.log_scale,
    }
    smooth = archive.view("trajectory", video, ".parquet")
    if smooth.exists():
        stored = read_table(smooth, TRAJECTORY_SCHEMA)
        names = [f"{which}_{name}" for which in ("path", "correction") for name in PARAMETERS]
        columns |= {name: stored.column(name).combine_chunks() for name in names}
    for name, values in columns.items():
        table = table.append_column(name, [values])
    return table.replace_schema_metadata(None)
