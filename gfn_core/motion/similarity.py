"""Similarities of the plane as complex numbers: z -> linear * z + translation, z = x + iy.

Composition, inverse and square root become one-line formulas, vectorised over all frames of a
video. Points are in half-widths with y down, so a positive rotation turns x towards y: clockwise
on the screen.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import transform

ComplexArray = NDArray[np.complex128]

FIT_COLUMNS, FIT_ROWS = 16, 9  # grid on which a homography is approximated
FITTED_AT_ONCE = 1000  # homographies: each takes 9 kB, and a video may have 200,000


@dataclass(frozen=True)
class Similarity:
    """One similarity, or one per frame: both arrays share any shape (...)."""

    linear: ComplexArray  # scale * exp(i * rotation)
    translation: ComplexArray  # half-widths

    @classmethod
    def identity(cls, *shape: int) -> "Similarity":
        """Return identities of the given shape."""
        return cls(np.ones(shape, complex), np.zeros(shape, complex))

    @classmethod
    def from_parameters(
        cls,
        translation_x: FloatArray,
        translation_y: FloatArray,
        rotation_rad: FloatArray,
        log_scale: FloatArray,
    ) -> "Similarity":
        """Build from the four stored parameters."""
        return cls(
            np.exp(np.asarray(log_scale) + 1j * np.asarray(rotation_rad)),
            np.asarray(translation_x) + 1j * np.asarray(translation_y),
        )

    @classmethod
    def from_homography(cls, homography: FloatArray, geometry: FrameGeometry) -> "Similarity":
        """Least-squares similarity to `homography` (..., 3, 3) over the whole frame."""
        points = geometry.grid(FIT_COLUMNS, FIT_ROWS).reshape(-1, 2)
        z = points @ np.array([1, 1j])  # the grid is centred, so its mean is zero
        every = homography.reshape(-1, 3, 3)
        found = np.empty((2, len(every)), np.complex128)
        for first in range(0, len(every), FITTED_AT_ONCE):
            some = slice(first, first + FITTED_AT_ONCE)
            target = transform(every[some], points) @ np.array([1, 1j])  # (n, N)
            found[:, some] = (target @ z.conj()) / np.vdot(z, z).real, target.mean(axis=-1)
        linear, translation = found.reshape(2, *homography.shape[:-2])
        return cls(linear, translation)

    @property
    def rotation_rad(self) -> FloatArray:
        """Rotation, clockwise on the screen."""
        return np.asarray(np.angle(self.linear))

    @property
    def log_scale(self) -> FloatArray:
        """Natural logarithm of the scale, so that composition adds."""
        return np.asarray(np.log(np.abs(self.linear)))

    @property
    def matrix(self) -> FloatArray:
        """Homogeneous matrices (..., 3, 3)."""
        a, b = self.linear.real, self.linear.imag
        x, y = self.translation.real, self.translation.imag
        zero, one = np.zeros_like(a), np.ones_like(a)
        rows = [[a, -b, x], [b, a, y], [zero, zero, one]]
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)

    def flow(self, points: ComplexArray) -> ComplexArray:
        """Displacement (..., P) of `points` (P,), x + iy."""
        return np.asarray((self.linear - 1)[..., None] * points + self.translation[..., None])

    def __getitem__(self, index: int | slice | NDArray[np.intp]) -> "Similarity":
        return Similarity(np.asarray(self.linear[index]), np.asarray(self.translation[index]))

    def __matmul__(self, first: "Similarity") -> "Similarity":
        """Return `self` after `first`."""
        return Similarity(
            self.linear * first.linear, self.linear * first.translation + self.translation
        )

    def inverse(self) -> "Similarity":
        """Return the inverse."""
        return Similarity(1 / self.linear, -self.translation / self.linear)

    def half(self) -> "Similarity":
        """Return the motion that, done twice, gives this one."""
        root = np.sqrt(self.linear)
        return Similarity(root, self.translation / (1 + root))
