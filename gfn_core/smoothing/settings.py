"""What a user may choose about smoothing."""

from dataclasses import dataclass
from typing import Literal, get_args

from gfn_core.errors import SettingsError

Norm = Literal["l2", "l1"]

LEAST_CROP = 0.3
LONGEST_SECONDS = 10.0


@dataclass(frozen=True)
class StageOneSettings:
    """Which window the output shows, and what a calm path is.

    The time constants say how strongly velocity, acceleration and jerk of the output are damped,
    against staying where the camera pointed; 0 leaves a term out. Where the crop allows it, and
    with the "l2" norm, camera motion of angular frequency w is reduced by the factor
    1 / (1 + (w T1)^2 + (w T2)^4 + (w T3)^6), whatever the frame rate: an acceleration constant of
    1 s halves what takes 6.3 s a cycle, keeps the slower and removes the faster.
    """

    crop: float = 0.9  # width of the output window / width of the frame
    velocity_seconds: float = 0.0  # T1; above 0 pans are fought too (tripod)
    acceleration_seconds: float = 1.0  # T2
    jerk_seconds: float = 0.5  # T3
    zoom_share: float = 0.3  # part of the margin 1 - crop that zooming in may cost besides
    norm: Norm = "l2"  # "l1" gives segments of rest, constant pan or constant acceleration

    def __post_init__(self) -> None:
        if not LEAST_CROP <= self.crop <= 1:
            raise SettingsError(f"crop is {self.crop}; it can be {LEAST_CROP} to 1")
        seconds = (self.velocity_seconds, self.acceleration_seconds, self.jerk_seconds)
        if not all(0 <= value <= LONGEST_SECONDS for value in seconds):
            raise SettingsError(
                f"velocity, acceleration and jerk are {seconds} s; "
                f"each can be 0 to {LONGEST_SECONDS:g} s"
            )
        if not 0 <= self.zoom_share <= 1:
            raise SettingsError(f"zoom_share is {self.zoom_share}; it can be 0 to 1")
        if self.norm not in get_args(Norm):
            raise SettingsError(f"norm is {self.norm!r}; it can be {' or '.join(get_args(Norm))}")
