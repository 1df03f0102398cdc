"""How far corrections can rely on the motion that was found; when in doubt, less.

A blank wall, darkness, a whip pan or one object that fills the frame leave motions that are no
camera's; corrections made from them would be new shake.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from gfn_core.geometry import FloatArray
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.strangeness import strangeness

REACH_SECONDS = 0.25  # a frame this close to a doubtful motion is doubtful itself
AROUND_SECONDS = 1.0  # sure motions on both sides, which say what is usual
STRANGE = (2.5, 6.0)  # times what is usual: below the first believed, above the second not at all
SHORT_SECONDS = 0.5  # a doubtful stretch this long is bridged; a longer one is left as filmed


@dataclass(frozen=True)
class Standard:
    """Below the first value of each pair a motion is worth nothing, above the second everything."""

    confidence: tuple[float, float]
    background_share: tuple[float, float]


FOR_MOVING = Standard(confidence=(0.02, 0.1), background_share=(0.02, 0.1))  # stage 1
FOR_BENDING = Standard(confidence=(0.1, 0.5), background_share=(0.1, 0.35))  # stage 2


def pair_trust(motion: Motion, standard: Standard) -> FloatArray:
    """Trust (N,), 0 to 1, in the motion from each frame's predecessor; 1 where a shot starts."""
    known = smooth_step(motion.confidence, *standard.confidence)
    seen = smooth_step(motion.background_share, *standard.background_share)
    return np.where(motion.shot_start, 1.0, known * seen)


def believed(
    motion: Motion, pairs: FloatArray, shots: Iterable[slice], frame_rate: float
) -> FloatArray:
    """Return the trust `pairs` (N,), raised where a motion is no stranger than the sure ones.

    Not where it is worth nothing at all.
    """
    trust, steps = pairs.copy(), motion.similarity
    reach = max(1, round(AROUND_SECONDS * frame_rate))
    for shot in shots:
        inner = slice(shot.start + 1, shot.stop)
        if pairs[inner].min(initial=1) < 1:
            strange = strangeness(steps[inner], pairs[inner] == 1, motion.geometry, reach)
            belief = (pairs[inner] > 0) * (1 - smooth_step(strange, *STRANGE))
            trust[inner] = np.maximum(pairs[inner], belief)
    return trust


def frame_trust(pairs: FloatArray, shots: Iterable[slice], frame_rate: float) -> FloatArray:
    """Trust (N,) in the corrections of frames: the least of all motions near, faded in and out.

    The same forward and backward in time.
    """
    reach = max(1, round(REACH_SECONDS * frame_rate))
    trust = np.ones(len(pairs))
    for shot in shots:
        inner = pairs[shot.start + 1 : shot.stop]  # between the frames
        if len(inner) == 0 or inner.min() == 1:
            continue
        both = np.concatenate([np.ones(reach), inner, np.ones(reach)])
        least = np.lib.stride_tricks.sliding_window_view(both, 2 * reach).min(axis=-1)
        trust[shot] = faded(least, reach)
    return trust


def bridged(
    motion: Motion, pairs: FloatArray, shots: Iterable[slice], frame_rate: float
) -> Similarity:
    """Return the motion (N,) with what is doubtful interpolated from what is not, by its trust.

    A shot without any motion to trust is taken to stand still.
    """
    found = motion.similarity
    parameters = np.stack(
        [found.translation.real, found.translation.imag, found.rotation_rad, found.log_scale]
    )
    for shot in shots:
        inner = slice(shot.start + 1, shot.stop)
        trust = pairs[inner]
        if trust.min(initial=1) < 1:
            for row in parameters:
                guess = _interpolated(row[inner], trust == 1, frame_rate)
                row[inner] = trust * row[inner] + (1 - trust) * guess
    return Similarity.from_parameters(*parameters)


def _interpolated(steps: FloatArray, sure: NDArray[np.bool_], frame_rate: float) -> FloatArray:
    """Guess all of `steps` (n,) from those that are `sure`: near ones by their neighbours.

    Far ones by the mean of what is sure around these: a single step of a shaking camera would be
    taken for a pan.
    """
    frames, known = np.arange(len(steps)), np.flatnonzero(sure)
    if not len(known):
        return np.zeros(len(steps))
    reach = max(1, round(AROUND_SECONDS * frame_rate))
    mean = faded(np.where(sure, steps, 0), reach)[known] / faded(sure.astype(float), reach)[known]
    far = smooth_step(distance_transform_edt(~sure) / frame_rate, 0, REACH_SECONDS)
    near, slow = np.interp(frames, known, steps[known]), np.interp(frames, known, mean)
    return np.asarray(near + far * (slow - near))


def long_doubt(pairs: FloatArray, shots: Iterable[slice], frame_rate: float) -> FloatArray:
    """Share (N,) of each frame's correction to leave out: 1 well inside a long doubtful stretch."""
    reach = max(1, round(SHORT_SECONDS * frame_rate))
    doubt = np.zeros(len(pairs))
    for shot in shots:
        if pairs[shot].min() < 1:
            average = faded(1 - pairs[shot], reach)
            doubt[shot] = smooth_step(average, 0.5, 0.9)
    return doubt


def faded(values: FloatArray, reach: int) -> FloatArray:
    """Mean of `values` (n,) over `reach` frames on both sides, near ones counting more."""
    kernel = np.hanning(2 * reach + 1)
    return np.convolve(np.pad(values, reach, mode="edge"), kernel / kernel.sum(), mode="valid")


def smooth_step(values: FloatArray, low: float, high: float) -> FloatArray:
    """From 0 at `low` to 1 at `high`, smoothly."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))
