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
MOST_FOLDED = 2  # times as wide as the terminal may a table be; wider ones are printed as records
NOTHING = "None"
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
    console = Console()
    shown = [[_text(cell) for cell in row.values()] for row in rows.slice(0, MOST_ROWS).to_pylist()]
    if not shown:
        console.print(escape(f"no rows of {', '.join(rows.column_names)}"))
    elif _width(rows.column_names, shown) <= MOST_FOLDED * console.width:
        _show_table(console, rows.column_names, shown)
    else:
        for row in shown:
            _show_record(console, rows.column_names, row)
    if len(rows) > MOST_ROWS:
        console.print(f"... {len(rows)} rows in all; --csv or --json prints them")


def _show_table(console: Console, names: list[str], rows: list[list[str]]) -> None:
    # Folded, not cut: half a name would be another name.
    columns = [Column(escape(name), overflow="fold") for name in names]
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*map(escape, row))
    console.print(table)


def _show_record(console: Console, names: list[str], row: list[str]) -> None:
    """A line a column, of those that hold something."""
    table = Table(Column(no_wrap=True), Column(overflow="fold"), box=None, show_header=False)
    for name, cell in zip(names, row, strict=True):
        if cell != NOTHING:
            table.add_row(escape(name), escape(cell))
    console.print(table)
    console.print()


def _width(names: list[str], rows: list[list[str]]) -> int:
    """Columns of text that a table takes unfolded."""
    return sum(max(map(len, column)) + 2 for column in zip(names, *rows, strict=True))


def _text(value: object) -> str:
    return f"{value:.{DIGITS}g}" if isinstance(value, float) else str(value)
