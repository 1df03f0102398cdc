"""`gfn sweep`: what other crops would give, without rendering."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import Archive, Force, Json, Only, Quiet, Slots, Where, ZoomStyle
from gfn_core.smoothing.style import Style


def sweep(
    out: Archive,
    crop: Annotated[
        str, typer.Option(help="Crops to try, with commas between.")
    ] = "0.75,0.8,0.85,0.9,0.95",
    zoom: Annotated[
        ZoomStyle | None, typer.Option(help="fixed or dynamic; by default what each clip had.")
    ] = None,
    style: Annotated[
        Style | None,
        typer.Option(help="steady, cinematic or tripod; by default what each clip had."),
    ] = None,
    only: Only = "*",
    where: Where = "",
    plot: Annotated[
        Path | None, typer.Option(help="File of the plot; by default OUT/gfn/report/sweep.svg.")
    ] = None,
    slots: Slots = 0,
    force: Force = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> None:
    """Predict steadiness and field of view at several crops, from the stored motion alone."""
    from flows.resmooth import Selection
    from flows.settings import RunSettings
    from flows.stabilizing import Audience
    from flows.sweep import SweepRequest
    from flows.sweeping import show_sweep
    from flows.target import PLOTS, free_target

    if plot:
        free_target(plot, force=force, suffixes=PLOTS)
    try:
        crops = tuple(float(word) for word in crop.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"--crop {crop}: numbers with commas between") from error
    zoom_share = zoom.share if zoom else None
    request = SweepRequest(out, crops, zoom_share, style, Selection(only, where))
    raise typer.Exit(show_sweep(request, RunSettings(slots=slots), plot, Audience(as_json, quiet)))
