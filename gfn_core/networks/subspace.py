"""Orthonormal bases of slowly varying fields on a grid of cells.

Two subspaces: the 2-D DCT of GlobalFlowNet (sec. 3.2) for fields of any channel, and, for flows,
the eight homography bases of GLOCAL and BasesHomo with the DCT's remainder behind them. Cosines
flatten towards the border and cannot hold even a small rotation; the eight bases can.
"""

import numpy as np

from gfn_core.geometry import FloatArray
from gfn_core.networks.subspace_name import Subspace

HOMOGRAPHY_BASES = 8
INDEPENDENCE = 1e-6  # a vector with a smaller part outside the span of those before it is dropped


def basis_of(subspace: Subspace, frequencies: int, rows: int, columns: int) -> FloatArray:
    """Return orthonormal fields, lowest first: (M, 1, rows, columns) or (M, 2, rows, columns).

    Frequencies 0 to `frequencies` on each axis, or as many as the grid can hold.
    """
    cosines = _dct_fields(frequencies, rows, columns)
    if subspace is Subspace.DCT:
        return cosines[:, None]
    zero = np.zeros_like(cosines)
    flows = [np.stack([cosines, zero], axis=1), np.stack([zero, cosines], axis=1)]
    return _orthonormal(np.concatenate([_homography_flows(rows, columns), *flows]))


def _dct_fields(frequencies: int, rows: int, columns: int) -> FloatArray:
    """Return orthonormal cosines (K, rows, columns), sorted by total frequency."""
    vertical = _dct_vectors(min(frequencies, rows - 1), rows)
    horizontal = _dct_vectors(min(frequencies, columns - 1), columns)
    pairs = [(v, u) for v in range(len(vertical)) for u in range(len(horizontal))]
    return np.stack([np.outer(vertical[v], horizontal[u]) for v, u in sorted(pairs, key=sum)])


def _dct_vectors(highest: int, length: int) -> FloatArray:
    k = np.arange(highest + 1)[:, None]
    vectors = np.cos(np.pi * k * (np.arange(length) + 0.5) / length)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _homography_flows(rows: int, columns: int) -> FloatArray:
    """Return the eight bases (8, 2, rows, columns), as (u, v), not yet orthogonal."""
    x = (np.arange(columns) + 0.5) / columns * 2 - 1
    y = ((np.arange(rows) + 0.5) / rows * 2 - 1) * rows / columns
    x, y = np.meshgrid(x, y)
    one, zero = np.ones_like(x), np.zeros_like(x)
    flows = [(one, zero), (zero, one), (x, zero), (zero, x), (y, zero), (zero, y)]
    return np.array([*flows, (x * x, x * y), (x * y, y * y)])


def _orthonormal(fields: FloatArray) -> FloatArray:
    """Orthonormalise in order, dropping fields that lie in the span of those before."""
    vectors = fields.reshape(len(fields), -1)
    basis = np.empty((0, vectors.shape[1]))
    for vector in vectors:
        rest = vector - basis.T @ (basis @ vector)
        length = np.linalg.norm(rest)
        if length > INDEPENDENCE * np.linalg.norm(vector):
            rest = rest / length
            rest = rest - basis.T @ (basis @ rest)  # a second pass keeps rounding out
            basis = np.vstack([basis, rest / np.linalg.norm(rest)])
    return basis.reshape(-1, *fields.shape[1:])
