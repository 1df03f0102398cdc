"""Where a table comes from: kept as JSON in the Parquet file's own metadata, under `gfn`."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gfn_core.errors import ArtifactDamaged

METADATA_KEY = b"gfn"


def with_provenance(table: pa.Table, provenance: dict[str, Any]) -> pa.Table:
    """Return `table` carrying `provenance`."""
    metadata = dict(table.schema.metadata or {})
    metadata[METADATA_KEY] = json.dumps(provenance, sort_keys=True).encode()
    return table.replace_schema_metadata(metadata)


def read_provenance(path: Path) -> dict[str, Any]:
    """Read the provenance of a stored table without its rows; raises `ArtifactDamaged`."""
    try:
        metadata = pq.read_schema(path).metadata or {}
        content = json.loads(metadata[METADATA_KEY])
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        raise ArtifactDamaged(
            f"{path}: not a table of gfn ({error}); delete it to redo it"
        ) from error
    if not isinstance(content, dict):
        raise ArtifactDamaged(f"{path}: its provenance is no object; delete it to redo it")
    return content


def count_rows(path: Path) -> int:
    """Count the frames of a stored table without reading them; raises `ArtifactDamaged`."""
    try:
        return int(pq.read_metadata(path).num_rows)
    except (OSError, pa.ArrowException) as error:
        raise ArtifactDamaged(f"{path}: cannot be read; delete it to redo it") from error


def read_table(path: Path, schema: pa.Schema) -> pa.Table:
    """Read a stored table with all columns of `schema`; raises `ArtifactDamaged`."""
    try:
        table = pq.read_table(path)
        return table.select(schema.names).cast(schema.with_metadata(table.schema.metadata))
    except (OSError, KeyError, ValueError, pa.ArrowException) as error:
        cause = str(error).splitlines()[0]
        raise ArtifactDamaged(f"{path}: cannot be read ({cause}); delete it to redo it") from error


def write_table(path: Path, table: pa.Table) -> None:
    """Write `table` to a path that nobody reads yet."""
    pq.write_table(table, path, compression="zstd", row_group_size=100_000)
