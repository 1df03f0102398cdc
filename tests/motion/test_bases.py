import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import BASES, flow_bases, homography_of, orthonormal_bases, weights_of
from gfn_core.motion.homography import flow

GEOMETRY = FrameGeometry(640, 360)
SMALL = arrays(np.float64, BASES, elements=st.floats(-0.05, 0.05))
POINTS = GEOMETRY.grid(7, 5).reshape(-1, 2)


@given(SMALL)
def test_flow_of_a_small_homography_is_the_weighted_sum_of_bases(weights):
    step = 1e-6  # the second order vanishes as its square
    exact = flow(homography_of(weights * step), POINTS)
    np.testing.assert_allclose(exact, flow_bases(POINTS) @ weights * step, atol=1e-13)


@given(SMALL)
def test_weights_and_homography_are_inverse(weights):
    np.testing.assert_allclose(weights_of(homography_of(weights)), weights, atol=1e-15)
    bases = orthonormal_bases(GEOMETRY)
    np.testing.assert_allclose(bases.weights_of(bases.homography_of(weights)), weights, atol=1e-12)


def test_orthonormal_bases_are_orthonormal_under_the_mean_over_the_frame():
    bases = orthonormal_bases(GEOMETRY, 16, 9)
    flat = bases.flow.reshape(-1, BASES)
    np.testing.assert_allclose(flat.T @ flat / (16 * 9), np.eye(BASES), atol=1e-12)
    np.testing.assert_allclose(bases.at(GEOMETRY.grid(16, 9)), bases.flow, atol=1e-12)


def test_leading_columns_span_translations_similarities_and_affinities():
    bases = orthonormal_bases(GEOMETRY)
    translation = bases.homography_of(np.array([0.1, -0.2]))
    np.testing.assert_allclose(translation[:2, :2], np.eye(2), atol=1e-12)
    similarity = bases.homography_of(np.array([0.1, -0.2, 0.03, 0.04]))[:2, :2]
    np.testing.assert_allclose(
        similarity.T @ similarity, np.eye(2) * np.linalg.det(similarity), atol=1e-12
    )
    affinity = bases.homography_of(np.array([0.1, -0.2, 0.03, 0.04, -0.05, 0.06]))
    np.testing.assert_allclose(affinity[2], [0, 0, 1], atol=1e-12)


def test_weights_hardly_depend_on_the_grid_or_the_size_of_the_frame():
    homography = homography_of(np.full(BASES, 0.01))
    fine = orthonormal_bases(GEOMETRY, 128, 72).weights_of(homography)
    other = orthonormal_bases(FrameGeometry(1920, 1080), 64, 36).weights_of(homography)
    np.testing.assert_allclose(fine, other, rtol=1e-2, atol=1e-5)
