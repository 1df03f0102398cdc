"""What a similarity leaves of a motion."""

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import flow, inverse, transform
from gfn_core.motion.residual import (
    RESIDUAL,
    evenness,
    residual_homography,
    residual_of,
    strain,
)
from gfn_core.motion.similarity import Similarity

GEOMETRIES = [FrameGeometry(640, 360), FrameGeometry(360, 640)]


def homographies(count=20, seed=0):
    noise = np.random.default_rng(seed).normal(size=(count, 3, 3)) * 0.01
    noise[:, 2, 2] = 0
    return np.eye(3) + noise


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_a_similarity_leaves_nothing(geometry):
    similarity = Similarity.from_parameters(*(np.full(3, v) for v in (0.1, -0.2, 0.3, 0.1)))
    assert residual_of(similarity.matrix, geometry) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_weights_come_back(geometry):
    weights = np.random.default_rng(1).normal(size=(20, RESIDUAL)) * 1e-3
    found = residual_of(residual_homography(weights, geometry), geometry)
    assert found == pytest.approx(weights, abs=2e-5)  # to first order


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_backwards_in_time_only_the_sign_changes(geometry):
    there = residual_of(homographies(), geometry)
    back = residual_of(inverse(homographies()), geometry)
    assert back == pytest.approx(-there, abs=0.01 * np.abs(there).max())


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_a_unit_displaces_by_one_and_strains_as_much_as_its_flow_does(geometry):
    amount, step = 1e-4, 1e-4
    points = geometry.grid(64, 64).reshape(-1, 2)
    for kind, expected in enumerate(strain(geometry)):
        homography = residual_homography(np.eye(RESIDUAL)[kind] * amount, geometry)
        moved = flow(homography, points)
        assert np.sqrt((moved**2).sum(-1).mean()) / amount == pytest.approx(1, rel=0.01)
        derivatives = [(flow(homography, points + d) - moved) / step for d in np.eye(2) * step]
        squared = sum((part**2).sum(-1) for part in derivatives)
        assert np.sqrt(squared.mean()) / amount == pytest.approx(expected, rel=0.01)


def test_evenness_is_that_of_a_small_circle_at_the_centre():
    step = 1e-6 * np.eye(2)
    for homography in 3 * homographies(seed=3) + 0.1:
        columns = transform(homography, step) - transform(homography, np.zeros((1, 2)))
        large, small = np.linalg.svd(columns.T, compute_uv=False)
        assert evenness(homography) == pytest.approx(small / large, abs=1e-6)


def test_similarities_are_even():
    similarity = Similarity.from_parameters(*np.random.default_rng(4).normal(size=(4, 50)))
    assert evenness(similarity.matrix) == pytest.approx(1)
