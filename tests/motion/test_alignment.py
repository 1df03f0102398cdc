"""Exact truth: pictures drawn from a formula, so that a warped frame needs no interpolation."""

import cv2
import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.alignment import align
from gfn_core.motion.alignment_frame import alignment_frame
from gfn_core.motion.bases import flow_bases, orthonormal_bases
from gfn_core.motion.homography import flow, normalized, transform
from gfn_core.motion.photometric_error import AlignmentSettings

GEOMETRY = FrameGeometry(640, 360)
BASES = orthonormal_bases(GEOMETRY)
EVERYWHERE = np.ones((9, 16))
SETTINGS = AlignmentSettings()


def painted(points, seed=0, waves=60):
    """Gray levels of a sum of sine waves at points (..., 2) in half-widths."""
    rng = np.random.default_rng(seed)
    gray = np.full(points.shape[:-1], 128.0)
    for _ in range(waves):
        direction = rng.normal(0, 30, 2)
        gray += 110 / np.sqrt(waves) * np.sin(points @ direction + rng.uniform(0, 6.28))
    return gray


def picture(homography, seed=0, geometry=GEOMETRY):
    """Frame (H, W) of a painted plane moved by `homography`."""
    points = geometry.grid(geometry.width, geometry.height)
    source = transform(np.linalg.inv(homography), points.reshape(-1, 2)).reshape(points.shape)
    return painted(source, seed)


def noisy(image, deviation=2.0, seed=0):
    noise = np.random.default_rng(seed).normal(0, deviation, image.shape)
    return np.clip(np.rint(image + noise), 0, 255).astype(np.uint8)


def motion(seed, size=0.01):
    return BASES.homography_of(np.random.default_rng(seed).normal(0, size / np.sqrt(8), 8))


def error_px(homography, truth, width=640):
    points = GEOMETRY.grid(32, 18).reshape(-1, 2)
    difference = flow(homography, points) - flow(truth, points)
    return np.linalg.norm(difference, axis=1).mean() * width / 2


def aligned(first, second, starts, background=EVERYWHERE, geometry=GEOMETRY):
    frames = [alignment_frame(image, geometry, BASES) for image in (first, second)]
    return align(*frames, starts, background, SETTINGS)


@pytest.mark.parametrize("seed", range(4))
def test_exact_from_a_start_a_pixel_off(seed):
    truth = motion(seed, 0.04)
    start = truth @ motion(seed + 10, 0.004)
    assert error_px(start, truth) > 0.4
    result = aligned(noisy(picture(np.eye(3))), noisy(picture(truth), seed=1), [start])
    assert result.improved
    assert error_px(result.homography, truth) < 0.03


def test_a_change_of_exposure_is_no_motion():
    truth = motion(1)
    second = 0.8 * picture(truth) + 15
    result = aligned(noisy(picture(np.eye(3))), noisy(second, seed=1), [truth @ motion(2, 0.004)])
    assert error_px(result.homography, truth) < 0.03
    assert result.gain == pytest.approx(0.8, abs=0.01)
    assert result.bias == pytest.approx(15, abs=1.5)


def two_planes(truth, other):
    """Half of the frame moves otherwise; frames, and the background's weight."""
    first, second = picture(np.eye(3)), picture(truth)
    first[:, :320], second[:, :320] = picture(np.eye(3), 5)[:, :320], picture(other, 5)[:, :320]
    background = EVERYWHERE.copy()
    background[:, :9] = 0
    return noisy(first), noisy(second, seed=1), background


def test_weights_hide_what_moves_otherwise():
    truth, other = motion(3), motion(4, 0.03)
    first, second, background = two_planes(truth, other)
    start = truth @ motion(5, 0.003)
    masked = aligned(first, second, [start], background)
    assert error_px(masked.homography, truth) < 0.05


def test_the_best_start_is_taken():
    truth = motion(6, 0.1)
    frames = noisy(picture(np.eye(3))), noisy(picture(truth), seed=1)
    good, bad = truth @ motion(7, 0.003), motion(8, 0.1)
    for starts in ([good, bad], [bad, good]):
        assert error_px(aligned(*frames, starts).homography, truth) < 0.03


@pytest.mark.parametrize(
    ("second_seed", "least", "most"), [(0, 0.95, 1.0), (5, 0.0, 0.6)], ids=["same", "another"]
)
def test_a_motion_explains_what_it_brings_together(second_seed, least, most):
    truth = motion(6, 0.05)
    second = noisy(picture(truth, second_seed), seed=1)
    result = aligned(noisy(picture(np.eye(3))), second, [truth])
    assert least <= result.explained <= most


