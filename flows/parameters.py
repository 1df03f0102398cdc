"""Parameters of the deployments: models that Prefect's server checks when a run is triggered.

Their JSON schemas carry the ranges, so that the server refuses a wrong value at once; what no
schema can say (a quality that this codec does not know) the run refuses before it does anything.
"""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from flows.cli_options import FieldChoice, ZoomStyle
from flows.deadline import next_time
from flows.look import changes_of, encoding_of, settings_of
from flows.order import Order
from flows.request import ArchiveRequest
from flows.resmooth import Changes, ResmoothRequest, Selection
from flows.settings import MOST_SLOTS, RunSettings
from gfn_core.device_name import DeviceName
from gfn_core.media.codec_traits import ALIASES, CODECS, SAME
from gfn_core.motion.estimator_name import DEFAULT_ESTIMATOR, EstimatorName
from gfn_core.precision import Precision
from gfn_core.settings import StabilizeSettings
from gfn_core.smoothing.settings import LEAST_CROP
from gfn_core.smoothing.style import Style

Folder = Annotated[str, Field(pattern="^/", description="An absolute path that workers see.")]
Location = Annotated[
    str,
    Field(
        pattern="^(/|s3://)", description="An absolute path that workers see, or a bucket's URL."
    ),
]
CropShare = Annotated[float, Field(ge=LEAST_CROP, le=1)]
CODEC_NAMES = [SAME, *CODECS, *ALIASES]


def _known(codec: str) -> str:
    if codec not in CODEC_NAMES:
        raise ValueError(f"codec {codec!r}: not one of {', '.join(CODEC_NAMES)}")
    return codec


Codec = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": CODEC_NAMES})]
Quality = Annotated[int, Field(ge=0, le=63)]
Preset = Annotated[str, Field(pattern=r"^\w+$")]
Slots = Annotated[
    int, Field(ge=0, le=MOST_SLOTS, description="Clips at a time; 0: as many as cores.")
]
GpuLimit = Annotated[str, Field(description="Concurrency limit that a stage on a GPU holds.")]
First = Annotated[tuple[str, ...], Field(description="Patterns of names that go first.")]
Clock = Annotated[
    str,
    Field(pattern=r"^([01]?\d|2[0-3]):[0-5]\d$", description="Time of day to stop by, like 06:00."),
]
Force = Annotated[bool, Field(description="Replace files at the outputs' names.")]
Strict = Annotated[bool, Field(description="Refuse damaged sources.")]
Retry = Annotated[bool, Field(description="Try clips again that are in quarantine.")]


class Parameters(BaseModel):
    """A group of parameters; a name that it does not know is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Place(Parameters):
    """What to stabilize, and where to: files, or folders of them, and the archive."""

    sources: Annotated[tuple[Location, ...], Field(min_length=1)]
    out: Location


class Look(Parameters):
    """How the result looks; as the options of `gfn stabilize`."""

    crop: CropShare | Literal["auto"] = 0.9
    style: Style = Style.STEADY
    zoom: ZoomStyle = ZoomStyle.FIXED
    estimator: EstimatorName = DEFAULT_ESTIMATOR
    weights: Folder | None = None
    precision: Precision = Precision.FLOAT32
    codec: Codec = "libx264"
    quality: Quality | None = None
    preset: Preset = "medium"
    target_size: str = ""
    interlaced: FieldChoice = FieldChoice.DEINTERLACE

    @model_validator(mode="after")
    def _is_possible(self) -> "Look":
        self.settings()  # raises SettingsError, which is a ValueError
        return self

    def settings(self) -> StabilizeSettings:
        """The settings of all stages."""
        return settings_of(
            crop=str(self.crop),
            style=self.style,
            zoom=self.zoom,
            estimator=self.estimator,
            weights=Path(self.weights) if self.weights else None,
            precision=self.precision,
            encoding=encoding_of(
                self.codec, self.quality, self.preset, self.target_size, self.interlaced
            ),
        )


class Work(Parameters):
    """How the worker's machine is used, and for how long."""

    slots: Slots = 0
    device: DeviceName = DeviceName.AUTO
    gpu_limit: GpuLimit = ""
    order: Order = Order.NAME
    first: First = ()
    deadline: Clock | None = None
    force: Force = False
    strict: Strict = False
    retry: Retry = False

    def settings(self, now: datetime) -> RunSettings:
        """The settings of a run that begins `now`."""
        return RunSettings(
            slots=self.slots,
            device=self.device,
            force=self.force,
            strict=self.strict,
            order=self.order,
            first=self.first,
            until=next_time(self.deadline, now) if self.deadline else None,
            retry=self.retry,
            gpu_limit=self.gpu_limit,
        )


class NewLook(Parameters):
    """What is to change; what is left out stays as each clip had it."""

    crop: CropShare | Literal["auto"] | None = None
    style: Style | None = None
    zoom: ZoomStyle | None = None
    codec: Codec | None = None
    quality: Quality | None = None
    preset: Preset | None = None
    target_size: str | None = None
    interlaced: FieldChoice | None = None

    def changes(self) -> Changes:
        """As resmoothing knows it."""
        return changes_of(
            crop=None if self.crop is None else str(self.crop),
            style=self.style,
            zoom=self.zoom,
            codec=self.codec,
            quality=self.quality,
            preset=self.preset,
            target_size=self.target_size,
            interlaced=self.interlaced,
        )


class Clips(Parameters):
    """Some of an archive's clips."""

    only: Annotated[str, Field(description="Pattern of names, like holiday/*.")] = "*"
    where: Annotated[str, Field(description="SQL condition, like confidence < 0.6.")] = ""


class AuditWork(Parameters):
    """What an audit does beside looking."""

    deep: Annotated[bool, Field(description="Read whole sources and outputs.")] = False
    repair: Annotated[bool, Field(description="Make anew what is broken.")] = False


class Training(Parameters):
    """What to train, on what, and for how long; a later run goes on from there."""

    trained: Literal["teacher", "student"] = "student"
    steps: Annotated[int, Field(ge=1)] = 20_000
    minutes: Annotated[float, Field(gt=0)] | None = None
    images: Folder | None = None
    clips: Annotated[Folder, Field(description="Real videos to distil on.")] | None = None
    start: Annotated[Folder, Field(description="Weights to begin with.")] | None = None
    seed: Annotated[int, Field(ge=0)] = 0
    workers: Annotated[int, Field(ge=0)] = 1
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
