"""Velocity, acceleration and jerk of the output picture, as affine functions of the corrections.

Let M be the camera motion from frame t-1 to t, R its square root, and C the corrections. What was
at z in the output at t-1 lies at R C(t-1) z in the frame half-way, and what is at z at t comes
from R^-1 C(t) z there. Their difference

    e(t) = R(t)^-1 C(t) - R(t) C(t-1)

is minus the velocity of the output at z. It is linear in C, zero exactly if the output stands
still, constant in a constant pan, and changes only its sign when time runs backwards.

Deviations C - 1 of n frames are one real vector (4 n,): for every frame Re and Im of the linear
part, weighted so that the squared length of the four is the mean squared displacement over the
frame, then Re and Im of the translation.
"""

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.similarity import Similarity

TURN = np.array([[0.0, -1.0], [1.0, 0.0]])  # times i, on (Re, Im)


@dataclass(frozen=True)
class Affine:
    """x -> matrix @ x + offset."""

    matrix: sp.csr_array
    offset: FloatArray

    def __mul__(self, factor: float) -> "Affine":
        return Affine(self.matrix * factor, self.offset * factor)

    def after(self, matrix: sp.csr_array) -> "Affine":
        """Return the function of y, where x = matrix @ y."""
        return Affine(self.matrix @ matrix, self.offset)

    def after_fixing(self, first: FloatArray) -> "Affine":
        """Return the function of the rest of x, given its `first` entries."""
        head, tail = self.matrix[:, : len(first)], self.matrix[:, len(first) :]
        return Affine(tail, self.offset + head @ first)


def radius(geometry: FrameGeometry) -> float:
    """Root mean square distance of the frame's points from its centre, half-widths."""
    return float(np.sqrt((1 + geometry.half_height**2) / 3))


def to_vector(correction: Similarity, geometry: FrameGeometry) -> FloatArray:
    """Deviations from the identity of corrections (n,) as a vector (4 n,)."""
    parts = np.stack([(correction.linear - 1) * radius(geometry), correction.translation], axis=-1)
    return np.asarray(parts.view(float).ravel())


def from_vector(vector: FloatArray, geometry: FrameGeometry) -> Similarity:
    """Corrections (n,) from a vector (4 n,)."""
    parts = vector.reshape(-1, 4)
    turned = parts[:, :2] / radius(geometry)
    return Similarity(
        1 + turned[:, 0] + 1j * turned[:, 1],
        parts[:, 2] + 1j * parts[:, 3],
    )


def velocity(motion: Similarity, geometry: FrameGeometry) -> Affine:
    """First difference of the output, half-widths a frame: (4 (n - 1),) from (4 n,).

    `motion` (n,), n > 1, takes points of frame t-1 to frame t; its first entry is not used.
    """
    half = motion[1:].half()
    turn = half.linear
    n = len(turn)
    pairs: sp.csr_array = sp.diags_array(
        [-turn, 1 / turn], offsets=[0, 1], shape=(n, n + 1)
    ).tocsr()
    offset = Similarity(1 + 1 / turn - turn, -half.translation * (1 + 1 / turn))
    return Affine(_on_vectors(pairs), to_vector(offset, geometry))


def difference(function: Affine) -> Affine:
    """Change from frame to frame of a function with 4 values a frame, of two frames or more."""
    n = len(function.offset) // 4
    step = sp.diags_array([-1.0, 1.0], offsets=[0, 4], shape=(4 * (n - 1), 4 * n)).tocsr()
    return Affine(step @ function.matrix, step @ function.offset)


def _on_vectors(complex_matrix: sp.csr_array) -> sp.csr_array:
    """Matrix on (Re, Im) vectors for one that acts alike on linear part and translation."""
    real = sp.kron(complex_matrix.real, np.eye(4))
    imaginary = sp.kron(complex_matrix.imag, np.kron(np.eye(2), TURN))
    return sp.csr_array(real + imaginary)
