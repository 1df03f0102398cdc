"""What a user may choose, one frozen value per stage; each is part of that stage's key."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from gfn_core.errors import SettingsError
from gfn_core.media.encoding import Encoding
from gfn_core.motion.activity import ActivitySettings
from gfn_core.motion.estimator_name import DEFAULT_ESTIMATOR, EstimatorName
from gfn_core.precision import Precision
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.store.weights_header import weights_digest

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
SHIPPED_WEIGHTS = WEIGHTS_FOLDER / "globalflownet.safetensors"
GLOCAL_WEIGHTS = WEIGHTS_FOLDER / "glocal.safetensors"


@dataclass(frozen=True)
class MotionSettings:
    """How motion is estimated."""

    estimator: EstimatorName = DEFAULT_ESTIMATOR
    longest_px: int = 640  # longer side of the frames analysed
    precision: Precision = Precision.FLOAT32  # of the network
    weights: Path | None = field(default=None, compare=False)  # other than those shipped

    def __post_init__(self) -> None:
        if not 160 <= self.longest_px <= 3840:
            raise SettingsError(f"longest_px is {self.longest_px}; it can be 160 to 3840")
        if self.weights is not None and not self.estimator.has_weights:
            raise SettingsError(f"the estimator {self.estimator} has no weights to choose")
        if self.precision is not Precision.FLOAT32 and not self.estimator.has_weights:
            raise SettingsError(f"the estimator {self.estimator} has no precision to choose")

    @property
    def weights_path(self) -> Path:
        """Where the network's weights lie."""
        is_glocal = self.estimator is EstimatorName.GLOCAL
        return self.weights or (GLOCAL_WEIGHTS if is_glocal else SHIPPED_WEIGHTS)

    @cached_property
    def weights_digests(self) -> tuple[str, ...]:
        """Digest of the network's weights, part of every key; none without a network.

        Raises WeightsUnusable.
        """
        return (weights_digest(self.weights_path),) if self.estimator.has_weights else ()


@dataclass(frozen=True)
class StabilizeSettings:
    """Everything that decides what comes out for a given source."""

    motion: MotionSettings = field(default_factory=MotionSettings)
    smoothing: StageOneSettings = field(default_factory=StageOneSettings)
    encoding: Encoding = field(default_factory=Encoding)
    local_motion: bool = False  # whether to measure what moves by itself
    activity: ActivitySettings = field(default_factory=ActivitySettings)  # how

    @property
    def activity_weights(self) -> Path:
        """Where the weights lie by which local motion is measured."""
        is_glocal = self.motion.estimator is EstimatorName.GLOCAL
        return self.motion.weights_path if is_glocal else GLOCAL_WEIGHTS

    @property
    def activity_weights_digest(self) -> str:
        """Digest of those weights; raises WeightsUnusable."""
        return weights_digest(self.activity_weights)
