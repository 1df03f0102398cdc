"""Motion as Parquet, one row per frame. docs/motion-format.md says what each column means."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.store.provenance import read_provenance, read_table, with_provenance, write_table

SCHEMA_VERSION = 1

SCHEMA = pa.schema(
    [
        ("frame_index", pa.int32()),
        ("pts", pa.int64()),
        ("pts_seconds", pa.float64()),
        ("shot_start", pa.bool_()),
        ("homography", pa.list_(pa.float64(), 9)),
        ("translation_x", pa.float64()),
        ("translation_y", pa.float64()),
        ("rotation_rad", pa.float64()),
        ("log_scale", pa.float64()),
        ("confidence", pa.float32()),
        ("background_share", pa.float32()),
        ("inlier_share", pa.float32()),
        ("residual", pa.float32()),
        ("sharpness", pa.float32()),
        ("luminance_change", pa.float32()),
        ("dct", pa.list_(pa.float32())),
    ]
)

SCALARS = (
    "confidence",
    "background_share",
    "inlier_share",
    "residual",
    "sharpness",
    "luminance_change",
)


def save_motion(path: Path, motion: Motion, provenance: dict[str, Any]) -> None:
    """Write `motion`; `provenance` says what it was made from and with."""
    similarity = motion.similarity
    count = len(motion)
    columns: dict[str, Any] = {
        "frame_index": np.arange(count, dtype=np.int32),
        "pts": motion.pts,
        "pts_seconds": motion.pts_seconds,
        "shot_start": motion.shot_start,
        "homography": _lists(motion.homography.reshape(count, 9), SCHEMA.field("homography").type),
        "translation_x": similarity.translation.real,
        "translation_y": similarity.translation.imag,
        "rotation_rad": similarity.rotation_rad,
        "log_scale": similarity.log_scale,
        "dct": _ragged(motion.dct),
    }
    columns |= {name: getattr(motion, name) for name in SCALARS}
    table = pa.table([pa.array(columns[f.name], f.type) for f in SCHEMA], schema=SCHEMA)
    geometry = motion.geometry
    facts = {
        "schema": "gfn.motion",
        "schema_version": SCHEMA_VERSION,
        "width_px": geometry.width,
        "height_px": geometry.height,
        "pixel_aspect": str(geometry.pixel_aspect),
    }
    write_table(path, with_provenance(table, provenance | facts))


def load_motion(path: Path) -> Motion:
    """Read motion back; raises `ArtifactDamaged`."""
    table = read_table(path, SCHEMA)
    facts = read_provenance(path)
    column = {name: table.column(name).combine_chunks() for name in SCHEMA.names}
    count = len(table)
    scalars: dict[str, FloatArray] = {
        name: column[name].to_numpy().astype(np.float64) for name in SCALARS
    }
    return Motion(
        geometry=FrameGeometry(
            facts["width_px"], facts["height_px"], Fraction(facts["pixel_aspect"])
        ),
        pts=column["pts"].to_numpy(),
        pts_seconds=column["pts_seconds"].to_numpy(),
        homography=column["homography"].flatten().to_numpy().reshape(count, 3, 3),
        shot_start=column["shot_start"].to_numpy(zero_copy_only=False),
        dct=column["dct"].flatten().to_numpy().astype(np.float64).reshape(count, -1)
        if count
        else np.zeros((0, 0)),
        **scalars,
    )


def _lists(rows: FloatArray, kind: pa.DataType) -> pa.Array:
    return pa.FixedSizeListArray.from_arrays(pa.array(rows.ravel()), type=kind)


def _ragged(rows: FloatArray) -> pa.Array:
    count, width = rows.shape
    offsets = pa.array(np.arange(count + 1, dtype=np.int32) * width)
    return pa.ListArray.from_arrays(offsets, pa.array(rows.astype(np.float32).ravel()))
