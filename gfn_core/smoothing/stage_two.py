"""Stage 2: takes out of each frame the quick part of what a similarity cannot hold.

Stretch, shear and perspective between successive frames of stage 1's output add up to a path of
four coefficients (`gfn_core.motion.residual`). What is slow in it is the scene's own, parallax of a
walk or the perspective of a pan, and stays; what is quick is the wobble of a rolling shutter and of
a shaken camera. A frame's *bend* is the way from the smooth path to the real one.
"""

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import scipy.sparse as sp

from gfn_core.geometry import FloatArray
from gfn_core.motion.model import Motion
from gfn_core.motion.residual import RESIDUAL, residual_of
from gfn_core.smoothing.bend_space import BendSpace, bounded
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_motion import output_motion
from gfn_core.smoothing.output_path import Affine
from gfn_core.smoothing.settings import StageTwoSettings
from gfn_core.smoothing.stage_one import shots
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.smoothing.trust import FOR_BENDING, frame_trust, pair_trust
from gfn_core.smoothing.weighted_mean import distance_from_mean

KEPT_FRAMES = 1600  # of every window of a long shot
MEMORY = 12.0  # time constants after which a frame does not matter
NEGLIGIBLE = 1e-6  # half-widths (0.001 px at 1920): a bend this small is none
UNIT = 0.01  # half-widths: the program's numbers are about 1


def bent(
    motion: Motion, moved: Trajectory, frame_rate: float, settings: StageTwoSettings
) -> Trajectory:
    """Return what stage 1 `moved` with its frames bent, too."""
    if moved.window == 1 or settings.method == "off":
        return moved
    pairs = pair_trust(motion, FOR_BENDING)
    steps = residual_of(output_motion(motion, moved), motion.geometry) * pairs[:, None]
    window = CropWindow(moved.geometry, moved.window)
    space = BendSpace.of(window, moved.correction, settings.jelly_half_widths)
    all_shots = shots(motion.shot_start)
    trust = frame_trust(pairs, all_shots, frame_rate)
    residual = np.zeros_like(steps)
    for shot in all_shots:
        if settings.method == "mean":
            reach = max(1, round(settings.mean_seconds * frame_rate))
            away = distance_from_mean(np.cumsum(steps[shot], axis=0), pairs[shot], reach)
            residual[shot] = away * trust[shot, None] * space.softness**2
        else:
            time_constant = settings.acceleration_seconds * frame_rate
            residual[shot] = _calm(steps[shot], trust[shot], space[shot], time_constant)
    return replace(moved, residual=bounded(space.window, moved.correction, residual))


def _calm(
    steps: FloatArray, trust: FloatArray, space: BendSpace, time_constant_frames: float
) -> FloatArray:
    """Solve one shot, in overlapping windows where it is long, so that cost grows linearly."""
    found = np.zeros_like(steps)
    overlap = min(math.ceil(MEMORY * time_constant_frames), KEPT_FRAMES)
    for kept, seen in _windows(len(steps), overlap):
        solved = _solved(steps[seen], trust[seen], space[seen], time_constant_frames)
        found[kept] = solved[kept.start - seen.start : kept.stop - seen.start]
    return found


def _windows(n: int, overlap: int) -> Iterator[tuple[slice, slice]]:
    """Frames to keep of each window, and to see for it: alike from both ends of the shot."""
    count = max(1, round(n / KEPT_FRAMES))
    edges = [round(i * n / count) for i in range(count + 1)]
    for start, stop in pairwise(edges):
        yield slice(start, stop), slice(max(0, start - overlap), min(n, stop + overlap))


def _solved(
    steps: FloatArray, trust: FloatArray, space: BendSpace, time_constant_frames: float
) -> FloatArray:
    """Return the least bends (n, 4) that calm the path of `steps` (n, 4).

    A frame of little trust pays more for its bend: the unknowns are bends over trust.
    """
    n, weight = len(steps), time_constant_frames**2
    acceleration = weight * np.diff(steps[1:], axis=0)  # of the path, (n - 2, 4)
    if np.abs(acceleration).max(initial=0) < NEGLIGIBLE:
        return np.zeros_like(steps)
    # Imports cvxpy, which takes more than a second, and the other methods do not need it.
    from gfn_core.smoothing.convex_program import Program, minimize  # noqa: PLC0415

    scale = np.outer(trust, space.softness)  # (n, 4)
    second = sp.diags_array([1.0, -2.0, 1.0], offsets=[0, 1, 2], shape=(n - 2, n))
    matrix = -weight * sp.kron(second, np.eye(RESIDUAL)) @ sp.diags_array(scale.ravel())
    calmed = Affine(sp.csr_array(matrix), acceleration.ravel() / UNIT)
    rows = space.rows * scale[:, None]
    return UNIT * scale * minimize(Program([calmed], rows, space.room / UNIT, "l2"))
