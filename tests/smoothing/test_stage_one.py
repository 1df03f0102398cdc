"""Stage 1, against closed forms, symmetries and a second solver."""

import numpy as np
import pytest
import quadprog
from hypothesis import given, settings
from hypothesis import strategies as st

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.calm_path import CalmPath
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.settings import DYNAMIC_ZOOM_SHARE, StageOneSettings
from gfn_core.smoothing.stage_one import frame_rate, shots, smooth
from gfn_core.smoothing.zoom_price import zoom_prices

LANDSCAPE, PORTRAIT = FrameGeometry(1280, 720), FrameGeometry(720, 1280)
FPS = 30.0
DYNAMIC = StageOneSettings(zoom_share=DYNAMIC_ZOOM_SHARE)


def hand_held(count, seed=0, shake=1.0):
    """Random motion between frames: about 4 px, 0.3 degrees and 0.2 % at 1280 px."""
    noise = np.random.default_rng(seed).normal(size=(4, count)) * shake
    return Similarity.from_parameters(*(noise * np.array([[0.006], [0.006], [0.005], [0.002]])))


def one_shot(count):
    return np.arange(count) == 0


def corrected(motion, geometry=LANDSCAPE, chosen=None, **windows):
    count = len(motion.linear)
    chosen = chosen or StageOneSettings()
    return smooth(motion, one_shot(count), geometry, FPS, chosen, **windows).correction


def output_motion(motion, correction):
    """Motion of the output picture from frame to frame: 0 for a picture that stands still."""
    step = correction[1:].inverse() @ motion[1:] @ correction[:-1]
    return np.stack([step.linear - 1, step.translation], axis=-1)


def assert_same(one, other, atol):
    assert np.allclose(one.linear, other.linear, atol=atol, rtol=0)
    assert np.allclose(one.translation, other.translation, atol=atol, rtol=0)


def assert_identity(correction):
    assert np.array_equal(correction.linear, np.ones_like(correction.linear))
    assert np.array_equal(correction.translation, np.zeros_like(correction.translation))


# Closed forms


@pytest.mark.parametrize("count", [1, 2, 3, 4, 100])
def test_no_shake_no_correction(count):
    assert_identity(corrected(Similarity.identity(count)))


@pytest.mark.parametrize("norm", ["l2", "l1"])
def test_a_constant_pan_stays_as_it_is(norm):
    pan = Similarity(np.ones(200, complex), np.full(200, 0.02 + 0.01j))
    assert_identity(corrected(pan, chosen=StageOneSettings(norm=norm)))


def test_a_constant_roll_and_zoom_stays_as_it_is():
    roll = Similarity(np.full(200, np.exp(0.002 + 0.01j)), np.full(200, 0.01 + 0j))
    assert_identity(corrected(roll))


def test_the_whole_frame_leaves_no_room_for_corrections():
    assert_identity(corrected(hand_held(60), chosen=StageOneSettings(crop=1.0)))


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_shortest_shots(count):
    correction = corrected(hand_held(count))
    assert len(correction.linear) == count
    assert CropWindow(LANDSCAPE, StageOneSettings().window).violation(correction).max() <= 0


@pytest.mark.parametrize("hertz", [0.05, 0.08, 0.2, 1.0])
def test_gentle_shake_is_reduced_as_the_settings_say(hertz):
    chosen = StageOneSettings(velocity_seconds=0.2, acceleration_seconds=1.0, jerk_seconds=0.5)
    seconds = np.arange(1800) / FPS
    path = 0.01 * np.sin(2 * np.pi * hertz * seconds)
    motion = Similarity(np.ones(1800, complex), np.diff(path, prepend=path[0]) + 0j)
    # The content moves against the camera: the output shows it where source and correction agree.
    left = path - corrected(motion, chosen=chosen).translation.real
    w = 2 * np.pi * hertz
    intended = (chosen.intended_seconds * w) ** 4
    swing = chosen.swing_weight**2
    bound_to_it = swing * intended / (swing + intended)
    expected = 1 / (1 + bound_to_it + (0.2 * w) ** 2 + w**4 + (0.5 * w) ** 6)
    middle = slice(600, 1200)
    waves = [np.sin(w * seconds[middle]), np.cos(w * seconds[middle]), np.ones(600)]
    in_phase, out_of_phase, _ = np.linalg.lstsq(np.array(waves).T, left[middle], rcond=None)[0]
    assert in_phase / 0.01 == pytest.approx(expected, abs=0.005)
    assert out_of_phase / 0.01 == pytest.approx(0, abs=0.005)


