"""SQL over an archive's published tables: read-only, and with no way to any other file.

`motion`, `trajectory` and `activity` hold a row a frame, `clips`, `report` and `summary` a row a
clip. Queries may come from people who are not trusted: DuckDB is told to touch no file, sees the
tables through Arrow, and is given one SELECT at a time.
"""

import json
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from gfn_core.errors import ArtifactDamaged, SettingsError
from gfn_core.store.activity_table import SCHEMA as ACTIVITY_SCHEMA
from gfn_core.store.archive import Archive
from gfn_core.store.catalogue import CatalogueEntry, catalogue
from gfn_core.store.motion_table import SCHEMA as MOTION_SCHEMA
from gfn_core.store.page_card import read_card_json
from gfn_core.store.provenance import read_provenance
from gfn_core.store.report_view import REPORT_VIEW, SUMMARY_VIEW
from gfn_core.store.trajectory_table import SCHEMA as TRAJECTORY_SCHEMA

CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "python_enable_replacements": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "lock_configuration": "true",
}
VIDEO = pa.field("video", pa.string())
TABLE_SCHEMAS = {
    "motion": MOTION_SCHEMA,
    "trajectory": TRAJECTORY_SCHEMA,
    "activity": ACTIVITY_SCHEMA,
}
VIEWS = (*TABLE_SCHEMAS, "clips", "report", "summary")
CLIPS_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("video", "output", "source", "source_sha256", "estimator")]
    + [(name, pa.string()) for name in ("software", "decoder")]
    + [(name, pa.int32()) for name in ("width_px", "height_px")]
    + [(name, pa.float64()) for name in ("crop", "zoom_share", "window_share")]
    + [("codec", pa.string()), ("quality", pa.int32()), ("preset", pa.string())]
    + [("treatment", pa.string()), ("shake_px", pa.float64()), ("shake_left_px", pa.float64())]
    + [(f"{name}_key", pa.string()) for name in ("motion", "trajectory", "render", "activity")]
    + [(name, pa.string()) for name in ("motion_provenance", "trajectory_provenance")]
)


def query(archive: Archive, sql: str) -> pa.Table:
    """Return the rows that `sql`, one SELECT over `VIEWS`, finds; raises `SettingsError`."""
    with connect(archive) as connection:
        return _select(connection, sql)


def videos_where(archive: Archive, condition: str) -> set[str]:
    """Names of the clips whose row of `summary` meets an SQL condition; raises `SettingsError`."""
    found = query(archive, f"select video from summary where (\n{condition}\n)")  # noqa: S608
    return set(found.column("video").to_pylist())


def connect(archive: Archive) -> duckdb.DuckDBPyConnection:
    """Open a database in memory that sees the archive's tables and nothing else."""
    connection = duckdb.connect(config=CLOSED)
    for kind, schema in TABLE_SCHEMAS.items():
        files = sorted(map(str, (archive.store / kind).rglob("*.parquet")))
        connection.register(kind, ds.dataset(files, schema.insert(0, VIDEO), format="parquet"))
    connection.register("clips", clips_table(archive))
    connection.execute(REPORT_VIEW)
    connection.execute(SUMMARY_VIEW)
    return connection


def clips_table(archive: Archive) -> pa.Table:
    """One row a clip: names, keys, settings, and where its motion comes from."""
    rows = [_clip_row(archive, entry) for entry in catalogue(archive)]
    return pa.Table.from_pylist(rows, CLIPS_SCHEMA)


def _select(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    try:
        statements = connection.extract_statements(sql)
        if [statement.type for statement in statements] != [duckdb.StatementType.SELECT]:
            raise SettingsError("a query is one SELECT; nothing can be changed through it")
        return connection.sql(sql).to_arrow_table()
    except duckdb.Error as error:
        views = ", ".join(VIEWS)
        raise SettingsError(f"query: {' '.join(str(error).split())} (tables: {views})") from error
    except (pa.ArrowException, OSError) as error:
        cause = str(error).splitlines()[0]
        raise ArtifactDamaged(f"{cause}; run gfn stabilize again to redo it") from error


def _clip_row(archive: Archive, entry: CatalogueEntry) -> dict[str, Any]:
    motion = _provenance(archive.view("motion", entry.video, ".parquet"))
    trajectory = _provenance(archive.view("trajectory", entry.video, ".parquet"))
    return (
        {name: getattr(entry, name) for name in ("video", "output", "source")}
        | _known(motion, "source_sha256", "estimator", "software", "decoder")
        | _known(motion, "width_px", "height_px")
        | _known(trajectory.get("settings", {}), "crop", "zoom_share")
        | {"window_share": trajectory.get("window")}
        | _known(entry.settings.get("encoding", {}), "codec", "quality", "preset")
        | _of_the_page(archive.view("report", entry.video, ".html"))
        | {f"{stage}_key": key for stage, key in entry.keys.items()}
        | {"motion_provenance": json.dumps(motion)}
        | {"trajectory_provenance": json.dumps(trajectory)}
    )


def _of_the_page(page: Path) -> dict[str, Any]:
    """What the clip's page says that was done to it, and how much it shakes before and after."""
    try:
        card = json.loads(read_card_json(page) or "{}")
    except ValueError:
        card = {}
    return {
        "treatment": card.get("treatment"),
        "shake_px": card.get("shake_before_px"),
        "shake_left_px": card.get("shake_after_px"),
    }


def _known(values: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: values.get(name) for name in names}


def _provenance(path: Path) -> dict[str, Any]:
    try:
        return read_provenance(path)
    except ArtifactDamaged:
        return {}
