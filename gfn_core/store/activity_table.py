"""Activity as Parquet, one row per frame. docs/motion-format.md says what each column means."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from gfn_core.geometry import FloatArray
from gfn_core.motion.activity import GRID_COLUMNS, GRID_ROWS, Activity
from gfn_core.store.provenance import read_table, with_provenance, write_table

SCHEMA_VERSION = 1
CELLS = GRID_ROWS * GRID_COLUMNS
SPEED_DIGITS = 4  # half-widths / s: what lies below is noise, and costs space

SCALARS = ("moving_share", "mean_speed", "peak_speed")
SCHEMA = pa.schema(
    [("frame_index", pa.int32()), ("pts_seconds", pa.float64())]
    + [(name, pa.float32()) for name in SCALARS]
    + [(f"velocity_{axis}", pa.list_(pa.float32(), CELLS)) for axis in "xy"]
)


def save_activity(path: Path, activity: Activity, provenance: dict[str, Any]) -> None:
    """Write `activity`; `provenance` says what it was made from and with."""
    columns: dict[str, Any] = {name: getattr(activity, name) for name in ("pts_seconds", *SCALARS)}
    columns["frame_index"] = np.arange(len(activity), dtype=np.int32)
    for axis, name in enumerate(("velocity_x", "velocity_y")):
        cells = np.round(activity.velocity[..., axis], SPEED_DIGITS).astype(np.float32)
        columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(cells.ravel()), CELLS)
    table = pa.table([pa.array(columns[f.name], f.type) for f in SCHEMA], schema=SCHEMA)
    facts = {
        "schema": "gfn.activity",
        "schema_version": SCHEMA_VERSION,
        "grid_rows": GRID_ROWS,
        "grid_columns": GRID_COLUMNS,
    }
    write_table(path, with_provenance(table, provenance | facts))


def load_activity(path: Path) -> Activity:
    """Read activity back; raises `ArtifactDamaged`."""
    table = read_table(path, SCHEMA)
    column = {name: table.column(name).combine_chunks() for name in SCHEMA.names}
    scalars = {
        name: column[name].to_numpy().astype(np.float64) for name in ("pts_seconds", *SCALARS)
    }
    velocity = [_cells(column[f"velocity_{axis}"]) for axis in "xy"]
    return Activity(**scalars, velocity=np.stack(velocity, axis=-1))


def _cells(values: pa.Array) -> FloatArray:
    flat = values.flatten().to_numpy().astype(np.float64)
    return np.asarray(flat.reshape(len(values), GRID_ROWS, GRID_COLUMNS))
