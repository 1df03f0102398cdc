import numpy as np
import pytest
from scipy.fft import dctn

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import flow
from gfn_core.networks.subspace import basis_of
from gfn_core.networks.subspace_name import Subspace

GRIDS = [(24, 40), (40, 24), (12, 20), (6, 10), (5, 3)]


@pytest.mark.parametrize("subspace", list(Subspace))
@pytest.mark.parametrize(("rows", "columns"), GRIDS)
@pytest.mark.parametrize("frequencies", [0, 1, 4])
def test_orthonormal(subspace, rows, columns, frequencies):
    basis = basis_of(subspace, frequencies, rows, columns)
    flat = basis.reshape(len(basis), -1)
    np.testing.assert_allclose(flat @ flat.T, np.eye(len(basis)), atol=1e-10)


@pytest.mark.parametrize("frequencies", [0, 1, 2, 4])
def test_dct_fields_hold_only_low_frequencies(frequencies):
    for field in basis_of(Subspace.DCT, frequencies, 24, 40)[:, 0]:
        spectrum = np.abs(dctn(field, norm="ortho"))
        assert np.isclose(spectrum.max(), 1)
        assert np.isclose(spectrum.sum(), 1)
        row, column = np.unravel_index(spectrum.argmax(), spectrum.shape)
        assert max(row, column) <= frequencies


def test_sizes_are_those_of_the_paper():
    counts = [len(basis_of(Subspace.DCT, k, 24, 40)) for k in range(5)]
    assert counts == [1, 4, 9, 16, 25]


def test_bases_come_first_and_share_only_the_constant_with_the_dct():
    assert len(basis_of(Subspace.BASES_DCT, 0, 24, 40)) == 8
    assert len(basis_of(Subspace.BASES_DCT, 2, 24, 40)) == 8 + 2 * 9 - 2


@pytest.mark.parametrize("entry", [(0, 2), (1, 2), (0, 1), (1, 0), (0, 0), (2, 0), (2, 1)])
def test_eight_bases_hold_small_homographies(entry):
    """To first order; a hundredth of a homography leaves a ten-thousandth."""
    rows, columns = 18, 32
    homography = np.eye(3)
    homography[entry] += 0.01
    points = FrameGeometry(640, 360).grid(columns, rows)
    field = flow(homography, points.reshape(-1, 2)).T.ravel()
    basis = basis_of(Subspace.BASES_DCT, 0, rows, columns).reshape(8, -1)
    rest = field - basis.T @ (basis @ field)
    assert np.abs(rest).max() < 3e-4
    assert np.abs(field).max() > 5e-3


def test_a_small_grid_holds_what_it_can():
    assert len(basis_of(Subspace.DCT, 4, 2, 3)) == 6
