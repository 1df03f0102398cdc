"""Is the stored motion of a clip plausible? Told from its parameters alone.

Each check yields findings with their place in time. The limits were set by looking at the frames
named, over hand-held, static and cut footage: they are there to point a person at doubtful places.
"""

from collections.abc import Iterator

import numpy as np

from gfn_core.audit.finding import Finding
from gfn_core.audit.shake import HALF_WIDTH_PX, local_median, source_steps
from gfn_core.audit.stretches import shots, stretches
from gfn_core.geometry import FloatArray
from gfn_core.motion.model import Motion

STRETCH_SECONDS = 0.5  # shorter doubts are smoothed over
DOUBTFUL_CONFIDENCE = 0.3
SURE_CONFIDENCE = 0.5
SMALL_BACKGROUND = 0.35
MEDIAN_REACH = 3  # frames on either side
OUTLIER_RATIO, OUTLIER_FLOOR = 8.0, 0.03  # times the usual deviation; half-widths
CUT_LUMA_RATIO, CUT_LUMA_FLOOR = 5.0, 0.03  # times the usual change; of full range
DRIFT_LEAST_SECONDS = 2.0
DRIFT_TURN_RAD, DRIFT_LOG_SCALE = np.radians(20), np.log(1.5)
DRIFT_UNEVENNESS = 0.2  # of the whole way, at most: a hand's zoom is less even
SHEAR_CORRELATION, SHEAR_FLOOR_PX, SHEAR_FRAMES = 0.6, 0.5, 60


def motion_findings(clip: str, motion: Motion) -> Iterator[Finding]:
    """Yield what is doubtful about `motion` of the video `clip`."""
    if not _is_finite(motion):
        yield Finding("not-finite", clip, "the motion holds values that are no numbers")
        return
    yield from _outlier_steps(clip, motion)
    yield from _low_confidence(clip, motion)
    yield from _suspected_cuts(clip, motion)
    yield from _large_foreground(clip, motion)
    yield from _drift(clip, motion)
    yield from _rolling_shutter(clip, motion)


def _is_finite(motion: Motion) -> bool:
    parts = (motion.homography, motion.confidence, motion.pts_seconds, motion.background_share)
    return all(bool(np.isfinite(part).all()) for part in parts)


def _outlier_steps(clip: str, motion: Motion) -> Iterator[Finding]:
    steps = source_steps(motion)
    for shot in shots(motion.shot_start):
        ways = steps[shot.start + 1 : shot.stop]
        if len(ways) <= 2 * MEDIAN_REACH:
            continue
        deviation = np.linalg.norm(ways - local_median(ways, MEDIAN_REACH), axis=-1).max(axis=-1)
        usual = local_median(deviation, 5 * MEDIAN_REACH)
        for t in np.flatnonzero(deviation > OUTLIER_FLOOR + OUTLIER_RATIO * usual):
            at = float(motion.pts_seconds[shot.start + 1 + t])
            far = deviation[t] * HALF_WIDTH_PX
            message = f"a step {far:.0f} px (of 1920) away from those around it"
            yield Finding("outlier-step", clip, message, start_seconds=at, end_seconds=at)


def _low_confidence(clip: str, motion: Motion) -> Iterator[Finding]:
    doubtful = motion.confidence < DOUBTFUL_CONFIDENCE
    for first, last in stretches(doubtful, motion.pts_seconds, STRETCH_SECONDS):
        mean = motion.confidence[first : last + 1].mean()
        yield _stretch("low-confidence", clip, motion, first, last, f"confidence {mean:.2f}")


def _large_foreground(clip: str, motion: Motion) -> Iterator[Finding]:
    small = motion.background_share < SMALL_BACKGROUND
    for first, last in stretches(small, motion.pts_seconds, STRETCH_SECONDS):
        share = motion.background_share[first : last + 1].mean()
        message = f"{share:.0%} of the picture moves with the camera"
        yield _stretch("large-foreground", clip, motion, first, last, message)