def test_time_constants_do_not_depend_on_the_frame_rate():
    def left(rate):
        seconds = np.arange(int(20 * rate)) / rate
        path = 0.01 * np.sin(2 * np.pi * 0.2 * seconds)
        motion = Similarity(np.ones(len(path), complex), np.diff(path, prepend=0) + 0j)
        chosen = StageOneSettings()
        found = smooth(motion, one_shot(len(path)), LANDSCAPE, rate, chosen).correction
        return (path - found.translation.real)[:: round(rate / 25)]

    assert np.allclose(left(25.0), left(100.0), atol=2e-4)


# Symmetries


def test_time_backwards_gives_the_same_corrections():
    motion = hand_held(151, seed=1)
    again = Similarity.identity(151)
    again.linear[1:] = motion.inverse().linear[:0:-1]
    again.translation[1:] = motion.inverse().translation[:0:-1]
    assert_same(corrected(again)[::-1], corrected(motion), atol=1e-6)


def test_a_mirrored_video_is_corrected_in_the_mirror():
    motion = hand_held(150, seed=2)
    mirrored = Similarity(motion.linear.conj(), -motion.translation.conj())
    expected = corrected(motion)
    expected = Similarity(expected.linear.conj(), -expected.translation.conj())
    assert_same(corrected(mirrored), expected, atol=1e-6)


@pytest.mark.parametrize("norm", ["l2", "l1"])
def test_a_transposed_video_is_corrected_transposed(norm):
    chosen = StageOneSettings(norm=norm)
    scale = 1280 / 720  # the unit is half the width, and the width becomes the height

    def transposed(value):
        return Similarity(value.linear.conj(), 1j * value.translation.conj() * scale)

    motion = hand_held(150, seed=3)
    found = corrected(transposed(motion), PORTRAIT, chosen)
    assert_same(found, transposed(corrected(motion, LANDSCAPE, chosen)), atol=2e-6)


# Constraints


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 40),
    crop=st.floats(0.7, 1.0),
    shake=st.floats(0, 6),
    share=st.one_of(st.just(0.0), st.floats(0, 0.9)),
    use=st.sampled_from([0.05, 0.3, 1.0]),
    variant=st.sampled_from([(LANDSCAPE, "l2"), (PORTRAIT, "l2"), (LANDSCAPE, "l1")]),
)
def test_the_window_never_leaves_the_frame_and_never_shows_less_than_the_crop(
    seed, count, crop, shake, share, use, variant
):
    geometry, norm = variant
    chosen = StageOneSettings(crop=crop, zoom_share=share, zoom_use=use, norm=norm)
    motion = hand_held(count, seed, shake)
    found = smooth(motion, one_shot(count), geometry, FPS, chosen)
    assert CropWindow(geometry, found.window).violation(found.correction).max() <= 1e-9
    assert found.shown.min() >= crop
    assert found.window == pytest.approx(crop + share * (1 - crop))


def test_an_absurd_motion_is_survived():
    motion = hand_held(80, seed=4)
    motion.linear[40], motion.translation[40] = -3 + 1j, 50 - 70j
    correction = corrected(motion)
    assert CropWindow(LANDSCAPE, StageOneSettings().window).violation(correction).max() <= 0


