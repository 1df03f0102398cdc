"""Parameters of the deployments: models that Prefect's server checks when a run is triggered.

Their JSON schemas carry the ranges, so that the server refuses a wrong value at once; what no
schema can say (a quality that this codec does not know) the run refuses before it does anything.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from flows.cli_options import CropChoice, ZoomStyle
from flows.deadline import next_time
from flows.order import Order
from flows.request import ArchiveRequest
from flows.resmooth import Changes, ResmoothRequest, Selection
from flows.settings import MOST_SLOTS, RunSettings
from gfn_core.device_name import DeviceName
from gfn_core.media.encoding import Encoding
from gfn_core.motion.estimator_name import DEFAULT_ESTIMATOR, EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.smoothing.settings import LEAST_CROP, StageOneSettings
from gfn_core.smoothing.style import Style

Folder = Annotated[str, Field(pattern="^/", description="An absolute path that workers see.")]
CropShare = Annotated[float, Field(ge=LEAST_CROP, le=1)]
Codec = Literal[
    *("libx264", "libx265", "libsvtav1", "prores_ks", "ffv1"),
    *("x264", "x265", "svtav1", "prores"),
]
Quality = Annotated[int, Field(ge=0, le=63)]
CLOCK = r"^([01]?\d|2[0-3]):[0-5]\d$"


class Parameters(BaseModel):
    """A group of parameters; a name that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Parameters):
    """What to stabilize, and where to."""

    sources: tuple[Folder, ...] = Field(min_length=1, description="Files, or folders of them.")
    out: Folder = Field(description="The archive: receives the videos, and gfn/.")


class Look(Parameters):
    """How the result looks; as the options of `gfn stabilize`."""

    crop: CropShare | Literal["auto"] = 0.9
    style: Style = Style.STEADY
    zoom: ZoomStyle = ZoomStyle.FIXED
    estimator: EstimatorName = DEFAULT_ESTIMATOR
    weights: Folder | None = None
    codec: Codec = "libx264"
    quality: Quality = 18
    preset: str = Field("medium", pattern=r"^\w+$")

    @model_validator(mode="after")
    def _is_possible(self) -> "Look":
        self.settings()  # raises SettingsError, which is a ValueError
        return self

    def settings(self) -> StabilizeSettings:
        """The settings of all stages."""
        chosen = CropChoice.parse(str(self.crop))
        smoothing = StageOneSettings(
            crop=chosen.crop, removed_share=chosen.removed_share, zoom_share=self.zoom.share
        )
        weights = Path(self.weights) if self.weights else None
        return StabilizeSettings(
            motion=MotionSettings(self.estimator, weights=weights),
            smoothing=self.style.applied_to(smoothing),
            encoding=Encoding(self.codec, self.quality, self.preset),
        )


class Work(Parameters):
    """How the worker's machine is used, and for how long."""

    slots: int = Field(0, ge=0, le=MOST_SLOTS, description="Clips at a time; 0: as many as cores.")
    device: DeviceName = DeviceName.AUTO
    gpu_limit: str = Field("", description="Concurrency limit that a stage on a GPU holds.")
    order: Order = Order.NAME
    first: tuple[str, ...] = Field((), description="Patterns of names that go first.")
    deadline: str | None = Field(None, pattern=CLOCK, description="Time of day to stop by.")
    force: bool = Field(False, description="Replace files at the outputs' names.")
    retry: bool = Field(False, description="Try clips again that are in quarantine.")

    def settings(self, now: datetime) -> RunSettings:
        """The settings of a run that begins `now`."""
        return RunSettings(
            slots=self.slots,
            device=self.device,
            force=self.force,
            order=self.order,
            first=self.first,
            until=next_time(self.deadline, now) if self.deadline else None,
            retry=self.retry,
            gpu_limit=self.gpu_limit,
        )


class NewLook(Parameters):
    """What is to change; what is left out stays as each clip had it."""

    crop: CropShare | None = None
    zoom: ZoomStyle | None = None
    codec: Codec | None = None
    quality: Quality | None = None
    preset: str | None = Field(None, pattern=r"^\w+$")

    def changes(self) -> Changes:
        """As resmoothing knows it."""
        share = self.zoom.share if self.zoom else None
        return Changes(self.crop, share, self.codec, self.quality, self.preset)


class Clips(Parameters):
    """Some of an archive's clips."""

    only: str = Field("*", description="Pattern of names, like holiday/*.")
    where: str = Field("", description="SQL condition, like confidence < 0.6.")


class AuditWork(Parameters):
    """What an audit does beside looking."""

    deep: bool = Field(False, description="Read whole sources and outputs.")
    repair: bool = Field(False, description="Make anew what is broken.")


class Training(Parameters):
    """What to train, and for how long."""

    trained: Literal["teacher", "student"] = "student"
    steps: int = Field(20_000, ge=1)
    minutes: float | None = Field(None, gt=0, description="Stop after these; a later run goes on.")
    images: Folder | None = None
    clips: Folder | None = Field(None, description="Real videos to distil on.")
    start: Folder | None = Field(None, description="Weights to begin with.")
    seed: int = Field(0, ge=0)
    workers: int = Field(1, ge=0)
    device: DeviceName = DeviceName.AUTO

    @property
    def files(self) -> tuple[str | None, ...]:
        """Images, clips and weights to start from."""
        return self.images, self.clips, self.start


def archive_request(place: Place, look: Look, work: Work) -> ArchiveRequest:
    """What the deployments of `stabilize` ask for."""
    sources = tuple(map(Path, place.sources))
    return ArchiveRequest(sources, Path(place.out), look.settings(), work.settings(datetime.now()))


def resmooth_request(archive: str, look: NewLook, clips: Clips, work: Work) -> ResmoothRequest:
    """What the deployment of `resmooth` asks for."""
    return ResmoothRequest(
        Path(archive),
        look.changes(),
        Selection(clips.only, clips.where),
        run=work.settings(datetime.now()),
    )