def _suspected_cuts(clip: str, motion: Motion) -> Iterator[Finding]:
    """One frame nobody is sure of and of other brightness, between frames that are sure."""
    change = np.abs(motion.luminance_change)
    sure_around = local_median(motion.confidence, 2 * MEDIAN_REACH) > SURE_CONFIDENCE
    jumps = change > CUT_LUMA_FLOOR + CUT_LUMA_RATIO * local_median(change, 2 * MEDIAN_REACH)
    unsure = motion.confidence < DOUBTFUL_CONFIDENCE
    for t in np.flatnonzero(unsure & jumps & sure_around & ~motion.shot_start):
        at = float(motion.pts_seconds[t])
        message = f"brightness jumps by {change[t]:.0%}, confidence {motion.confidence[t]:.2f}"
        yield Finding("suspected-cut", clip, message, start_seconds=at, end_seconds=at)


def _drift(clip: str, motion: Motion) -> Iterator[Finding]:
    similarity = motion.similarity
    for shot in shots(motion.shot_start):
        first, last = shot.start, shot.stop - 1
        if motion.pts_seconds[last] - motion.pts_seconds[first] < DRIFT_LEAST_SECONDS:
            continue
        turn = _even_way(similarity.rotation_rad[first + 1 : last + 1])
        zoom = _even_way(similarity.log_scale[first + 1 : last + 1])
        if abs(turn) > DRIFT_TURN_RAD:
            message = f"turns by {np.degrees(turn):.0f} degrees over the shot"
            yield _stretch("drift", clip, motion, first, last, message)
        if abs(zoom) > DRIFT_LOG_SCALE:
            message = f"zooms by a factor of {np.exp(zoom):.2f} over the shot"
            yield _stretch("drift", clip, motion, first, last, message)


def _even_way(steps: FloatArray) -> float:
    """Whole way of `steps` (N,) if it is made at an even rate, else 0."""
    path = np.cumsum(steps)
    even = np.linspace(path[-1] / len(path), path[-1], len(path))
    is_even = np.abs(path - even).max() < DRIFT_UNEVENNESS * abs(path[-1])
    return float(path[-1]) if is_even else 0.0


def _rolling_shutter(clip: str, motion: Motion) -> Iterator[Finding]:
    """Rows are read one after the other, so at speed v the picture leans by r v y.

    Between frames the lean changes by r times the *acceleration*: sideways it shears, up and down
    it stretches.
    """
    still_sure = motion.confidence > SURE_CONFIDENCE
    inside = still_sure[1:] & still_sure[:-1] & ~(motion.shot_start[1:] | motion.shot_start[:-1])
    if inside.sum() < SHEAR_FRAMES:
        return
    acceleration = np.diff(motion.similarity.translation)[inside]
    h = motion.homography[1:][inside]
    lean = (h[:, 0, 1] + h[:, 1, 0]) + 1j * (h[:, 1, 1] - h[:, 0, 0])
    power = float((np.abs(acceleration) ** 2).sum())
    together = float((lean * acceleration.conj()).real.sum())
    largest = np.sqrt(power * float((np.abs(lean) ** 2).sum()))
    if power == 0 or largest == 0:
        return
    readout = together / power
    rms_px = abs(readout) * np.sqrt(power / inside.sum()) * motion.geometry.half_height
    if abs(together) / largest > SHEAR_CORRELATION and rms_px * HALF_WIDTH_PX > SHEAR_FLOOR_PX:
        share = abs(readout) * 2 * motion.geometry.half_height
        message = f"rows seem to be read over {share:.0%} of a frame's time"
        yield Finding("rolling-shutter", clip, message)


def _stretch(code: str, clip: str, motion: Motion, first: int, last: int, message: str) -> Finding:
    times = motion.pts_seconds
    return Finding(
        code, clip, message, start_seconds=float(times[first]), end_seconds=float(times[last])
    )
