"""Scenes: determinism, and truth that holds when it is put to the test of warping."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.ndimage import map_coordinates

from gfn_core.errors import SettingsError
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import flow, in_pixels, transform
from gfn_core.training.photographs import Cutout, PhotoLibrary
from gfn_core.training.scene import render_pair, render_sequence
from gfn_core.training.scene_settings import (
    BackdropSettings,
    CameraSettings,
    DegradationSettings,
    ObjectSettings,
    SceneSettings,
)
from gfn_core.training.texture_noise import smooth_noise

WIDTH, HEIGHT = 160, 96
PLAIN = BackdropSettings(faded_chance=0.0, blurred_chance=0.0, sky_chance=0.0)
EMPTY = ObjectSettings(count=(0, 0), cloud_chance=0.0)
PERFECT = DegradationSettings.none()
STEADY_LENS = CameraSettings(rolling_shutter_chance=0.0, lens_chance=0.0)


def smooth_library():
    """Pictures so smooth that resampling hardly costs anything: what remains is wrong flow."""
    rng = np.random.default_rng(7)
    photos = tuple(
        (128 + 80 * smooth_noise(rng, 320, 200, 18)).clip(0, 255).astype(np.uint8) for _ in range(4)
    )
    alpha = np.zeros((100, 100), np.uint8)
    cv2.circle(alpha, (50, 50), 40, 255, -1)
    return PhotoLibrary(photos, (Cutout(photos[0][:100, :100], alpha),))


LIBRARY = smooth_library()
HARD = SceneSettings.of_difficulty(1.0)


def one_mover(**changes):
    asked = {"count": (1, 1), "moving_area": (0.2, 0.2), "shadow_chance": 0.0, "cloud_chance": 0.0}
    return ObjectSettings(**(asked | {"water_chance": 0.0, "speed": (0.01, 0.03)} | changes))


def still_scene(objects=EMPTY, camera=STEADY_LENS):
    return SceneSettings(camera, objects, PLAIN, PERFECT)


def at_targets(image, flow_px):
    height, width = flow_px.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32)
    x, y = x + flow_px[..., 0], y + flow_px[..., 1]
    inside = (x >= 3) & (x <= width - 4) & (y >= 3) & (y <= height - 4)
    return map_coordinates(image.astype(float), [y, x], order=5, mode="nearest"), inside


def remaining_shift_px(first, second, flow_px, where):
    """Least-squares shift (2,) that would still have to be added to the flow."""
    warped, inside = at_targets(second, flow_px)
    gradient = np.stack(np.gradient(first.astype(float))[::-1], axis=-1)
    where = cv2.erode((where & inside).astype(np.uint8), np.ones((5, 5))).astype(bool)
    assert where.mean() > 0.02
    difference = (first.astype(float) - warped)[where]
    return np.linalg.lstsq(gradient[where], difference, rcond=None)[0]


def test_a_seed_says_it_all():
    pairs = [render_pair(np.random.default_rng(5), LIBRARY, HARD, 64, 48) for _ in range(2)]
    other = render_pair(np.random.default_rng(6), LIBRARY, HARD, 64, 48)
    for name in ("first", "second", "mixed_flow", "global_flow", "background", "homography"):
        np.testing.assert_array_equal(getattr(pairs[0], name), getattr(pairs[1], name))
    assert np.any(pairs[0].first != other.first)


def test_shapes_and_types():
    pair = render_pair(np.random.default_rng(1), LIBRARY, HARD, 64, 48, truth_stride=4)
    assert pair.first.shape == pair.second.shape == (48, 64)
    assert pair.first.dtype == pair.second.dtype == np.uint8
    assert pair.mixed_flow.shape == pair.global_flow.shape == (12, 16, 2)
    assert pair.mixed_flow.dtype == pair.background.dtype == np.float32
    assert pair.background.min() >= 0
    assert pair.background.max() <= 1


def test_truth_of_cells_is_truth_at_their_centres():
    """With an odd stride a cell's centre is a pixel's centre."""
    full, cells = (
        render_pair(np.random.default_rng(3), LIBRARY, HARD, 96, 60, truth_stride=stride)
        for stride in (1, 3)
    )
    np.testing.assert_array_equal(full.first, cells.first)
    np.testing.assert_array_equal(full.second, cells.second)
    for name in ("mixed_flow", "global_flow", "background"):
        difference = np.abs(getattr(full, name)[1::3, 1::3] - getattr(cells, name))
        assert np.quantile(difference, 0.98) < 2e-3  # but for outlines, hit or missed by a hair


@pytest.mark.parametrize("seed", range(4))
def test_global_flow_is_the_homography_in_closed_form(seed):
    settings = still_scene(one_mover())
    pair = render_pair(np.random.default_rng(seed), LIBRARY, settings, WIDTH, HEIGHT)
    assert pair.is_homography
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    pixels = np.stack([x, y], axis=-1).reshape(-1, 2).astype(float)
    matrix = in_pixels(pair.homography, FrameGeometry(WIDTH, HEIGHT))
    expected = transform(matrix, pixels) - pixels
    np.testing.assert_allclose(pair.global_flow.reshape(-1, 2), expected, atol=2e-3)


@pytest.mark.parametrize("seed", range(4))
def test_background_is_where_the_homography_takes_it(seed):
    pair = render_pair(np.random.default_rng(seed), LIBRARY, still_scene(), WIDTH, HEIGHT)
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    shift = remaining_shift_px(pair.first, pair.second, pair.global_flow, everywhere)
    assert np.hypot(*shift) < 0.005
    warped, inside = at_targets(pair.second, pair.global_flow)
    assert np.abs(warped - pair.first)[inside].mean() < 0.5  # of rounding
    wrong = remaining_shift_px(pair.first, pair.second, pair.global_flow + 0.3, everywhere)
    np.testing.assert_allclose(wrong, -0.3, atol=0.06)  # the measure itself works


@pytest.mark.parametrize("seed", range(4))
def test_rolling_shutter_and_lens_are_in_the_flow(seed):
    camera = CameraSettings(
        translation=(0.03, 0.05),
        rolling_shutter_chance=1.0,
        readout=(0.6, 0.6),
        lens_chance=1.0,
        lens=(0.06, 0.06),
    )
    pair = render_pair(
        np.random.default_rng(seed), LIBRARY, still_scene(camera=camera), WIDTH, HEIGHT
    )
    assert not pair.is_homography
    for rows in (slice(0, HEIGHT // 3), slice(2 * HEIGHT // 3, HEIGHT)):
        where = np.zeros((HEIGHT, WIDTH), bool)
        where[rows] = True
        shift = remaining_shift_px(pair.first, pair.second, pair.global_flow, where)
        assert np.hypot(*shift) < 0.01


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("deforming", [0.0, 1.0])
def test_movers_are_where_mixed_flow_takes_them(seed, deforming):
    settings = still_scene(one_mover(deforming_chance=deforming, articulated_chance=0.0))
    scene = render_sequence(
        np.random.default_rng(seed), LIBRARY, settings, WIDTH, HEIGHT, frame_count=3
    )
    background_there, inside = at_targets(scene.background[1], scene.mixed_flow[0])
    for is_mover in (False, True):
        here, there = scene.background[0], background_there
        if is_mover:
            here, there = 1 - here, 1 - there
        seen_twice = (here > 0.999) & (there > 0.999) & inside
        if seen_twice.mean() < 0.05:
            continue
        shift = remaining_shift_px(
            scene.frames[0], scene.frames[1], scene.mixed_flow[0], seen_twice
        )
        assert np.hypot(*shift) < 0.01


def test_movers_move_against_the_background():
    for seed in range(8):
        settings = still_scene(one_mover())
        pair = render_pair(np.random.default_rng(seed), LIBRARY, settings, WIDTH, HEIGHT)
        mover = pair.background < 0.01
        own = np.hypot(*np.moveaxis(pair.mixed_flow - pair.global_flow, -1, 0))
        assert own[mover].mean() > 0.005 * WIDTH
        np.testing.assert_array_equal(own[pair.background > 0.99], 0)


@pytest.mark.parametrize("area", [0.02, 0.1, 0.25, 0.4, 0.6])
@pytest.mark.parametrize("size", [(160, 96), (96, 160)])
def test_moving_area_is_reached(area, size):
    for seed in range(6):
        objects = replace(HARD.objects, count=(1, 6), moving_area=(area, area))
        settings = replace(HARD, objects=objects)
        pair = render_pair(np.random.default_rng(seed), LIBRARY, settings, *size)
        assert pair.moving_area == pytest.approx(area, abs=0.02)


def test_nothing_moves_where_nothing_was_asked_for():
    settings = replace(HARD, objects=replace(HARD.objects, moving_area=(0.0, 0.0)))
    pair = render_pair(np.random.default_rng(0), LIBRARY, settings, 64, 48)
    assert pair.moving_area == 0
    np.testing.assert_array_equal(pair.mixed_flow, pair.global_flow)


def test_steps_of_a_sequence_chain():
    settings = still_scene(camera=replace(STEADY_LENS, shake_exponent=1.0))
    scene = render_sequence(
        np.random.default_rng(2), LIBRARY, settings, WIDTH, HEIGHT, frame_count=4
    )
    assert scene.frames.shape == (4, HEIGHT, WIDTH)
    chained = np.linalg.multi_dot(scene.homography[::-1])
    geometry = FrameGeometry(WIDTH, HEIGHT)
    points = geometry.grid(WIDTH, HEIGHT).reshape(-1, 2)
    flow_px = (flow(chained, points) * WIDTH / 2).reshape(HEIGHT, WIDTH, 2).astype(np.float32)
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    shift = remaining_shift_px(scene.frames[0], scene.frames[-1], flow_px, everywhere)
    assert np.hypot(*shift) < 0.01


def test_motion_blur_and_noise_move_nothing():
    degradation = DegradationSettings(
        noise=(2.0, 2.0), shutter=(0.5, 0.5), blur_chance=1.0, jpeg_chance=0.0, vignette=(0.0, 0.0),
        gain=(1.0, 1.0), bias=(0.0, 0.0), gamma=(1.0, 1.0), defocus_px=(0.5, 0.5),
    )  # fmt: skip
    settings = replace(still_scene(), degradation=degradation)
    pair = render_pair(np.random.default_rng(4), LIBRARY, settings, WIDTH, HEIGHT)
    everywhere = np.ones((HEIGHT, WIDTH), bool)
    shift = remaining_shift_px(pair.first, pair.second, pair.global_flow, everywhere)
    assert np.hypot(*shift) < 0.06


@pytest.mark.parametrize(
    "asked",
    [
        {"frame_count": 1},
        {"width": 16},
        {"truth_stride": 0},
        {"truth_stride": 5},
    ],
)
def test_impossible_scenes_are_refused(asked):
    asked = {"width": 64, "height": 48, "frame_count": 2} | asked
    with pytest.raises(SettingsError):
        render_sequence(np.random.default_rng(0), LIBRARY, HARD, **asked)