def parts_of_cost(motion, correction, swing, chosen, geometry=LANDSCAPE):
    """Every difference that the cost squares, from its definition in the documentation."""
    weight = np.array([np.sqrt((1 + geometry.half_height**2) / 3), 1])
    deviation = weight * np.stack([correction.linear - 1, correction.translation], axis=-1)
    distance = weight * np.stack([swing.linear, swing.translation], axis=-1)
    intended = Similarity(
        correction.linear + swing.linear, correction.translation + swing.translation
    )
    half = motion[1:].half()

    def acceleration(path):
        now, before = half.inverse() @ path[1:], half @ path[:-1]
        velocity = [now.linear - before.linear, now.translation - before.translation]
        return np.diff(weight * np.stack(velocity, axis=-1), axis=0)

    parts = [
        deviation,
        chosen.swing_weight * distance,
        acceleration(correction) * (chosen.acceleration_seconds * FPS) ** 2,
        np.diff(acceleration(correction), axis=0) * (chosen.jerk_seconds * FPS) ** 3,
        acceleration(intended) * (chosen.intended_seconds * FPS) ** 2,
    ]
    return np.concatenate([part.ravel() for part in parts]).view(float)


def as_affine(function, size):
    """Matrix and offset of an affine function, found by calling it."""
    offset = function(np.zeros(size))
    return np.stack([function(unit) - offset for unit in np.eye(size)], axis=-1), offset


def similarities(vector):
    a, b, x, y = vector.reshape(-1, 4).T
    return Similarity(a + 1j * b, x + 1j * y)


def zoom_price(motion, chosen, geometry):
    """Cost of each unit of zooming in, in one frame, of a shot short enough for one price."""
    path = CalmPath(CropWindow(geometry, chosen.window), FPS, chosen)
    (price,) = set(zoom_prices(path, motion))
    mean_square_radius = (1 + geometry.half_height**2) / 3
    return price * mean_square_radius * (1 - chosen.crop)


def objective(motion, correction, chosen, geometry=LANDSCAPE):
    """Cost of corrections, with the best intended path for them."""
    zoomed_in = np.maximum(1 - correction.linear.real, 0).sum()

    def parts(vector):
        return parts_of_cost(motion, correction, similarities(vector), chosen, geometry)

    matrix, offset = as_affine(parts, 4 * len(motion.linear))
    best = np.linalg.lstsq(matrix, -offset, rcond=None)[0]
    return np.sum((matrix @ best + offset) ** 2) + zoom_price(motion, chosen, geometry) * zoomed_in


def test_more_room_never_costs_more():
    motion = hand_held(40, seed=5, shake=5)
    costs = []
    for crop in (0.95, 0.9, 0.8):
        chosen = StageOneSettings(crop=crop, zoom_use=1.0)  # the price depends on it
        costs.append(objective(motion, corrected(motion, chosen=chosen), chosen))
    assert np.all(np.diff(costs) <= 1e-6 * np.array(costs[:-1]))
    assert costs[0] > 2 * costs[-1]


def second_solver(motion, chosen, geometry):
    """The same program built from `parts_of_cost`, solved densely by quadprog.

    Each frame's zooming in is a further unknown, at least zero and at least what is zoomed.
    """
    count = len(motion.linear)
    size = 9 * count

    def parts(vector):
        deviation = similarities(vector[: 4 * count])
        correction = Similarity(1 + deviation.linear, deviation.translation)
        swing = similarities(vector[4 * count : 8 * count])
        return parts_of_cost(motion, correction, swing, chosen, geometry)

    matrix, offset = as_affine(parts, size)
    rows, room = [], []
    half_height = geometry.half_height
    limit = np.array([1 - 1 / geometry.width, half_height * (1 - 1 / geometry.height)])
    for t in range(count):
        for x, y in np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)]) * limit * chosen.window:
            in_x, in_y = np.zeros((2, size))
            in_x[4 * t : 4 * t + 4], in_y[4 * t : 4 * t + 4] = [x, -y, 1, 0], [y, x, 0, 1]
            for row, here, most in [(in_x, x, limit[0]), (in_y, y, limit[1])]:
                rows += [row, -row]
                room += [most - here, most + here]
        zoom, zoomed_in = np.zeros((2, size))
        zoom[4 * t] = zoomed_in[8 * count + t] = -1
        rows += [zoom, zoomed_in, zoom + zoomed_in]
        room += [1 - chosen.crop / chosen.window, 0, 0]
    price = np.zeros(size)
    price[8 * count :] = zoom_price(motion, chosen, geometry)
    positive = np.diag(np.where(price > 0, 1e-6, 0))  # quadprog needs all unknowns to have squares
    solution = quadprog.solve_qp(
        matrix.T @ matrix + positive,
        -matrix.T @ offset - price / 2,
        -np.array(rows).T,
        -np.array(room),
    )[0]
    found = similarities(solution[: 4 * count])
    return Similarity(1 + found.linear, found.translation)


