"""What a user may choose about smoothing."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from gfn_core.errors import SettingsError

Norm = Literal["l2", "l1"]
BendMethod = Literal["program", "mean", "off"]

LEAST_CROP = 0.3
AUTO_CROP, AUTO_REMOVED_SHARE = 0.75, 0.8
DYNAMIC_ZOOM_SHARE = 0.35  # chosen at an equal mean window: docs/decisions/0008
LONGEST_SECONDS = 10.0
LARGEST_SWING_WEIGHT = 1000.0
LARGEST_ZOOM_SHARE = 0.9  # shift and turn without zoom need some room
LEAST_ZOOM_USE = 0.05
LONGEST_JELLY = 10.0


@dataclass(frozen=True)
class StageTwoSettings:
    """How the bend of frames is smoothed: what a similarity cannot hold.

    "mean" moves each frame to the weighted mean of its neighbours, as GlobalFlowNet does (sec.
    3.4); "program" minimises the squared acceleration of the bend's path, times
    `acceleration_seconds` to the fourth, against the bend's own square; "off" leaves stage 1 alone.
    """

    method: BendMethod = "mean"
    mean_seconds: float = 0.7  # reach of the mean on each side
    acceleration_seconds: float = 0.5  # of the program
    jelly_half_widths: float = 0.1  # a bend costs its displacement, and this times its strain

    def __post_init__(self) -> None:
        if self.method not in get_args(BendMethod):
            allowed = " or ".join(get_args(BendMethod))
            raise SettingsError(f"method is {self.method!r}; it can be {allowed}")
        for name in ("mean", "acceleration"):
            seconds = getattr(self, f"{name}_seconds")
            if not 0 <= seconds <= LONGEST_SECONDS:
                raise SettingsError(
                    f"{name}_seconds is {seconds}; it can be 0 to {LONGEST_SECONDS:g}"
                )
        if not 0 <= self.jelly_half_widths <= LONGEST_JELLY:
            raise SettingsError(
                f"jelly_half_widths is {self.jelly_half_widths}; it can be 0 to {LONGEST_JELLY:g}"
            )


@dataclass(frozen=True)
class StageOneSettings:
    """Which window the output shows, and what a calm path is.

    Two paths are sought at once: the output's, which the crop bounds, and an intended one, which
    nothing bounds and which the output swings about. The time constants say how strongly velocity,
    acceleration and jerk of the output and the acceleration of the intended path are damped,
    against staying where the camera pointed; 0 leaves a term out. Where the crop does not bind, and
    with the "l2" norm, camera motion of angular frequency w is reduced by the factor 1 / (1 + W),

        W = s^2 q / (s^2 + q) + (w T1)^2 + (w T2)^4 + (w T3)^6,    q = (w T)^4,

    whatever the frame rate. Where it binds, the swing s decides: without it the little room goes
    into the lowest acceleration, and slow large swings remain; with it they are removed as well.

    `crop` is a promise: no frame ever shows less. The output shows `window` where it is not zoomed,
    and zooms in from there, no further than to `crop`, where shake needs the room most: over a
    minute, or a shot that is shorter, it uses about `zoom_use` of that room on average, less where
    it needs less, none where nothing shakes. With a `zoom_share` of 0 the window is `crop`, and
    only ever widens: where the camera's own zoom shakes, steadying it takes a zoom.
    """

    crop: float = 0.9  # least width of the output window / width of the frame
    velocity_seconds: float = 0.0  # T1; above 0 pans are fought too (tripod)
    acceleration_seconds: float = 0.5  # T2
    jerk_seconds: float = 0.0  # T3; adds nothing measurable, costs a quarter of the speed
    intended_seconds: float = 1.5  # T, of the intended path's acceleration
    swing_weight: float = 40.0  # s, of the distance between the output's and the intended path
    removed_share: float = 0.0  # above 0: `crop` is the least, and the mildest is chosen that
    # removes this share of the shake
    zoom_share: float = 0.0  # part of the margin 1 - crop kept for zooming in; 0: fixed window
    zoom_use: float = 0.3  # most of that room that may be used, on average over a minute
    norm: Norm = "l2"  # "l1" gives segments of rest, constant pan or constant acceleration
    bend: StageTwoSettings = field(default_factory=StageTwoSettings)

    @property
    def window(self) -> float:
        """Nominal window: width of what the output shows where it is not zoomed / frame's width."""
        return self.crop + self.zoom_share * (1 - self.crop)

    @property
    def longest_seconds(self) -> float:
        """Longest of the time constants."""
        return max(
            self.velocity_seconds,
            self.acceleration_seconds,
            self.jerk_seconds,
            self.intended_seconds,
        )

    def __post_init__(self) -> None:
        if not LEAST_CROP <= self.crop <= 1:
            raise SettingsError(f"crop is {self.crop}; it can be {LEAST_CROP} to 1")
        for name in ("velocity", "acceleration", "jerk", "intended"):
            seconds = getattr(self, f"{name}_seconds")
            if not 0 <= seconds <= LONGEST_SECONDS:
                raise SettingsError(
                    f"{name}_seconds is {seconds}; it can be 0 to {LONGEST_SECONDS:g}"
                )
        if not 0 <= self.swing_weight <= LARGEST_SWING_WEIGHT:
            raise SettingsError(
                f"swing_weight is {self.swing_weight}; it can be 0 to {LARGEST_SWING_WEIGHT:g}"
            )
        if not 0 <= self.removed_share < 1:
            raise SettingsError(f"removed_share is {self.removed_share}; it can be 0 to below 1")
        if not 0 <= self.zoom_share <= LARGEST_ZOOM_SHARE:
            raise SettingsError(
                f"zoom_share is {self.zoom_share}; it can be 0 to {LARGEST_ZOOM_SHARE}"
            )
        if not LEAST_ZOOM_USE <= self.zoom_use <= 1:
            raise SettingsError(f"zoom_use is {self.zoom_use}; it can be {LEAST_ZOOM_USE} to 1")
        if self.norm not in get_args(Norm):
            raise SettingsError(f"norm is {self.norm!r}; it can be {' or '.join(get_args(Norm))}")
