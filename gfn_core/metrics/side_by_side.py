"""Whether a video has become steadier than its source: a sample of frames, seen while rendered.

The promise is that no clip is delivered worse than it came. It is kept by the pictures, not by the
motion that corrections were made from, which is what may have been wrong.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.metrics.stability import HALF_WIDTH_PX
from gfn_core.metrics.tracked_path import (
    CELL_COLUMNS,
    CELL_ROWS,
    BoolArray,
    Effort,
    GrayArray,
    TrackedPath,
    tracked_path,
)
from gfn_core.motion.homography import flow, inverse
from gfn_core.motion.similarity import ComplexArray
from gfn_core.smoothing.trajectory import Trajectory

STRETCHES, STRETCH_FRAMES = 5, 16
LONGEST_PX = 320
COMPARING = Effort(corners=200, window_px=15, levels=3)
WORSE_RATIO, WORSE_JOLT_RATIO = 1.05, 1.25  # of the source's mean and of its jolts
WORSE_FLOOR_PX = 0.3  # what measuring errs by
JOLT_QUANTILE = 0.9
LEAST_CELLS = 4  # of the frame's 40: fewer say too little of it

Pairs = dict[int, list[tuple[GrayArray, GrayArray]]]


@dataclass(frozen=True)
class Shake:
    """Acceleration of a picture's parts, px of 1920, a frame squared.

    NaN where nothing in the pictures could be followed.
    """

    mean_px: float
    jolt_px: float  # a tenth of the frames accelerate by more

    @classmethod
    def of(cls, accelerations_px: FloatArray) -> Self:
        """Sum up the accelerations (N,) of frames."""
        if not len(accelerations_px):
            return cls(np.nan, np.nan)
        jolt_px = np.quantile(accelerations_px, JOLT_QUANTILE)
        return cls(float(accelerations_px.mean()), float(jolt_px))


@dataclass(frozen=True)
class Steadiness:
    """How much a picture shakes before and after, at one scale."""

    source: Shake
    output: Shake

    @property
    def is_worse(self) -> bool:
        """Whether the output shakes more than the source, or nobody can say that it does not.

        Some jolts in a calm picture are worse, however much else has become calmer.
        """
        is_calm = _within(self.output.mean_px, self.source.mean_px, WORSE_RATIO)
        is_even = _within(self.output.jolt_px, self.source.jolt_px, WORSE_JOLT_RATIO)
        return not (is_calm and is_even)


@dataclass
class SideBySide:
    """Collects frames before and after, in a few stretches spread evenly over a video."""

    trajectory: Trajectory  # what the output shows
    bit_depth: int
    _pairs: Pairs = field(default_factory=dict)

    def __call__(self, index: int, source: NDArray[Any], output: NDArray[Any]) -> None:
        """Look at frame `index`: its luma (H, W) before and after."""
        for stretch, start in enumerate(self._starts):
            if start <= index < start + STRETCH_FRAMES:
                pair = self._small(source), self._small(output)
                self._pairs.setdefault(stretch, []).append(pair)

    @property
    def pairs(self) -> Pairs:
        """What was seen: small frames before and after, by stretch."""
        return self._pairs

    def add(self, pairs: Pairs) -> None:
        """Take over what another has seen of the frames that follow."""
        for stretch, seen in pairs.items():
            self._pairs.setdefault(stretch, []).extend(seen)

    def steadiness(self) -> Steadiness:
        """Track what was seen; frames count that could be followed in the source."""
        warps = self.trajectory.output_to_source
        seen = []
        for stretch, pairs in self._pairs.items():
            start = self._starts[stretch]
            seen.append(self._compared(pairs, warps[start : start + len(pairs)]))
        both = np.concatenate([np.zeros((0, 2)), *seen])
        source_px, output_px = both[np.isfinite(both).all(axis=1)].T
        return Steadiness(Shake.of(source_px), Shake.of(output_px))

    def _compared(self, pairs: list[tuple[GrayArray, GrayArray]], warps: FloatArray) -> FloatArray:
        """Accelerations (n, 2) of the frames of a stretch, before and after.

        A frame lost in the output alone may have leapt further than can be followed. What it did is
        the source's motion, seen along the `warps` (frames, 3, 3) from output to source.
        """
        aspect = self.trajectory.geometry.pixel_aspect
        source, output = (
            tracked_path(frames, COMPARING, aspect) for frames in zip(*pairs, strict=True)
        )
        before, after = _motion(source), _motion(output)
        (lost,) = np.nonzero(_is_known(before) & ~_is_known(after))
        carried = inverse(warps[lost]) @ source.homography[lost] @ warps[lost - 1]
        after[lost] = flow(carried, _cells(output)) @ np.array([1, 1j])
        unenlarged = after * self.trajectory.window  # what the crop adds is no shake
        return np.stack([_accelerations_px(before), _accelerations_px(unenlarged)], -1)

    @cached_property
    def _starts(self) -> list[int]:
        """First frames of the stretches; they do not overlap."""
        count = max(1, min(STRETCHES, len(self.trajectory) // STRETCH_FRAMES))
        last = max(0, len(self.trajectory) - STRETCH_FRAMES)
        return sorted(set(np.linspace(0, last, count).astype(int).tolist()))

    def _small(self, plane: NDArray[Any]) -> GrayArray:
        height, width = plane.shape
        scale = min(1.0, LONGEST_PX / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        return np.asarray(small // (1 << max(0, self.bit_depth - 8)), np.uint8)


def _cells(path: TrackedPath) -> FloatArray:
    """Centres (cells, 2) of the parts of a path's frame, half-widths."""
    return path.geometry.grid(CELL_COLUMNS, CELL_ROWS).reshape(-1, 2)


def _motion(path: TrackedPath) -> ComplexArray:
    """Motion (N, cells), half-widths: with the whole frame, and of each by itself.

    NaN in cells without tracks, and in all where hardly any has some.
    """
    cells = _cells(path) @ np.array([1, 1j])
    by_itself = path.residual.reshape(len(path), -1, 2) @ np.array([1, 1j])
    motion = path.similarity.flow(cells) + by_itself
    motion[np.isfinite(motion).sum(axis=1) < LEAST_CELLS] = np.nan
    return np.asarray(motion)


def _is_known(motion: ComplexArray) -> BoolArray:
    """In which frames (N,) anything of `motion` (N, cells) is known; never in frame 0."""
    return np.asarray(np.isfinite(motion).any(axis=1))


def _accelerations_px(motion: ComplexArray) -> FloatArray:
    """Acceleration of each frame from the third on: the mean over its cells.

    NaN where hardly any was tracked in both steps.
    """
    change = np.abs(np.diff(motion[1:], axis=0))
    seen = np.isfinite(change)
    total, count = np.where(seen, change, 0).sum(axis=1), seen.sum(axis=1)
    mean = np.divide(total, count, out=np.full(len(change), np.nan), where=count >= LEAST_CELLS)
    return np.asarray(mean * HALF_WIDTH_PX)


def _within(output_px: float, source_px: float, ratio: float) -> bool:
    """Whether the output has no more than the source, but for `ratio` and errors of measuring.

    Not where either is unknown (NaN).
    """
    return output_px <= max(ratio * source_px, source_px + WORSE_FLOOR_PX)
