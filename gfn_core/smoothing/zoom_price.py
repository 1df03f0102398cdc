"""The price of zooming in, found from how much each stretch of a shot shakes.

What a little more room is worth differs a thousandfold between clips, so no fixed price suits them.
Instead a budget says how much a stretch may zoom in on average, and the price is the budget's
multiplier in the convex program. That is solved on fewer frames a second: it is the slow swings
that need room, and a price means the same at any frame rate. Shake faster than that is not seen,
and then uses up to half as much room again.
"""

from dataclasses import replace
from itertools import pairwise

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.motion.path import accumulate
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.calm_path import CalmPath

STRETCH_SECONDS = 60.0
COARSE_RATE = 15.0  # frames a second
FEWEST_COARSE = 100  # frames, so that short shots keep more of theirs


def zoom_prices(path: CalmPath, motion: Similarity) -> FloatArray:
    """Return the price of zooming in at each frame of a shot, (n,), for `CalmPath.solve`."""
    n, chosen = len(motion.linear), path.settings
    if chosen.zoom_share == 0 or chosen.zoom_use == 1:
        return np.zeros(n)
    count = max(1, round(n / (STRETCH_SECONDS * path.frame_rate)))
    ends = np.linspace(0, n, count + 1).round().astype(int)
    prices = [_stretch_price(path, motion[a:b]) for a, b in pairwise(ends)]
    return np.interp(np.arange(n), (ends[:-1] + ends[1:] - 1) / 2, prices)


def _stretch_price(path: CalmPath, motion: Similarity) -> float:
    n = len(motion.linear)
    step = max(1, int(min(path.frame_rate / COARSE_RATE, n / FEWEST_COARSE)))
    coarse = replace(path, frame_rate=path.frame_rate / step)
    return coarse.zoom_price(_every(step, motion))


def _every(step: int, motion: Similarity) -> Similarity:
    """Motion between every `step`-th frame and the next such."""
    if step == 1:
        return motion
    where = accumulate(motion, np.arange(len(motion.linear)) == 0)[::step]
    moved = where[1:] @ where[:-1].inverse()
    return Similarity(np.append(1, moved.linear), np.append(0, moved.translation))
