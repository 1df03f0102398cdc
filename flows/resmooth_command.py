"""`gfn resmooth`: change your mind about the crop, the style, the zoom or the encoding."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

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
from flows.option_group import with_option_groups
from gfn_core.smoothing.style import Style

if TYPE_CHECKING:
    from flows.resmooth import Changes

KEPT = "by default what each clip had"


@dataclass(frozen=True)
class ChangeOptions:
    """What is to be other than before; None keeps it."""

    crop: Annotated[str | None, typer.Option(help=f"Width of the window, or auto; {KEPT}.")] = None
    style: Annotated[Style | None, typer.Option(help=f"steady, cinematic or tripod; {KEPT}.")] = (
        None
    )
    zoom: Annotated[ZoomStyle | None, typer.Option(help=f"fixed or dynamic; {KEPT}.")] = None
    codec: Annotated[str | None, typer.Option(help=f"Video encoder; {KEPT}.")] = None
    quality: Annotated[int | None, typer.Option(help=f"Constant quality; {KEPT}.")] = None
    preset: Annotated[str | None, typer.Option(help=f"Encoder preset; {KEPT}.")] = None
    target_size: Annotated[
        str | None, typer.Option(help=f"Size to aim at, 60% of each source, or 25M; {KEPT}.")
    ] = None
    interlaced: Annotated[
        FieldChoice | None, typer.Option(help=f"Deinterlace or keep frames of two fields; {KEPT}.")
    ] = None

    @property
    def changes(self) -> "Changes":
        """As resmoothing knows them; raises SettingsError."""
        from flows.look import changes_of

        return changes_of(**vars(self))


@with_option_groups
def resmooth(
    out: Archive,
    options: ChangeOptions,
    only: Only = "*",
    where: Where = "",
    source: Annotated[
        Path | None, typer.Option(help="Folder of the sources, if it has moved since.")
    ] = None,
    render: Annotated[
        bool, typer.Option("--render/--no-render", help="Write videos, or trajectories only.")
    ] = True,
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
    from flows.resmooth import ResmoothRequest, Selection
    from flows.resmoothing import resmooth as run
    from flows.resmoothing import show_resmooth
    from flows.settings import RunSettings
    from flows.stabilizing import Audience

    request = ResmoothRequest(
        out=out,
        changes=options.changes,
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
