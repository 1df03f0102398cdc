"""`gfn query`: SQL over what an archive has stored."""

from typing import Annotated

import typer

from flows.cli_options import Archive, Json


def query(
    archive: Archive,
    sql: Annotated[str, typer.Argument(help="One SELECT over the tables.", show_default=False)],
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the result as CSV.")] = False,
) -> None:
    """Ask an archive: motion and trajectory (a row a frame), clips, report and summary (a clip).

    DuckDB reads; nothing can be written, and no other file be opened. docs/audit.md has examples.
    """
    from flows.querying import answer

    answer(archive, sql, as_json=as_json, as_csv=as_csv)