def test_rest_explains_nothing():
    result = aligned(noisy(picture(np.eye(3))), noisy(picture(np.eye(3)), seed=1), [np.eye(3)])
    assert result.explained < 0.1


def test_flat_frames_keep_the_start():
    start = motion(9)
    flat = np.full((360, 640), 90, np.uint8)
    result = aligned(flat, flat, [start])
    assert not result.improved
    np.testing.assert_array_equal(result.homography, start)
    assert result.uncertainty == SETTINGS.start_deviation


def test_no_background_keeps_the_start():
    start = motion(9)
    frames = noisy(picture(np.eye(3))), noisy(picture(start), seed=1)
    result = aligned(*frames, [start], np.zeros((9, 16)))
    assert not result.improved
    np.testing.assert_array_equal(result.homography, start)


def test_stripes_move_only_across():
    """Along the stripes the images say nothing, so the start holds (the aperture problem)."""
    points = GEOMETRY.grid(640, 360)
    stripes = [128 + 60 * np.sin(60 * (points[..., 0] - shift)) for shift in (0.0, 0.003)]
    start = np.eye(3)
    start[1, 2] = 0.004
    result = aligned(noisy(stripes[0], 1), noisy(stripes[1], 1, seed=1), [start])
    assert result.homography[0, 2] == pytest.approx(0.003, abs=3e-4)
    assert result.homography[1, 2] == pytest.approx(0.004, abs=5e-4)
    assert result.uncertainty > 1e-3


def test_unrelated_frames_are_not_trusted():
    """Whatever comes out is near the start, and says that it is uncertain."""
    start = motion(1)
    result = aligned(noisy(picture(np.eye(3), 1)), noisy(picture(np.eye(3), 2)), [start])
    textured = aligned(noisy(picture(np.eye(3))), noisy(picture(start), seed=1), [start])
    assert result.uncertainty > 4 * textured.uncertainty
    assert result.deviation > 5 * textured.deviation


def test_portrait_frames():
    geometry = FrameGeometry(360, 640)
    bases = orthonormal_bases(geometry)
    truth = bases.homography_of(np.full(8, 0.004))
    frames = [
        alignment_frame(noisy(picture(h, geometry=geometry), seed=i), geometry, bases)
        for i, h in enumerate((np.eye(3), truth))
    ]
    result = align(*frames, [np.eye(3)], EVERYWHERE, SETTINGS)
    points = geometry.grid(18, 32).reshape(-1, 2)
    difference = flow(result.homography, points) - flow(truth, points)
    assert np.linalg.norm(difference, axis=1).mean() * 180 < 0.05


def test_the_design_is_gradient_times_bases():
    """Against the bases themselves, and a gradient known in closed form."""
    points = GEOMETRY.grid(640, 360)
    ramp = 128 + 90 * points[..., 0] + 60 * points[..., 1]
    level = alignment_frame(ramp.astype(np.uint8), GEOMETRY, BASES).levels[-1]
    assert len(level.points) == 0  # fainter than a gray level a pixel
    steep = 128 + 100 * np.sin(8 * points[..., 0])
    frame = alignment_frame(steep.astype(np.uint8), GEOMETRY, BASES)
    level = frame.levels[-1]
    across = 800 * np.cos(8 * level.points[:, 0])
    at = flow_bases(level.points[:, :2].astype(np.float64))
    expected = across[:, None] * at[:, 0] @ BASES.mixing
    away = np.abs(level.points[:, 0]) < 0.95
    scale = np.abs(expected).max()
    np.testing.assert_allclose(level.design[away, :8], expected[away], atol=0.1 * scale)


def test_inverse_undoes():
    """Aligning backwards gives the inverse motion: nothing prefers one direction."""
    truth = motion(2)
    frames = noisy(picture(np.eye(3))), noisy(picture(truth), seed=1)
    forward, backward = aligned(*frames, [np.eye(3)]), aligned(*frames[::-1], [np.eye(3)])
    closed = normalized(backward.homography @ forward.homography)
    assert error_px(closed, np.eye(3)) < 0.03


def unlike(seed):
    """Noise of some scale and contrast, most of the frame black in one of three."""
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 1, (GEOMETRY.height, GEOMETRY.width)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), [1, 3, 8, 20][seed % 4])
    if seed % 3 == 0:
        noise[:, : GEOMETRY.width * 9 // 10] = 0
    contrast = [60, 20, 5, 100][(seed // 4) % 4] / noise.std()
    return np.clip(128 + contrast * noise, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", [333, 339, 381, 387])
def test_steps_that_lead_nowhere_are_not_taken(seed):
    found = aligned(unlike(seed), unlike(seed + 7), [np.eye(3)])
    assert np.isfinite(found.homography).all()
