"""What a user may choose, one frozen value per stage; each is part of that stage's key."""

from dataclasses import dataclass, field

from gfn_core.errors import SettingsError
from gfn_core.media.encoding import Encoding
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.smoothing.settings import StageOneSettings


@dataclass(frozen=True)
class MotionSettings:
    """How motion is estimated."""

    estimator: EstimatorName = EstimatorName.TRACKS
    longest_px: int = 640  # longer side of the frames analysed

    def __post_init__(self) -> None:
        if not 160 <= self.longest_px <= 3840:
            raise SettingsError(f"longest_px is {self.longest_px}; it can be 160 to 3840")


@dataclass(frozen=True)
class StabilizeSettings:
    """Everything that decides what comes out for a given source."""

    motion: MotionSettings = field(default_factory=MotionSettings)
    smoothing: StageOneSettings = field(default_factory=StageOneSettings)
    encoding: Encoding = field(default_factory=Encoding)
