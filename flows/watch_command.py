"""`gfn watch`: a folder into which clips are dropped."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import (
    Codec,
    CropOrAuto,
    Deadline,
    Device,
    Estimator,
    FieldChoice,
    First,
    InOrder,
    Interlaced,
    Json,
    NoPrefect,
    PathStyle,
    Preset,
    Quality,
    Quiet,
    Retry,
    Slots,
    TargetSizes,
    Weights,
    Zoom,
    ZoomStyle,
)
from flows.order import Order
from gfn_core.device_name import DeviceName
from gfn_core.motion.estimator_name import DEFAULT_ESTIMATOR
from gfn_core.smoothing.style import Style


def watch(
    folder: Annotated[Path, typer.Argument(help="Folder to watch, with all that is in it.")],
    out: Annotated[Path, typer.Argument(help="Receives the videos, and gfn/.")],
    settle: Annotated[
        float, typer.Option(min=0, help="Seconds for which a new file must stay as it is.")
    ] = 60.0,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between looks.")] = 10.0,
    once: Annotated[
        bool, typer.Option("--once", help="Leave when all that is there has gone in.")
    ] = False,
    crop: CropOrAuto = "0.9",
    style: PathStyle = Style.STEADY,
    estimator: Estimator = DEFAULT_ESTIMATOR,
    weights: Weights = None,
    device: Device = DeviceName.AUTO,
    zoom: Zoom = ZoomStyle.FIXED,
    codec: Codec = "libx264",
    quality: Quality = None,
    preset: Preset = "medium",
    target_size: TargetSizes = "",
    interlaced: Interlaced = FieldChoice.DEINTERLACE,
    slots: Slots = 0,
    order: InOrder = Order.NAME,
    first: First = None,
    deadline: Deadline = None,
    retry: Retry = False,
    as_json: Json = False,
    quiet: Quiet = False,
    no_prefect: NoPrefect = False,
) -> None:
    """Stabilize new files of a folder as soon as nobody writes to them any more.

    Goes on until Ctrl-C, or until --deadline.
    """
    from flows.deadline import next_time
    from flows.look import encoding_of, settings_of
    from flows.request import ArchiveRequest
    from flows.settings import RunSettings
    from flows.stabilizing import Audience
    from flows.watching import Rhythm, watch_folder

    request = ArchiveRequest(
        sources=(folder,),
        out=out,
        settings=settings_of(
            crop=crop,
            style=style,
            zoom=zoom,
            estimator=estimator,
            weights=weights,
            encoding=encoding_of(codec, quality, preset, target_size, interlaced),
        ),
        run=RunSettings(
            slots=slots,
            device=device,
            order=order,
            first=tuple(first or ()),
            until=next_time(deadline, datetime.now()) if deadline else None,
            retry=retry,
        ),
    )
    rhythm = Rhythm(settle, every, once)
    code = watch_folder(request, rhythm, Audience(as_json, quiet), with_prefect=not no_prefect)
    raise typer.Exit(code)
