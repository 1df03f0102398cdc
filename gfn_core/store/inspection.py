"""What is wrong with a stored file, named as precisely as it can be."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gfn_core.errors import ArtifactDamaged
from gfn_core.store import activity_table, motion_table, trajectory_table
from gfn_core.store.digest import content_sha256, noted_digest
from gfn_core.store.provenance import read_provenance

TABLE_FORMATS = {
    "motion": (motion_table.SCHEMA, motion_table.SCHEMA_VERSION),
    "trajectory": (trajectory_table.SCHEMA, trajectory_table.SCHEMA_VERSION),
    "activity": (activity_table.SCHEMA, activity_table.SCHEMA_VERSION),
}
ENDINGS = {".parquet": b"PAR1", ".json": b"}", ".html": b"</html>"}
LONGEST_ENDING = 16


@dataclass(frozen=True)
class Fault:
    """A finding's code, and what is wrong."""

    code: str
    message: str


def artifact_fault(path: Path, stage: str) -> Fault | None:
    """Inspect an artifact of `stage` against its digest and its format."""
    fault = _shape_fault(path)
    if fault is not None:
        return fault
    noted = noted_digest(path)
    is_as_written = noted is None or content_sha256(path) == noted
    if stage in TABLE_FORMATS:
        fault = _table_fault(path, stage)
        if fault is not None and (is_as_written or fault.code != "altered"):
            return fault
    if not is_as_written:
        return Fault("altered", "its content has another digest than was noted when it was made")
    return Fault("unverified", "no digest was noted when it was made") if noted is None else None


def published_table_fault(view: Path, artifact: Path, video: str) -> Fault | None:
    """Compare a published table with the artifact that it shows, row by row."""
    fault = _shape_fault(view)
    if fault is not None:
        return fault
    try:
        table, shown = pq.read_table(artifact), pq.read_table(view)
        names = set(shown.column("video").to_pylist())
        is_same = shown.drop_columns(["video"]).equals(table, check_metadata=True)
    except (OSError, KeyError, pa.ArrowException) as error:
        return Fault("altered", f"cannot be read ({_first_line(error)})")
    if not is_same or names - {video}:
        return Fault("altered", f"differs from the artifact that it shows, {artifact.name}")
    return None


def published_page_fault(view: Path, artifact: Path) -> Fault | None:
    """Compare a published page with its artifact."""
    fault = _shape_fault(view)
    if fault is not None or not artifact.exists() or view.read_bytes() == artifact.read_bytes():
        return fault
    return Fault("altered", f"differs from the artifact that it shows, {artifact.name}")


def frame_order_fault(path: Path) -> Fault | None:
    """Check that a readable table has each frame once, in order."""
    frames = pq.read_table(path, columns=["frame_index"]).column("frame_index").to_pylist()
    if frames == list(range(len(frames))):
        return None
    return Fault("frame-order", "its frame_index does not count from 0 by one")


def videos_named(view: Path) -> set[str]:
    """Names in the column `video` of a published table; empty where it cannot be read."""
    try:
        return set(pq.read_table(view, columns=["video"]).column("video").to_pylist())
    except (OSError, KeyError, pa.ArrowException):
        return set()


def _shape_fault(path: Path) -> Fault | None:
    """Look at the end of the file only."""
    if not path.is_file():
        return Fault("missing", "is not there")
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - LONGEST_ENDING))
        ending = file.read().rstrip()
    if not ending.endswith(ENDINGS[path.suffix]):
        return Fault("truncated", f"ends early, after {size} bytes")
    return None


def _table_fault(path: Path, stage: str) -> Fault | None:
    schema, version = TABLE_FORMATS[stage]
    try:
        stored: dict[str, Any] = read_provenance(path)
        names = set(pq.read_schema(path).names)
    except ArtifactDamaged:
        return Fault("altered", "cannot be read as a table of gfn")
    lacking = [name for name in schema.names if name not in names]
    if stored.get("schema_version", 0) > version:
        return Fault("new-schema", f"schema version {stored['schema_version']}; {version} is known")
    if stored.get("schema_version", 0) < version:
        found = stored.get("schema_version", "none")
        return Fault("old-schema", f"schema version {found}; {version} is current")
    if lacking:
        return Fault("missing-column", f"lacks {', '.join(lacking)}")
    return None


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
