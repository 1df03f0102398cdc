"""The answer to a query, for people and for programs."""

import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
from rich.console import Console
from rich.table import Column, Table

from flows.locations import opened_archive
from flows.markup import escape
from gfn_core.errors import GfnError, SettingsError
from gfn_core.store.query import query

MOST_ROWS = 200  # of a printed table
DIGITS = 6


def answer(folder: Path, sql: str, *, as_json: bool, as_csv: bool) -> None:
    """Print what `sql` finds in the archive at `folder`."""
    if as_json and as_csv:
        raise SettingsError("--json and --csv: choose one")
    archive = opened_archive(folder)
    if not (archive.store / "clips").is_dir():
        raise GfnError(f"{folder}: not an archive of gfn: it has no gfn/clips")
    rows = query(archive, sql)
    if as_json:
        print(json.dumps(rows.to_pylist(), indent=1, default=str))
    elif as_csv:
        _write_csv(rows)
    else:
        _show(rows)


def _write_csv(rows: pa.Table) -> None:
    try:
        pa_csv.write_csv(_flat(rows), sys.stdout.buffer)
    except pa.ArrowException as error:
        raise SettingsError(f"not to be written as CSV, cast it in the query: {error}") from error


def _flat(rows: pa.Table) -> pa.Table:
    """Lists, which CSV has no form for, become JSON."""
    for index, field in enumerate(rows.schema):
        if pa.types.is_nested(field.type):
            texts = [json.dumps(value) for value in rows.column(index).to_pylist()]
            rows = rows.set_column(index, field.name, pa.array(texts))
    return rows


def _show(rows: pa.Table) -> None:
    # Folded, not cut: half a name would be another name.
    columns = [Column(escape(name), overflow="fold") for name in rows.column_names]
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows.slice(0, MOST_ROWS).to_pylist():
        table.add_row(*(escape(_text(value)) for value in row.values()))
    console = Console()
    console.print(table if len(rows) else escape(f"no rows of {', '.join(rows.column_names)}"))
    if len(rows) > MOST_ROWS:
        console.print(f"... {len(rows)} rows in all; --csv or --json prints them")


def _text(value: object) -> str:
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
