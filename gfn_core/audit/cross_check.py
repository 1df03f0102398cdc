"""Whether another look at the same frames finds the same motion.

By another estimator, which errs elsewhere; or by the same one with time reversed, which must find
the way back. Frames in which two looks disagree are those in which neither can be relied on.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gfn_core.audit.finding import Finding
from gfn_core.audit.shake import HALF_WIDTH_PX, POINT_COLUMNS, POINT_ROWS
from gfn_core.audit.stretches import stretches
from gfn_core.geometry import FloatArray
from gfn_core.motion.homography import inverse, transform
from gfn_core.motion.model import Motion

TOLERATED_PX = 4.0  # of 1920, root mean square over the frame: what two good looks differ by
TOLERATED_SHARE = 0.1  # of the motion itself
STRETCHES, STRETCH_FRAMES = 3, 48  # of a long clip that are looked at again


@dataclass(frozen=True)
class SecondLook:
    """What was found at another look at some frames, each entry from the frame before."""

    code: str  # of a finding where it differs
    what: str
    homography: FloatArray  # (N, 3, 3)
    shot_start: NDArray[np.bool_]  # (N,)

    @classmethod
    def by(cls, estimator: str, found: Motion) -> "SecondLook":
        """Look through another estimator."""
        what = f"{estimator} finds another motion"
        return cls("estimators-disagree", what, found.homography, found.shot_start)

    @classmethod
    def backward(cls, found: Motion) -> "SecondLook":
        """Look with time reversed: `found` is of the frames in the opposite order."""
        homography, shot_start = found.homography.copy(), found.shot_start.copy()
        homography[1:], shot_start[1:] = inverse(homography[:0:-1]), shot_start[:0:-1]
        return cls("not-reversible", "backward in time another is found", homography, shot_start)


def stretches_to_check(frames: int) -> list[slice]:
    """Return up to three stretches of a clip of `frames`, spread evenly; all of a short one."""
    if frames <= STRETCHES * STRETCH_FRAMES:
        return [slice(0, frames)]
    starts = np.linspace(0, frames - STRETCH_FRAMES, STRETCHES).round().astype(int)
    return [slice(start, start + STRETCH_FRAMES) for start in starts.tolist()]


def disagreements(clip: str, stored: Motion, look: SecondLook) -> Iterator[Finding]:
    """Yield where a second `look` at the frames of `stored` saw something else."""
    times = stored.pts_seconds
    for t in np.flatnonzero((stored.shot_start != look.shot_start)[1:]) + 1:
        was = "stored, and not found again" if stored.shot_start[t] else "found that is not stored"
        yield Finding(look.code, clip, f"a cut is {was}", "", float(times[t]), float(times[t]))
    first_way, second_way = (_moved(each, stored) for each in (stored.homography, look.homography))
    is_inside = ~(stored.shot_start | look.shot_start)
    apart = _rms_px(first_way - second_way) * is_inside
    allowed = TOLERATED_PX + TOLERATED_SHARE * np.maximum(_rms_px(first_way), _rms_px(second_way))
    for first, last in stretches(apart > allowed, times, 0.0):
        worst = apart[first : last + 1].max()
        message = f"{look.what}, up to {worst:.0f} px (of 1920) a frame away"
        yield Finding(look.code, clip, message, "", float(times[first]), float(times[last]))


def _moved(homography: FloatArray, motion: Motion) -> FloatArray:
    points = motion.geometry.grid(POINT_COLUMNS, POINT_ROWS).reshape(-1, 2)
    return np.asarray(transform(homography, points) - points)


def _rms_px(ways: FloatArray) -> FloatArray:
    return np.asarray(np.sqrt((ways**2).sum(axis=-1).mean(axis=-1)) * HALF_WIDTH_PX)
