"""`gfn resmooth`: change your mind about the crop, the style, the zoom or the encoding."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import (
    Archive,
    DryRun,
    FieldChoice,
    Force,
    Json,
    NoPrefect,
    Only,
    Quiet,
    Slots,
    Where,
    ZoomStyle,
)
from gfn_core.smoothing.style import Style

KEPT = "by default what each clip had"


def resmooth(
    out: Archive,
    crop: Annotated[str | None, typer.Option(help=f"Width of the window, or auto; {KEPT}.")] = None,
    style: Annotated[
        Style | None, typer.Option(help=f"steady, cinematic or tripod; {KEPT}.")
    ] = None,
    zoom: Annotated[ZoomStyle | None, typer.Option(help=f"fixed or dynamic; {KEPT}.")] = None,
    only: Only = "*",
    where: Where = "",
    source: Annotated[
        Path | None, typer.Option(help="Folder of the sources, if it has moved since.")
    ] = None,
    render: Annotated[
        bool, typer.Option("--render/--no-render", help="Write videos, or trajectories only.")
    ] = True,
    codec: Annotated[str | None, typer.Option(help=f"Video encoder; {KEPT}.")] = None,
    quality: Annotated[int | None, typer.Option(help=f"Constant quality; {KEPT}.")] = None,
    preset: Annotated[str | None, typer.Option(help=f"Encoder preset; {KEPT}.")] = None,
    target_size: Annotated[
        str | None, typer.Option(help=f"Size to aim at, 60% of each source, or 25M; {KEPT}.")
    ] = None,
    interlaced: Annotated[
        FieldChoice | None, typer.Option(help=f"Deinterlace or keep frames of two fields; {KEPT}.")
    ] = None,
    slots: Slots = 0,
    force: Force = False,
    dry_run: DryRun = False,
    as_json: Json = False,
    quiet: Quiet = False,
    no_prefect: NoPrefect = False,
) -> None:
    """Smooth and render anew from the stored motion; no frame is analysed again.

    Clips are those of the archive OUT, narrowed by --only and --where (columns: mean and least
    confidence, seconds, crop and more; "gfn query OUT 'from summary'" shows them).
    """
    from flows.look import changes_of
    from flows.resmooth import ResmoothRequest, Selection
    from flows.resmoothing import resmooth as run
    from flows.resmoothing import show_resmooth
    from flows.settings import RunSettings
    from flows.stabilizing import Audience

    request = ResmoothRequest(
        out=out,
        changes=changes_of(
            crop=crop,
            style=style,
            zoom=zoom,
            codec=codec,
            quality=quality,
            preset=preset,
            target_size=target_size,
            interlaced=interlaced,
        ),
        selection=Selection(only, where),
        source_folder=source,
        render=render,
        run=RunSettings(slots=slots, force=force),
    )
    audience = Audience(as_json, quiet)
    if dry_run:
        show_resmooth(request, audience)
        return
    raise typer.Exit(run(request, audience, with_prefect=not no_prefect).exit_code)
