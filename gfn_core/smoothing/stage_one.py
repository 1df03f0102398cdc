"""Stage 1: the calmest path of the output that the crop window allows.

Minimises velocity, acceleration and jerk of the output picture and its distance from the camera's
own path, over similarities, with every corner of the output window inside the source frame, and a
price on zooming in. Shots
are smoothed each on its own. Long shots are cut into windows that overlap and are tied to the
frames before them, so that time grows linearly and memory does not grow.
"""

import math

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.residual import RESIDUAL
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.calm_path import UNKNOWNS, CalmPath
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_path import from_vector
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.smoothing.zoom_price import zoom_prices

KEPT_FRAMES = 1600  # of every window of a long shot
MEMORY = 8.0  # time constants after which a frame hardly matters: solved along, then solved again
MOST_LOOKAHEAD = 3  # times the frames kept, so that time grows linearly at any frame rate
HISTORY_FRAMES = 3  # a jerk reaches back over three frames
USUAL_FRAME_RATE = 30.0  # where the time stamps say nothing
FASTEST_FRAME_RATE = 10_000.0  # beyond it, they say nothing that could be true


def smooth(
    motion: Similarity,
    shot_start: NDArray[np.bool_],
    geometry: FrameGeometry,
    frame_rate: float,
    settings: StageOneSettings,
    *,
    kept_frames: int = KEPT_FRAMES,
) -> Trajectory:
    """Smooth camera `motion` (N,), entry t from frame t-1 to t, within each shot.

    `frame_rate` is in frames a second. Every window gives `kept_frames` corrections; it reaches
    further ahead by what the settings' time constants remember.
    """
    path = CalmPath(CropWindow(geometry, settings.window), frame_rate, settings)
    correction = Similarity.identity(len(motion.linear))
    if settings.crop < 1:
        for shot in shots(shot_start):
            part = _smooth_shot(path, motion[shot], kept_frames)
            correction.linear[shot], correction.translation[shot] = part.linear, part.translation
    unbent = np.zeros((len(correction.linear), RESIDUAL))
    return Trajectory(geometry, settings.window, correction, unbent)


def shots(shot_start: NDArray[np.bool_]) -> list[slice]:
    """Return the frames of each shot; the first frame starts one in any case."""
    starts = sorted({0, *np.flatnonzero(shot_start).tolist()})
    stops = [*starts[1:], len(shot_start)]
    return [slice(start, stop) for start, stop in zip(starts, stops, strict=True) if stop > start]


def frame_rate(pts_seconds: FloatArray) -> float:
    """Return the usual number of frames a second, from time stamps (N,)."""
    steps = np.diff(pts_seconds)
    usual_step = np.median(steps) if len(steps) else 0.0
    is_possible = usual_step > 1 / FASTEST_FRAME_RATE
    return float(1 / usual_step) if is_possible else USUAL_FRAME_RATE


def _smooth_shot(path: CalmPath, motion: Similarity, kept_frames: int) -> Similarity:
    """Return the corrections (n,) of one shot, window by window."""
    n = len(motion.linear)
    memory_frames = MEMORY * path.settings.longest_seconds * path.frame_rate
    lookahead_frames = math.ceil(min(memory_frames, MOST_LOOKAHEAD * kept_frames))
    found = np.zeros((n, UNKNOWNS))
    prices = zoom_prices(path, motion)
    done = 0
    while done < n:
        stop = min(done + kept_frames + lookahead_frames, n)
        kept = n if stop == n else done + kept_frames
        known = max(0, done - HISTORY_FRAMES)
        found[done:kept] = path.solve(motion[known:stop], found[known:done], prices[done:stop])[
            : kept - done
        ]
        done = kept
    return from_vector(found[:, :4].ravel(), path.window.geometry)
