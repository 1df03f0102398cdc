"""The rule that no output pixel shows what lies outside the source frame.

A correction z -> (1 + alpha + i beta) z + tx + i ty moves every corner of the output window by an
expression linear in (alpha, beta, tx, ty), so the rule is an exact convex constraint on all four
at once (Grundmann et al. 2011, sec. 4), and the identity always meets it.
"""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import transform
from gfn_core.motion.similarity import Similarity

UNBENT = np.eye(3)


@dataclass(frozen=True)
class CropWindow:
    """Window of `size` times a frame, and the room that it leaves.

    Both are rectangles of pixel *centres*: a sample on the outermost centre needs no pixel from
    outside the frame.
    """

    geometry: FrameGeometry
    size: float

    @property
    def frame_half_size(self) -> FloatArray:
        """Largest x and y of the frame's pixel centres, (2,), half-widths."""
        width, height = self.geometry.width, self.geometry.height
        return np.array([1 - 1 / width, self.geometry.half_height * (1 - 1 / height)])

    @property
    def corners(self) -> FloatArray:
        """Centres of the window's four corner pixels, (4, 2), half-widths."""
        signs = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
        return signs * self.frame_half_size * self.size

    @property
    def corner_rows(self) -> FloatArray:
        """Rows (8, 4): times (alpha, beta, tx, ty) they must not exceed `corner_room`.

        Only the two edges nearest to each corner count: the other two follow, as long as the
        scale is positive.
        """
        x, y = self.corners.T
        zero, side_x, side_y = np.zeros(4), np.sign(x), np.sign(y)
        rows_x = np.stack([side_x * x, -side_x * y, side_x, zero], axis=-1)
        rows_y = np.stack([side_y * y, side_y * x, zero, side_y], axis=-1)
        return np.concatenate([rows_x, rows_y])

    @property
    def corner_room(self) -> FloatArray:
        """Way from the window's edge to the frame's, (8,), half-widths."""
        return np.repeat(self.frame_half_size * (1 - self.size), 4)

    def violation(self, correction: Similarity, bend: FloatArray = UNBENT) -> FloatArray:
        """How far the window reaches beyond the frame under both (...), in px, (...).

        `bend` (..., 3, 3) acts on the output frame, before the correction. Zero or less means that
        every output pixel comes from inside the frame: homographies keep lines straight, so no
        pixel goes further than a corner does.
        """
        corners = transform(bend, self.corners / self.size) * self.size
        corners = transform(correction.matrix, corners)  # (..., 4, 2)
        beyond = np.abs(corners) - self.frame_half_size
        pixels_per_half_width = np.diag(self.geometry.to_pixels)[:2]
        return np.asarray((beyond * pixels_per_half_width).max(axis=(-2, -1)))
