"""Stretches of frames in which something holds."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray

BRIDGED_SECONDS = 0.25  # a gap this short does not end a stretch


def stretches(
    holds: NDArray[np.bool_], pts_seconds: FloatArray, least_seconds: float
) -> Iterator[tuple[int, int]]:
    """Yield (first, last) frame of each stretch of `holds` (N,) of at least `least_seconds`."""
    frames = np.flatnonzero(holds)
    if not len(frames):
        return
    is_gap = (np.diff(frames) > 1) & (np.diff(pts_seconds[frames]) > BRIDGED_SECONDS)
    breaks = np.flatnonzero(is_gap)
    for first, last in zip(
        frames[np.r_[0, breaks + 1]], frames[np.r_[breaks, len(frames) - 1]], strict=True
    ):
        if pts_seconds[last] - pts_seconds[first] >= least_seconds:
            yield int(first), int(last)


def shots(shot_start: NDArray[np.bool_]) -> Iterator[slice]:
    """Yield the frames of each shot."""
    if len(shot_start):
        bounds = np.unique(np.r_[0, np.flatnonzero(shot_start), len(shot_start)])
        for first, end in pairwise(bounds):
            yield slice(int(first), int(end))
