"""`gfn compare` and `gfn preview`: look at it."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import Crop, Force, PathStyle, Zoom, ZoomStyle
from gfn_core.smoothing.style import Style

Target = Annotated[Path, typer.Argument(metavar="OUT.mp4", help="The video to write.")]


def compare(
    first: Annotated[Path, typer.Argument(metavar="A", show_default=False)],
    second: Annotated[Path, typer.Argument(metavar="B", show_default=False)],
    target: Target,
    split: Annotated[
        bool, typer.Option("--split", help="One picture: its left half A, its right half B.")
    ] = False,
    force: Force = False,
) -> None:
    """Show two videos side by side, with the paths measured on each of them below."""
    from flows.comparing import compare as run
    from flows.target import VIDEOS, free_target
    from gfn_core.media.comparison import Layout

    free_target(target, force=force, suffixes=VIDEOS, sources=(first, second))
    run(first, second, target, Layout.SPLIT if split else Layout.SIDE)
    print(target)


def preview(
    clip: Annotated[Path, typer.Argument(metavar="CLIP", show_default=False)],
    target: Target,
    crop: Crop = 0.9,
    style: PathStyle = Style.STEADY,
    zoom: Zoom = ZoomStyle.FIXED,
    at: Annotated[str, typer.Option(help="Where to begin: 12, 00:12 or 1:02:03.5.")] = "0",
    seconds: Annotated[float, typer.Option(min=0.5, max=60, help="How much to show.")] = 5.0,
    archive: Annotated[
        Path | None, typer.Option(help="Archive with CLIP's motion, if CLIP does not lie in it.")
    ] = None,
    force: Force = False,
) -> None:
    """Stabilize a few seconds of a clip, small, and show them beside the source.

    By the motion that an archive holds of it, if CLIP is one of its videos.
    """
    from flows.previewing import Part
    from flows.previewing import preview as run
    from flows.stored_clip import stored_clip
    from flows.target import VIDEOS, free_target
    from gfn_core.smoothing.settings import StageOneSettings

    part = Part(_seconds_of(at), seconds)
    stored = stored_clip(clip, archive)
    source = stored.source if stored else clip
    free_target(target, force=force, suffixes=VIDEOS, sources=(clip, source))
    settings = style.applied_to(StageOneSettings(crop=crop, zoom_share=zoom.share))
    run(source, target, settings, part, stored.motion() if stored else None)
    print(target)


def _seconds_of(clock: str) -> float:
    parts = clock.split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if not 1 <= len(values) <= 3 or min(values) < 0:
        raise typer.BadParameter(f"--at {clock}: give seconds, or hours, minutes, seconds as 00:12")
    return sum(value * 60.0**power for power, value in enumerate(reversed(values)))
