"""What smoothing decides: for each frame, which part of the source the output shows."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.residual import residual_homography
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.bend_space import bounded
from gfn_core.smoothing.crop_window import CropWindow

ROUNDING = 1e-9  # half-widths


class Treatment(StrEnum):
    """What is done to a video, from most to least."""

    STABILIZED = "stabilized"
    STAGE_ONE = "stage 1 alone"
    UNTOUCHED = "untouched"


@dataclass(frozen=True)
class Trajectory:
    """Corrections of one video; entry t takes points of the output window to source frame t.

    The output frame is the window of `window` times the frame, so the whole warp of frame t from
    output to source is stage 2's homography of `residual[t]`, which bends the output frame, then a
    scaling by `window`, then stage 1's `correction[t]`.
    """

    geometry: FrameGeometry
    window: float  # nominal width of what is shown / frame width, at most 1
    correction: Similarity  # (N,)
    residual: FloatArray  # (N, 4) weights as in `gfn_core.motion.residual`

    def __len__(self) -> int:
        return len(self.correction.linear)

    @property
    def shown(self) -> FloatArray:
        """Width of what each frame shows / frame width, (N,): the window, zoomed."""
        return self.window * np.abs(self.correction.linear)

    @property
    def bend(self) -> FloatArray:
        """Homographies (N, 3, 3) of the output frame upon itself: stage 2's part."""
        return residual_homography(self.residual, self.geometry)

    @property
    def output_to_source(self) -> FloatArray:
        """Warps (N, 3, 3) from points of the output frame to points of the source frame."""
        scaled = Similarity(self.correction.linear * self.window, self.correction.translation)
        return scaled.matrix @ self.bend

    @property
    def untouched(self) -> NDArray[np.bool_]:
        """Which frames (N,) are shown whole and as they are."""
        moved = np.abs(self.output_to_source - np.eye(3)).max(axis=(1, 2))
        return np.asarray(moved < ROUNDING)

    def treated(self, treatment: Treatment) -> "Trajectory":
        """What a video shows to which no more than `treatment` is done."""
        if treatment is Treatment.STABILIZED:
            return self
        straight = np.zeros_like(self.residual)
        if treatment is Treatment.STAGE_ONE:
            return replace(self, residual=straight)
        return Trajectory(self.geometry, 1.0, Similarity.identity(len(self)), straight)

    def half_a_frame_later(self, shot_start: NDArray[np.bool_]) -> "Trajectory":
        """Corrections (N,) for second fields: halfway to the next frame's, within a shot."""
        following = np.arange(1, len(self) + 1)
        ends_shot = np.append(shot_start[1:], True)[: len(self)]
        following[ends_shot] -= 1
        linear, translation = self.correction.linear, self.correction.translation
        between = Similarity(
            (linear + linear[following]) / 2, (translation + translation[following]) / 2
        )
        # Both are halfway, their product is not: what fits on both sides need not fit between.
        residual = bounded(
            CropWindow(self.geometry, self.window),
            between,
            (self.residual + self.residual[following]) / 2,
        )
        return replace(self, correction=between, residual=residual)
