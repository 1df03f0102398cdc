"""The measure of worse and better, on pictures with known motion."""

from fractions import Fraction

import cv2
import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.metrics.side_by_side import STRETCH_FRAMES, STRETCHES, Shake, SideBySide, Steadiness
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.trajectory import Trajectory

HEIGHT, WIDTH = 180, 320
SIZE = FrameGeometry(WIDTH, HEIGHT)


def picture(seed=0):
    noise = np.random.default_rng(seed).uniform(0, 255, (HEIGHT + 80, WIDTH + 80))
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 2) * 3 - 255, np.float32).clip(0, 255)


def view(scene, shift_px):
    warp = np.array([[1, 0, 40 + shift_px], [0, 1, 40]], np.float32)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(scene, warp, (WIDTH, HEIGHT), flags=flags).clip(0, 255)


def shown_from(shift_px, window=1.0, geometry=SIZE):
    """A window moved to the right over the source, by so much in each frame."""
    correction = Similarity(np.ones(len(shift_px)), np.array(shift_px) * 2 / WIDTH + 0j)
    return Trajectory(geometry, window, correction, np.zeros((len(shift_px), 4)))


def seen(source_px, output_px, bit_depth=8, window=1.0):
    watch = SideBySide(shown_from(output_px - source_px, window), bit_depth)
    scale, kind = 1 << (bit_depth - 8), np.uint8 if bit_depth == 8 else np.uint16
    scene = picture()
    for index, shifts in enumerate(zip(source_px, output_px, strict=True)):
        watch(index, *((view(scene, shift) * scale).astype(kind) for shift in shifts))
    return watch.steadiness()


@pytest.mark.parametrize("bit_depth", [8, 10])
def test_acceleration_is_that_of_the_pictures(bit_depth):
    shake = 2.0 * (np.arange(100) % 2)  # two px to and fro: an acceleration of 4 px of 320
    found = seen(shake, np.zeros(100), bit_depth)
    assert found.source.mean_px == pytest.approx(4 * 1920 / WIDTH, rel=0.03)
    assert found.output.mean_px < 0.3
    assert not found.is_worse


def test_more_shake_is_worse():
    shake = 2.0 * (np.arange(60) % 2)
    assert seen(shake, 2 * shake).is_worse
    assert not seen(shake, shake).is_worse


def test_the_enlargement_by_the_crop_is_not_shake():
    shake = 2.0 * (np.arange(60) % 2)
    assert not seen(shake, shake / 0.8, window=0.8).is_worse


def test_a_sample_of_frames_is_kept_however_long_the_video():
    watch = SideBySide(shown_from(np.zeros(100_000)), 8)
    frame = np.zeros((HEIGHT, WIDTH), np.uint8)
    for index in range(100_000):
        watch(index, frame, frame)
    assert sum(map(len, watch._pairs.values())) == STRETCHES * STRETCH_FRAMES


@pytest.mark.parametrize("count", [3, 20])
def test_short_videos(count):
    assert not seen(np.zeros(count), np.zeros(count)).is_worse


@pytest.mark.parametrize("count", [0, 1, 2])
def test_too_few_frames_show_nothing(count):
    assert seen(np.zeros(count), np.zeros(count)).is_worse


def test_where_nothing_can_be_followed_nobody_knows():
    watch = SideBySide(shown_from(np.zeros(20)), 8)
    for index in range(20):
        gray = np.full((HEIGHT, WIDTH), 50 + index, np.uint8)
        watch(index, gray, gray)
    assert np.isnan(watch.steadiness().output.mean_px)
    assert watch.steadiness().is_worse


def test_a_few_jolts_are_worse_though_the_rest_is_calmer():
    sway = 2.0 * (np.arange(96) % 2)
    jolts = np.where(np.arange(96) % 8 == 0, 6.0, 0.0)  # each is felt in three frames
    found = seen(sway, jolts)
    assert found.output.mean_px < found.source.mean_px
    assert found.output.jolt_px > 1.5 * found.source.jolt_px
    assert found.is_worse


def test_the_jolts_of_the_source_may_stay():
    jolts = np.where(np.arange(96) % 8 == 0, 9.0, 0.0)
    assert not seen(jolts, jolts).is_worse


@pytest.mark.parametrize("every", [3, 6, 14])
def test_leaps_too_far_to_be_followed_are_worse(every):
    sway = 2.0 * (np.arange(80) % 2)
    leaps = np.where(np.arange(80) % every == 0, 40.0, -40.0)  # 80 px of 320, to and fro
    assert seen(sway, leaps).is_worse


def test_what_cannot_be_followed_in_the_source_says_nothing():
    leaps = np.where(np.arange(80) % 6 == 0, 40.0, -40.0)
    assert not seen(leaps, leaps).is_worse


def test_a_picture_of_oblong_pixels_turns_as_one_of_square_ones():
    """Their turn is a shear of the coded frame, and is no less shake for it."""
    shown = (HEIGHT, WIDTH * 2)
    to_coded = np.diag([0.5, 1.0, 1.0])
    scene = cv2.resize(picture(), (shown[1] + 160, shown[0] + 80), interpolation=cv2.INTER_CUBIC)
    square, oblong = (
        SideBySide(shown_from(np.zeros(48), geometry=FrameGeometry(WIDTH, HEIGHT, aspect)), 8)
        for aspect in (Fraction(1), Fraction(2))
    )
    for index in range(48):
        turn = np.vstack([cv2.getRotationMatrix2D((WIDTH + 80, 130), index % 2, 1.0), [0, 0, 1]])
        turn[:2, 2] -= (80, 40)
        coded = cv2.warpPerspective(scene, to_coded @ turn, (WIDTH, HEIGHT)).clip(0, 255)
        whole = cv2.warpPerspective(scene, turn, shown[::-1]).clip(0, 255)
        square(index, whole, whole)
        oblong(index, coded, coded)
    expected = square.steadiness().source.mean_px
    assert oblong.steadiness().source.mean_px == pytest.approx(expected, rel=0.03)


def judged(source_px, output_px, source_jolt_px=50.0, output_jolt_px=50.0):
    before, after = Shake(source_px, source_jolt_px), Shake(output_px, output_jolt_px)
    return Steadiness(before, after).is_worse


def test_differences_within_the_error_of_measuring_do_not_count():
    assert not judged(0.1, 0.3)
    assert judged(0.1, 0.5)
    assert not judged(100, 104)
    assert judged(100, 106)
    assert not judged(1, 1, 0.1, 0.3)
    assert judged(1, 1, 0.1, 0.5)
    assert not judged(1, 1, 100, 124)
    assert judged(1, 1, 100, 126)
