"""What one may choose wherever videos are stabilized: in `gfn stabilize` and in `gfn watch`."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from flows.cli_options import (
    Codec,
    CropOrAuto,
    DaskAddress,
    Deadline,
    Device,
    Estimator,
    FieldChoice,
    First,
    Force,
    InOrder,
    Interlaced,
    LocalMotion,
    NetworkPrecision,
    PathStyle,
    Preset,
    Quality,
    Retry,
    Runner,
    RunnerName,
    Slots,
    Strict,
    TargetSizes,
    Weights,
    Zoom,
    ZoomStyle,
)
from flows.order import Order
from gfn_core.device_name import DeviceName
from gfn_core.motion.estimator_name import DEFAULT_ESTIMATOR
from gfn_core.precision import Precision
from gfn_core.smoothing.style import Style

if TYPE_CHECKING:
    from flows.request import ArchiveRequest


@dataclass(frozen=True)
class ArchiveOptions:
    """How the result is to look, and how to go about it."""

    crop: CropOrAuto = "0.9"
    style: PathStyle = Style.STEADY
    estimator: Estimator = DEFAULT_ESTIMATOR
    weights: Weights = None
    device: Device = DeviceName.AUTO
    precision: NetworkPrecision = Precision.FLOAT32
    local_motion: LocalMotion = False
    zoom: Zoom = ZoomStyle.FIXED
    codec: Codec = "libx264"
    quality: Quality = None
    preset: Preset = "medium"
    target_size: TargetSizes = ""
    interlaced: Interlaced = FieldChoice.DEINTERLACE
    slots: Slots = 0
    order: InOrder = Order.NAME
    first: First = None
    deadline: Deadline = None
    retry: Retry = False
    runner: Runner = RunnerName.THREADS
    dask_address: DaskAddress = ""
    force: Force = False
    strict: Strict = False

    def request(self, sources: tuple[Path, ...], out: Path) -> "ArchiveRequest":
        """Ask so for `sources` in `out`; raises SettingsError."""
        from flows.deadline import next_time
        from flows.look import encoding_of, settings_of
        from flows.request import ArchiveRequest
        from flows.settings import RunSettings

        return ArchiveRequest(
            sources=sources,
            out=out,
            settings=settings_of(
                crop=self.crop,
                style=self.style,
                zoom=self.zoom,
                estimator=self.estimator,
                weights=self.weights,
                precision=self.precision,
                encoding=encoding_of(
                    self.codec, self.quality, self.preset, self.target_size, self.interlaced
                ),
                local_motion=self.local_motion,
            ),
            run=RunSettings(
                slots=self.slots,
                device=self.device,
                force=self.force,
                strict=self.strict,
                order=self.order,
                first=tuple(self.first or ()),
                until=next_time(self.deadline, datetime.now()) if self.deadline else None,
                retry=self.retry,
                dask_address=self.runner.address(self.dask_address),
            ),
        )
