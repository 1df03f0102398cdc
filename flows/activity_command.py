"""`gfn activity`: when and where something moves by itself in an archive's clips."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import Archive, Force, Json, Only, Quiet, Where


def activity(
    archive: Archive,
    only: Only = "*",
    where: Where = "",
    plot: Annotated[
        Path | None, typer.Option(help="File of the plot; by default OUT/gfn/report/activity.svg.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option(help="Write all rows, one a frame, to this Parquet file.")
    ] = None,
    overlay: Annotated[
        Path | None, typer.Option(help="Folder: a video of each clip with its local motion drawn.")
    ] = None,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """List and plot what moves by itself, camera motion removed; most active clips first.

    Needs what gfn stabilize --local-motion stores.
    """
    from flows.activity import ActivityOrder, show_activity
    from flows.locations import archive_at
    from flows.resmooth import Selection
    from flows.stabilizing import Audience

    selection = Selection(only, where)
    order = ActivityOrder(archive_at(archive), selection, plot, export, overlay, force)
    show_activity(order, Audience(as_json, quiet))
