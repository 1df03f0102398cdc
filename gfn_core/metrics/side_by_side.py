"""Whether a video has become steadier than its source: a sample of frames, seen while rendered.

The promise is that no clip is delivered worse than it came. It is kept by the pictures, not by the
motion that corrections were made from, which is what may have been wrong.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.metrics.stability import HALF_WIDTH_PX
from gfn_core.metrics.tracked_path import (
    CELL_COLUMNS,
    CELL_ROWS,
    Effort,
    GrayArray,
    tracked_path,
)

STRETCHES, STRETCH_FRAMES = 5, 16
LONGEST_PX = 320
COMPARING = Effort(corners=200, window_px=15, levels=3)
WORSE_RATIO, WORSE_FLOOR_PX = 1.05, 0.3  # of the source's acceleration; px of 1920, a frame squared

Pairs = dict[int, list[tuple[GrayArray, GrayArray]]]


@dataclass(frozen=True)
class Steadiness:
    """Mean acceleration of the picture's parts before and after, at one scale, px of 1920.

    NaN where nothing in the pictures could be followed.
    """

    source_px: float
    output_px: float

    @property
    def is_worse(self) -> bool:
        """Whether the output shakes more than the source, or nobody can say that it does not."""
        allowed_px = max(WORSE_RATIO * self.source_px, self.source_px + WORSE_FLOOR_PX)
        return not self.output_px <= allowed_px  # nor is it where it is unknown


@dataclass
class SideBySide:
    """Collects frames before and after, in a few stretches spread evenly over a video."""

    frame_count: int
    bit_depth: int
    window: float  # width of what the output shows / frame width
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
        """Track what was seen; stretches that could be followed count by their frames."""
        rows = [(*self._compared(pairs), len(pairs)) for pairs in self._pairs.values()]
        found = np.array(rows).reshape(-1, 3)
        followed = found[np.isfinite(found).all(axis=1)]
        if not len(followed):
            return Steadiness(np.nan, np.nan)
        source_px, output_px = np.average(followed[:, :2], axis=0, weights=followed[:, 2])
        return Steadiness(float(source_px), float(output_px))

    def _compared(self, pairs: list[tuple[GrayArray, GrayArray]]) -> tuple[float, float]:
        before, after = (_acceleration_px(frames) for frames in zip(*pairs, strict=True))
        return before, after * self.window  # the crop's enlargement is no shake

    @cached_property
    def _starts(self) -> list[int]:
        """First frames of the stretches; they do not overlap."""
        count = max(1, min(STRETCHES, self.frame_count // STRETCH_FRAMES))
        last = max(0, self.frame_count - STRETCH_FRAMES)
        return sorted(set(np.linspace(0, last, count).astype(int).tolist()))

    def _small(self, plane: NDArray[Any]) -> GrayArray:
        height, width = plane.shape
        scale = min(1.0, LONGEST_PX / max(height, width))
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
        return np.asarray(small // (1 << max(0, self.bit_depth - 8)), np.uint8)


def _acceleration_px(frames: tuple[GrayArray, ...]) -> float:
    """Mean acceleration of the frame's cells, as the whole frame moves and each by itself.

    NaN where none was tracked.
    """
    path = tracked_path(frames, COMPARING)
    cells = path.geometry.grid(CELL_COLUMNS, CELL_ROWS).reshape(-1, 2) @ np.array([1, 1j])
    whole = (path.similarity.linear - 1)[:, None] * cells + path.similarity.translation[:, None]
    by_itself = path.residual.reshape(len(path), -1, 2) @ np.array([1, 1j])
    change = np.abs(np.diff((whole + by_itself)[1:], axis=0))  # NaN where nothing was tracked
    seen = np.isfinite(change)
    return float(change[seen].mean()) * HALF_WIDTH_PX if seen.any() else np.nan