@pytest.mark.parametrize("geometry", [LANDSCAPE, PORTRAIT])
@pytest.mark.parametrize("use", [0.1, 0.4])
def test_a_second_solver_finds_the_same_optimum(geometry, use):
    chosen = StageOneSettings(
        crop=0.92,
        zoom_share=0.5,
        zoom_use=use,
        acceleration_seconds=0.3,
        jerk_seconds=0.15,
        intended_seconds=0.5,
        swing_weight=3.0,
    )
    motion = hand_held(24, seed=6, shake=6)
    expected = second_solver(motion, chosen, geometry)
    found = corrected(motion, geometry, chosen)
    zoomed_in = 1 - expected.linear.real
    most = 1 - chosen.crop / chosen.window
    assert np.maximum(zoomed_in, 0).mean() / most == pytest.approx(use, abs=1e-4)
    assert np.sum((zoomed_in > 1e-6) & (zoomed_in < most - 1e-6)) > 2  # where the price decides
    window = CropWindow(geometry, chosen.window)
    assert np.sum(window.violation(expected) > -1e-6) > 2  # the constraints matter here
    assert_same(found, expected, atol=1e-5)
    assert objective(motion, found, chosen, geometry) == pytest.approx(
        objective(motion, expected, chosen, geometry), rel=1e-6
    )


# Zoom


def test_calm_frames_far_from_shake_are_not_zoomed_in():
    motion = Similarity.identity(450)
    shaken = slice(200, 250)
    shake = hand_held(50, seed=13, shake=3)
    motion.linear[shaken], motion.translation[shaken] = shake.linear, shake.translation
    found = smooth(motion, one_shot(450), LANDSCAPE, FPS, DYNAMIC)
    zoomed_in = found.window - found.shown
    assert zoomed_in[shaken].max() > 0.2 * (found.window - 0.9)
    assert max(zoomed_in[:60].max(), zoomed_in[-60:].max()) < 1e-6


@pytest.mark.parametrize("use", [0.1, 0.3, 0.7])
def test_strong_shake_uses_the_room_for_zoom_as_the_settings_say(use):
    motion = hand_held(100, seed=14, shake=4)
    chosen = StageOneSettings(zoom_share=DYNAMIC_ZOOM_SHARE, zoom_use=use)
    zoomed_in = np.maximum(1 - corrected(motion, chosen=chosen).linear.real, 0)
    most = 1 - chosen.crop / chosen.window
    assert zoomed_in.mean() / most == pytest.approx(use, abs=1e-3)
    assert zoomed_in.max() / most > 1.2 * use


def test_a_long_shot_uses_it_too_though_prices_are_found_on_fewer_frames():
    jumpy = hand_held(1000, seed=15, shake=12)
    third_of_a_second = np.ones(10) / 10  # hands sway below 3 Hz; the prices are found at 15
    x, y, rotation, log_scale = (
        np.convolve(values, third_of_a_second, "same")
        for values in (
            *jumpy.translation.view(float).reshape(-1, 2).T,
            jumpy.rotation_rad,
            jumpy.log_scale,
        )
    )
    motion = Similarity.from_parameters(x, y, rotation, log_scale)
    chosen = DYNAMIC
    zoomed_in = np.maximum(1 - corrected(motion, chosen=chosen).linear.real, 0)
    most = 1 - chosen.crop / chosen.window
    assert zoomed_in.mean() / most == pytest.approx(chosen.zoom_use, rel=0.1)


