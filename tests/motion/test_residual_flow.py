import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.residual_flow import FREQUENCIES, cosines, residual_dct

GEOMETRY = FrameGeometry(640, 360)
COUNT = FREQUENCIES**2


def points(count, seed=0):
    rng = np.random.default_rng(seed)
    return rng.uniform(-1, 1, (count, 2)) * [1, GEOMETRY.half_height]


def test_a_flow_of_low_frequencies_is_found_again():
    true = np.random.default_rng(1).normal(0, 1e-3, (2, COUNT))
    where = points(400)
    noise = np.random.default_rng(2).normal(0, 1e-4, (400, 2))
    found = residual_dct(
        where, cosines(where, GEOMETRY, FREQUENCIES) @ true.T + noise, np.ones(400), GEOMETRY
    )
    np.testing.assert_allclose(found.reshape(2, COUNT), true, atol=1e-4)


def test_the_cosines_are_those_of_the_dct():
    """On the cell centres of a grid, they are the rows of scipy's DCT-II, of unit height."""
    from scipy.fft import idctn

    grid = GEOMETRY.grid(16, 9).reshape(-1, 2)
    spectrum = np.zeros((9, 16))
    spectrum[2, 1] = 1
    field = idctn(spectrum, norm="backward")
    expected = field / np.abs(field).max() * np.abs(cosines(grid, GEOMETRY, 3)[:, 7]).max()
    np.testing.assert_allclose(cosines(grid, GEOMETRY, 3)[:, 7], expected.ravel(), atol=1e-9)


def test_tracks_without_weight_do_not_count():
    where = points(300)
    weights = np.ones(300)
    left = np.zeros((300, 2))
    left[:100], weights[:100] = 0.5, 0.0
    np.testing.assert_allclose(residual_dct(where, left, weights, GEOMETRY), 0, atol=1e-9)


def test_few_tracks_say_nothing():
    where = points(20)
    assert not residual_dct(where, np.ones((20, 2)), np.ones(20), GEOMETRY).any()
