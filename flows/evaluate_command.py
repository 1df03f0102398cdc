"""`gfn evaluate`: any two videos, and the papers' own benchmarks on folders that the user has."""

from pathlib import Path
from typing import Annotated

import typer

from flows.cli_options import Device, Json
from gfn_core.device_name import DeviceName

measures = typer.Typer(no_args_is_help=True, help="Measure results.")

Root = Annotated[Path, typer.Option("--root", help="Folder of the benchmark's data.")]


@measures.command("video")
def evaluate_video(
    source: Annotated[Path, typer.Argument(help="The video as filmed.", show_default=False)],
    stabilized: Annotated[Path, typer.Argument(help="What was made of it.", show_default=False)],
    as_json: Json = False,
) -> None:
    """Measure how steady a video is, and what it lost against its source; any two videos."""
    from flows.evaluating import evaluate_video as evaluate

    evaluate(source, stabilized, as_json=as_json)


@measures.command("homography")
def evaluate_homography(
    root: Root, device: Device = DeviceName.AUTO, as_json: Json = False
) -> None:
    """Measure homographies on pairs with marked points: folders of DHE (CA-Homo) or homogr."""
    from flows.homography_evaluation import evaluate_homography as evaluate

    evaluate(root, device, as_json=as_json)


@measures.command("actions")
def evaluate_actions(root: Root, device: Device = DeviceName.AUTO, as_json: Json = False) -> None:
    """Recognise actions by local motion, and by all motion: folders of UCF-101 or NCAA."""
    from flows.action_evaluation import evaluate_actions as evaluate

    evaluate(root, device, as_json=as_json)