def test_gentle_shake_has_no_price():
    path = CalmPath(CropWindow(LANDSCAPE, 0.935), FPS, DYNAMIC)
    gentle, strong = hand_held(200, seed=16, shake=0.02), hand_held(200, seed=16, shake=4)
    assert zoom_prices(path, gentle).max() < 1e-3 * zoom_prices(path, strong).min()


# Variants and windows


def test_l1_makes_segments_of_constant_velocity():
    chosen = StageOneSettings(
        norm="l1", acceleration_seconds=1.0, jerk_seconds=0.0, swing_weight=0.0
    )
    seconds = np.arange(240) / FPS
    path = 0.3 * np.sin(2 * np.pi * 0.15 * seconds)
    path += np.random.default_rng(7).normal(scale=0.002, size=240)
    motion = Similarity(np.ones(240, complex), np.diff(path, prepend=path[0]) + 0j)
    left = path - corrected(motion, chosen=chosen).translation.real
    bends = np.abs(np.diff(left, n=2)) > 1e-6
    assert 1 <= bends.sum() < 40
    assert np.mean(np.abs(np.diff(path, n=2)) > 1e-6) > 0.95


def test_windows_give_what_one_piece_gives():
    motion = hand_held(900, seed=8)
    pieces = corrected(motion, kept_frames=300)
    assert_same(pieces, corrected(motion), atol=5e-4)


def test_seams_between_windows_are_as_calm_as_the_rest():
    motion = hand_held(800, seed=9)
    chosen = StageOneSettings(intended_seconds=1.0)  # remembers little: three seams
    pieces = corrected(motion, chosen=chosen, kept_frames=200)
    acceleration = np.abs(np.diff(output_motion(motion, pieces), axis=0)).max(axis=1)
    seams = np.r_[196:204, 396:404, 596:604]
    assert acceleration[seams].max() <= acceleration.max()
    whole = np.abs(np.diff(output_motion(motion, corrected(motion, chosen=chosen)), axis=0)).max(
        axis=1
    )
    assert acceleration.max() < 1.1 * whole.max()


def test_shots_do_not_know_of_each_other():
    first, second = hand_held(60, seed=10), hand_held(45, seed=11)
    motion = Similarity(
        np.r_[first.linear, second.linear], np.r_[first.translation, second.translation]
    )
    starts = np.isin(np.arange(105), [0, 60])
    found = smooth(motion, starts, LANDSCAPE, FPS, StageOneSettings()).correction
    assert_same(found[:60], corrected(first), atol=1e-12)
    assert_same(found[60:], corrected(second), atol=1e-12)


@pytest.mark.parametrize("chosen", [StageOneSettings(), DYNAMIC])
def test_shake_becomes_much_calmer(chosen):
    motion = hand_held(300, seed=12)
    before = output_motion(motion, Similarity.identity(300))
    after = output_motion(motion, corrected(motion, chosen=chosen))
    assert np.abs(np.diff(after, axis=0)).mean() < 0.05 * np.abs(np.diff(before, axis=0)).mean()


def test_shots_and_frame_rate_from_plain_arrays():
    starts = np.array([False, False, True, True, False])
    assert shots(starts) == [slice(0, 2), slice(2, 3), slice(3, 5)]
    assert shots(np.zeros(0, bool)) == []
    assert frame_rate(np.array([0.0, 0.04, 0.08, 0.5, 0.54])) == pytest.approx(25)
    assert frame_rate(np.array([0.0])) == 30
    assert frame_rate(np.zeros(5)) == 30


@pytest.mark.parametrize(
    ("step_seconds", "expected"), [(1 / 25, 25), (1e-3, 1000), (4.7e-10, 30), (0.0, 30)]
)
def test_a_rate_that_no_camera_has_counts_as_none(step_seconds, expected):
    assert frame_rate(step_seconds * np.arange(12)) == pytest.approx(expected)
