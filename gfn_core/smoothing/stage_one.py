"""Stage 1: the calmest path of the output that the crop window allows.

Minimises velocity, acceleration and jerk of the output picture and its distance from the camera's
own path, over similarities, with every corner of the output window inside the source frame. Shots
are smoothed each on its own. Long shots are cut into windows that overlap and are tied to the
frames before them, so that time grows linearly and memory does not grow.
"""

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.calm_path import UNKNOWNS, CalmPath
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_path import from_vector
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.trajectory import Trajectory

WINDOW_FRAMES = 2000
LOOKAHEAD_FRAMES = 400  # solved with a window, then solved again with the next
HISTORY_FRAMES = 3  # a jerk reaches back over three frames
USUAL_FRAME_RATE = 30.0  # where the time stamps say nothing


def smooth_motion(motion: Motion, settings: StageOneSettings) -> Trajectory:
    """Smooth the camera path of one video."""
    rate = frame_rate(motion.pts_seconds)
    return smooth(motion.similarity, motion.shot_start, motion.geometry, rate, settings)


def smooth(
    motion: Similarity,
    shot_start: NDArray[np.bool_],
    geometry: FrameGeometry,
    frame_rate: float,
    settings: StageOneSettings,
    *,
    window_frames: int = WINDOW_FRAMES,
    lookahead_frames: int = LOOKAHEAD_FRAMES,
) -> Trajectory:
    """Smooth camera `motion` (N,), entry t from frame t-1 to t, within each shot.

    `frame_rate` is in frames a second. Every window of `window_frames` gives
    `window_frames - lookahead_frames` corrections.
    """
    path = CalmPath(CropWindow(geometry, settings.crop), frame_rate, settings)
    correction = Similarity.identity(len(motion.linear))
    if settings.crop < 1:
        for shot in shots(shot_start):
            part = _smooth_shot(path, motion[shot], window_frames, lookahead_frames)
            correction.linear[shot], correction.translation[shot] = part.linear, part.translation
    return Trajectory(geometry, settings.crop, correction)


def shots(shot_start: NDArray[np.bool_]) -> list[slice]:
    """Return the frames of each shot; the first frame starts one in any case."""
    starts = sorted({0, *np.flatnonzero(shot_start).tolist()})
    stops = [*starts[1:], len(shot_start)]
    return [slice(start, stop) for start, stop in zip(starts, stops, strict=True) if stop > start]


def frame_rate(pts_seconds: FloatArray) -> float:
    """Return the usual number of frames a second, from time stamps (N,)."""
    steps = np.diff(pts_seconds)
    usual_step = np.median(steps) if len(steps) else 0.0
    return float(1 / usual_step) if usual_step > 0 else USUAL_FRAME_RATE


def _smooth_shot(
    path: CalmPath, motion: Similarity, window_frames: int, lookahead_frames: int
) -> Similarity:
    """Return the corrections (n,) of one shot, window by window."""
    n = len(motion.linear)
    found = np.zeros((n, UNKNOWNS))
    done = 0
    while done < n:
        stop = min(done + window_frames, n)
        kept = n if stop == n else stop - lookahead_frames
        known = max(0, done - HISTORY_FRAMES)
        found[done:kept] = path.solve(motion[known:stop], found[known:done])[: kept - done]
        done = kept
    return from_vector(found[:, :4].ravel(), path.window.geometry)
