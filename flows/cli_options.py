"""Options that several commands share."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows.order import Order
from gfn_core.device_name import DeviceName
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.precision import Precision
from gfn_core.smoothing.settings import AUTO_CROP, AUTO_REMOVED_SHARE, DYNAMIC_ZOOM_SHARE
from gfn_core.smoothing.style import Style


class RunnerName(StrEnum):
    """Where stages are executed."""

    THREADS = "threads"
    DASK = "dask"

    def address(self, given: str) -> str | None:
        """Address of the cluster: that which was given; "" for one of our own; None for none."""
        return given if given or self is RunnerName.DASK else None


class ZoomStyle(StrEnum):
    """How the margin is used."""

    FIXED = "fixed"
    DYNAMIC = "dynamic"

    @property
    def share(self) -> float:
        """Part of the margin kept for zooming in."""
        return DYNAMIC_ZOOM_SHARE if self is ZoomStyle.DYNAMIC else 0.0


class FieldChoice(StrEnum):
    """What becomes of frames that are woven of two fields."""

    DEINTERLACE = "deinterlace"
    KEEP = "keep"


@dataclass(frozen=True)
class CropChoice:
    """A window, or the mildest that does enough."""

    crop: float
    removed_share: float = 0.0

    @classmethod
    def parse(cls, text: str) -> "CropChoice":
        """Read a number, or "auto"."""
        if text == "auto":
            return cls(AUTO_CROP, AUTO_REMOVED_SHARE)
        try:
            return cls(float(text))
        except ValueError:
            raise typer.BadParameter(f"{text!r} is neither a number nor auto") from None


def named_path(text: str) -> Path:
    """Read a path; none is no path, though `Path` takes it for the folder we are in."""
    if not text:
        raise typer.BadParameter("an empty path; is a variable of the shell not set?")
    return Path(text)


Sources = Annotated[
    list[Path],
    typer.Argument(metavar="SOURCE... OUT", show_default=False, parser=named_path),
]
Crop = Annotated[float, typer.Option(help="Width of the window shown, as a share of the frame.")]
CropOrAuto = Annotated[
    str,
    typer.Option(
        "--crop",
        help="Width of the window shown, as a share of the frame; "
        "auto: for each clip the mildest that removes most of its shake.",
    ),
]
PathStyle = Annotated[
    Style,
    typer.Option(
        "--style",
        help="steady: the camera's path without its shake; cinematic: even pans; "
        "tripod: standing still where the window allows.",
    ),
]
Estimator = Annotated[EstimatorName, typer.Option(help="How motion is estimated.")]
Zoom = Annotated[
    ZoomStyle,
    typer.Option(help="fixed: the window is CROP; dynamic: wider, and CROP where it shakes most."),
]
Codec = Annotated[
    str, typer.Option(help='Video encoder, or same: the source\'s; "gfn formats" lists them.')
]
Quality = Annotated[
    int | None,
    typer.Option(
        help="Constant quality, lower is better; by default what suits the codec.",
        show_default=False,
    ),
]
Preset = Annotated[
    str, typer.Option(help="Effort of the encoder, ultrafast to placebo: speed against size.")
]
TargetSizes = Annotated[
    str,
    typer.Option(
        "--target-size",
        help="Size to aim at instead of a quality: 60% of each source, or 25M a clip.",
        show_default=False,
    ),
]
Interlaced = Annotated[
    FieldChoice,
    typer.Option(help="Frames of two fields: deinterlace once, or keep both, each stabilized."),
]
Slots = Annotated[int, typer.Option(help="Clips at a time; 0 chooses by the number of cores.")]
Runner = Annotated[
    RunnerName, typer.Option(help="threads: on this machine; dask: on a Dask cluster.")
]
DaskAddress = Annotated[
    str,
    typer.Option(
        help="Scheduler of the Dask cluster, like tcp://host:8786; by default one is started here."
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace files at the outputs' names.")]
Strict = Annotated[
    bool,
    typer.Option("--strict", help="Refuse damaged sources; else what can be read is stabilized."),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print errors only.")]
NoPrefect = Annotated[bool, typer.Option("--no-prefect", help="Run without Prefect's engine.")]
Archive = Annotated[
    Path, typer.Argument(metavar="OUT", help="An archive: the folder with gfn/ in it.")
]
Only = Annotated[str, typer.Option(help="Clips whose name matches this pattern, like 'holiday/*'.")]
Where = Annotated[
    str, typer.Option(help="Clips of which this holds, like 'confidence < 0.6'; in SQL.")
]
LocalMotion = Annotated[
    bool,
    typer.Option("--local-motion", help="Also measure what moves by itself; see gfn activity."),
]
Device = Annotated[DeviceName, typer.Option(help="Where networks run.")]
NetworkPrecision = Annotated[
    Precision,
    typer.Option("--precision", help="bfloat16: quicker where the hardware has it; hardly worse."),
]
Weights = Annotated[
    Path | None, typer.Option(help="Weights of the network, other than those shipped.")
]
InOrder = Annotated[Order, typer.Option("--order", help="In which order clips are started.")]
First = Annotated[
    list[str] | None,
    typer.Option(help="Clips whose name matches this pattern go first; may be given repeatedly."),
]
Deadline = Annotated[
    str | None,
    typer.Option(
        metavar="HH:MM",
        help="Start nothing that would not end by then, stop then; the next run goes on.",
    ),
]
Retry = Annotated[
    bool, typer.Option("--retry", help="Try clips again that crashed too often (quarantine).")
]
