"""What bends a frame may have: the room that stage 1 has left, and what a bend costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.motion.bases import orthonormal_bases
from gfn_core.motion.homography import transform
from gfn_core.motion.residual import RESIDUAL, SIMILAR, evenness, residual_homography, strain
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.crop_window import CropWindow

BISECTIONS = 20
LEAST_EVENNESS = 0.982  # what the measure of distortion finds is up to 0.002 less


@dataclass(frozen=True)
class BendSpace:
    """Bends (n, 4) of corrected frames; to first order, rows (n, 8, 4) @ bend <= room (n, 8)."""

    window: CropWindow
    correction: Similarity  # (n,) stage 1's
    rows: FloatArray
    room: FloatArray
    softness: FloatArray  # (4,) 1 / cost of each weight's unit, by displacement and strain

    @classmethod
    def of(
        cls, window: CropWindow, correction: Similarity, jelly_half_widths: float
    ) -> "BendSpace":
        """Find how far each corner of the window may still go outward."""
        side = np.sign(window.corners)
        corners = transform(correction.matrix, window.corners)  # (n, 4, 2)
        flow = orthonormal_bases(window.geometry).at(window.corners / window.size)[..., SIMILAR:]
        in_source = np.einsum("nij,cjk->ncik", correction.matrix[:, :2, :2] * window.size, flow)
        rows = (side[..., None] * in_source).reshape(-1, 8, RESIDUAL)
        room = np.maximum(window.frame_half_size - side * corners, 0).reshape(-1, 8)
        jelly = jelly_half_widths * strain(window.geometry)
        return cls(window, correction, rows, room, 1 / np.hypot(1, jelly))

    def __getitem__(self, frames: slice) -> "BendSpace":
        return BendSpace(
            self.window,
            self.correction[frames],
            self.rows[frames],
            self.room[frames],
            self.softness,
        )


def bounded(window: CropWindow, correction: Similarity, bend: FloatArray) -> FloatArray:
    """Shrink bends (n, 4) that squeeze the picture, or show what lies outside of the frame.

    As little as needed, by bisection. Stage 1 alone does neither, so there is always a share.
    """

    def is_too_much(some: FloatArray) -> NDArray[np.bool_]:
        homography = residual_homography(some, window.geometry)
        leaves = window.violation(correction, homography) > 0
        return np.asarray(leaves | (evenness(homography) < LEAST_EVENNESS))[:, None]

    share, step = np.ones((len(bend), 1)), 0.5
    for _ in range(BISECTIONS):
        share = np.where(is_too_much(bend * share), share - step, np.minimum(share + step, 1))
        step /= 2
    still_too_much = is_too_much(bend * share)
    return np.asarray(bend * np.where(still_too_much, share - 2 * step, share).clip(0))
