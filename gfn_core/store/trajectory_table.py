"""Trajectories as Parquet, one row per frame: the smoothed path and the correction."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.path import accumulate, stabilized_path
from gfn_core.motion.residual import RESIDUAL_NAMES
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.store.provenance import read_provenance, read_table, with_provenance, write_table

SCHEMA_VERSION = 2

PARAMETERS = ("translation_x", "translation_y", "rotation_rad", "log_scale")

SCHEMA = pa.schema(
    [("frame_index", pa.int32()), ("pts_seconds", pa.float64()), ("shot_start", pa.bool_())]
    + [(f"{which}_{name}", pa.float64()) for which in ("path", "correction") for name in PARAMETERS]
    + [(f"bend_{name}", pa.float64()) for name in RESIDUAL_NAMES]
)


def save_trajectory(
    path: Path, trajectory: Trajectory, motion: Motion, provenance: dict[str, Any]
) -> None:
    """Write `trajectory` of `motion`; `provenance` says what it was made from and with."""
    smooth = stabilized_path(
        accumulate(motion.similarity, motion.shot_start), trajectory.correction
    )
    columns: dict[str, Any] = {
        "frame_index": np.arange(len(trajectory), dtype=np.int32),
        "pts_seconds": motion.pts_seconds,
        "shot_start": motion.shot_start,
    }
    for which, similarity in (("path", smooth), ("correction", trajectory.correction)):
        columns |= {f"{which}_{name}": values for name, values in _parameters(similarity).items()}
    bends = zip(RESIDUAL_NAMES, trajectory.residual.T, strict=True)
    columns |= {f"bend_{name}": values for name, values in bends}
    table = pa.table([pa.array(columns[f.name], f.type) for f in SCHEMA], schema=SCHEMA)
    geometry = trajectory.geometry
    facts = {
        "schema": "gfn.trajectory",
        "schema_version": SCHEMA_VERSION,
        "width_px": geometry.width,
        "height_px": geometry.height,
        "pixel_aspect": str(geometry.pixel_aspect),
        "window": trajectory.window,
    }
    write_table(path, with_provenance(table, provenance | facts))


def load_trajectory(path: Path) -> Trajectory:
    """Read a trajectory back; raises `ArtifactDamaged`."""
    table = read_table(path, SCHEMA)
    facts = read_provenance(path)
    correction = Similarity.from_parameters(
        *(table.column(f"correction_{name}").to_numpy() for name in PARAMETERS)
    )
    geometry = FrameGeometry(facts["width_px"], facts["height_px"], Fraction(facts["pixel_aspect"]))
    residual = np.stack(
        [table.column(f"bend_{name}").to_numpy() for name in RESIDUAL_NAMES], axis=-1
    )
    return Trajectory(geometry, facts["window"], correction, residual)


def _parameters(similarity: Similarity) -> dict[str, Any]:
    return dict(
        zip(
            PARAMETERS,
            (
                similarity.translation.real,
                similarity.translation.imag,
                similarity.rotation_rad,
                similarity.log_scale,
            ),
            strict=True,
        )
    )
