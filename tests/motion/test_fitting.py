import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import BASES, homography_of, orthonormal_bases
from gfn_core.motion.fitting import fit_homography, rival_motions, weighted_median
from gfn_core.motion.homography import inverse, transform

GEOMETRY = FrameGeometry(640, 360)
BASES_OF_FRAME = orthonormal_bases(GEOMETRY)
SEEDS = st.integers(0, 2**32 - 1)


def spread_points(rng, count=200):
    return rng.uniform(-1, 1, (count, 2)) * [1, GEOMETRY.half_height]


def shake(rng, size=0.01):
    return homography_of(rng.normal(0, size, BASES))


def frame_error(found, true):
    points = GEOMETRY.grid(16, 9).reshape(-1, 2)
    return np.linalg.norm(transform(found, points) - transform(true, points), axis=-1).max()


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_exact_correspondences_give_the_exact_homography(seed):
    rng = np.random.default_rng(seed)
    source, true = spread_points(rng), shake(rng, 0.03)
    fit = fit_homography(source, transform(true, source), BASES_OF_FRAME)
    assert frame_error(fit.homography, true) < 1e-9
    assert fit.freedom == 8
    assert fit.residual < 1e-9


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_two_fifths_of_outliers_change_nothing(seed):
    rng = np.random.default_rng(seed)
    source, true = spread_points(rng), shake(rng)
    target = transform(true, source)
    target[:80] += rng.uniform(0.05, 0.3, (80, 2)) * rng.choice([-1, 1], (80, 2))
    fit = fit_homography(source, target, BASES_OF_FRAME)
    assert frame_error(fit.homography, true) < 1e-6
    assert (fit.inlier_weights[:80] < 0.25).all()
    assert (fit.inlier_weights[80:] > 0.25).all()


def test_noise_is_averaged_as_least_squares_would():
    """The error over the frame is what the fit expects, and that is sqrt(8 / N) of the noise."""
    rng = np.random.default_rng(5)
    noise, count, errors, expected, residuals = 5e-4, 400, [], [], []
    points = GEOMETRY.grid(16, 9).reshape(-1, 2)
    for _ in range(30):
        source, true = spread_points(rng, count), shake(rng)
        target = transform(true, source) + rng.normal(0, noise, (count, 2))
        fit = fit_homography(source, target, BASES_OF_FRAME)
        error = transform(fit.homography, points) - transform(true, points)
        errors.append((error**2).sum(-1).mean())
        expected.append(fit.uncertainty**2)
        residuals.append(fit.residual)
    assert np.sqrt(np.mean(errors)) == pytest.approx(noise * np.sqrt(8 / count), rel=0.3)
    assert np.sqrt(np.mean(errors)) == pytest.approx(np.sqrt(np.mean(expected)), rel=0.4)
    assert np.mean(residuals) == pytest.approx(noise, rel=0.1)


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_a_weight_of_two_is_the_point_given_twice(seed):
    rng = np.random.default_rng(seed)
    source, true = spread_points(rng, 60), shake(rng)
    target = transform(true, source) + rng.normal(0, 1e-3, source.shape)
    weights = rng.integers(1, 4, len(source))
    weighted = fit_homography(source, target, BASES_OF_FRAME, weights=weights, starts=[true])
    repeated = fit_homography(
        source.repeat(weights, axis=0),
        target.repeat(weights, axis=0),
        BASES_OF_FRAME,
        starts=[true],
    )
    np.testing.assert_allclose(weighted.homography, repeated.homography, atol=1e-9)
    assert weighted.residual == pytest.approx(repeated.residual)


def test_points_of_no_weight_do_not_count():
    rng = np.random.default_rng(2)
    source, true = spread_points(rng), shake(rng)
    target = transform(true, source)
    target[:120] = transform(shake(rng, 0.1), source[:120])  # a majority that moves as one
    weights = (np.arange(len(source)) >= 120).astype(float)
    starts = rival_motions(source, target, 2)
    fit = fit_homography(source, target, BASES_OF_FRAME, weights=weights, starts=starts)
    assert frame_error(fit.homography, true) < 1e-6


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_reversed_time_gives_the_inverse(seed):
    rng = np.random.default_rng(seed)
    source, true = spread_points(rng), shake(rng)
    target = transform(true, source) + rng.normal(0, 1e-4, source.shape)
    forward = fit_homography(source, target, BASES_OF_FRAME)
    backward = fit_homography(target, source, BASES_OF_FRAME)
    assert frame_error(backward.homography, inverse(forward.homography)) < 5e-5


@settings(max_examples=20, deadline=None)
@given(SEEDS)
def test_transposed_points_give_the_transposed_motion(seed):
    rng = np.random.default_rng(seed)
    square = orthonormal_bases(FrameGeometry(64, 64), 16, 16)
    source, true = rng.uniform(-1, 1, (100, 2)), shake(rng)
    target = transform(true, source) + rng.normal(0, 3e-4, source.shape)
    swap = np.eye(3)[[1, 0, 2]]
    fit = fit_homography(source, target, square, starts=[true])
    other = fit_homography(source[:, ::-1], target[:, ::-1], square, starts=[swap @ true @ swap])
    np.testing.assert_allclose(other.homography, swap @ fit.homography @ swap, atol=1e-9)


@pytest.mark.parametrize(("count", "freedom"), [(0, 0), (1, 2), (2, 4)])
def test_few_points_determine_a_smaller_group(count, freedom):
    source = np.array([[-0.6, -0.2], [0.7, 0.3]])[:count]
    fit = fit_homography(source, source + np.array([0.01, -0.02]), BASES_OF_FRAME)
    assert fit.freedom == freedom
    expected = np.eye(3)
    if count:
        expected[:2, 2] = [0.01, -0.02]
    np.testing.assert_allclose(fit.homography, expected, atol=1e-6)
    assert np.isfinite(fit.uncertainty) == (count > 0)


def test_points_on_a_line_never_give_a_wild_homography():
    rng = np.random.default_rng(3)
    source = np.stack([np.linspace(-0.9, 0.9, 50), np.full(50, 0.1)], axis=-1)
    target = source + np.array([0.02, 0.01]) + rng.normal(0, 2e-4, source.shape)
    fit = fit_homography(source, target, BASES_OF_FRAME)
    assert fit.freedom <= 4
    true = np.eye(3)
    true[:2, 2] = [0.02, 0.01]
    assert frame_error(fit.homography, true) < 1e-3


def test_a_small_cluster_determines_no_more_than_it_can():
    rng = np.random.default_rng(4)
    source = rng.normal(0.5, 0.01, (40, 2)) * [1, 0.2]
    target = source + np.array([0.02, 0.01]) + rng.normal(0, 2e-4, source.shape)
    assert fit_homography(source, target, BASES_OF_FRAME).freedom <= 2


def test_weighted_median_by_counting():
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.ones(3)) == 2
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([5.0, 1.0, 1.0])) == 3
    assert weighted_median(np.zeros(0), np.zeros(0)) == 0
