"""Stage 2, against closed forms, symmetries and the rule of the crop window."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import inverse, transform
from gfn_core.motion.model import Motion
from gfn_core.motion.residual import RESIDUAL, evenness, residual_homography, residual_of
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing import stage_two
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.output_motion import output_motion
from gfn_core.smoothing.settings import StageOneSettings, StageTwoSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.smoothing.trajectory import Trajectory

LANDSCAPE, PORTRAIT = FrameGeometry(1280, 720), FrameGeometry(720, 1280)
FPS = 30.0
METHODS = ["mean", "program"]
IN_THE_SHAKE = np.array([0.006, 0.006, 0.005, 0.002])[:, None]


def motion_of(homography, geometry=LANDSCAPE, **columns):
    count = len(homography)
    full, first = np.ones(count), np.arange(count) == 0
    homography = homography.copy()
    homography[0] = np.eye(3)
    times = np.arange(count)
    motion = Motion(
        geometry, times, times / FPS, homography, first, full, full, full, full, full, full,
        np.zeros((count, 0)),
    )  # fmt: skip
    return replace(motion, **columns)


def wobble(count, hertz=4.0, amplitude=0.003, geometry=LANDSCAPE):
    """Pictures bent by a sine, the same in all four ways."""
    swing = amplitude * np.sin(2 * np.pi * hertz * np.arange(count) / FPS)
    bent = residual_homography(np.repeat(swing[:, None], RESIDUAL, axis=1), geometry)
    steps = np.repeat(np.eye(3)[None], count, axis=0)
    steps[1:] = bent[1:] @ inverse(bent[:-1])
    return steps


def shaken(count, seed=0, shake=1.0, bend=0.002, geometry=LANDSCAPE):
    """Random similarities and random bends between frames."""
    rng = np.random.default_rng(seed)
    moved = Similarity.from_parameters(*(rng.normal(size=(4, count)) * IN_THE_SHAKE * shake))
    bends = residual_homography(rng.normal(size=(count, RESIDUAL)) * bend, geometry)
    return moved.matrix @ bends


def smoothed(homography, method, geometry=LANDSCAPE, crop=0.9, **columns):
    chosen = StageOneSettings(crop=crop, bend=StageTwoSettings(method))
    return smooth_motion(motion_of(homography, geometry, **columns), chosen)


def wobble_left(homography, method):
    """Share of the output's wobble that is left by stage 2."""

    def wobbling(chosen):
        moved = output_motion(motion_of(homography), smoothed(homography, chosen, crop=0.8))
        return np.std(np.cumsum(residual_of(moved, LANDSCAPE), axis=0)[30:-30])

    return wobbling(method) / wobbling("off")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("count", [1, 2, 3, 90])
def test_similarities_are_left_to_stage_one(method, count):
    found = smoothed(shaken(count, bend=0), method)
    assert found.residual == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_stage_one_is_the_same_with_and_without(method):
    steps = shaken(90)
    alone, both = smoothed(steps, "off"), smoothed(steps, method)
    assert not alone.residual.any()
    assert both.residual.any()
    assert np.array_equal(alone.correction.linear, both.correction.linear)
    assert np.array_equal(alone.correction.translation, both.correction.translation)


@pytest.mark.parametrize("method", METHODS)
def test_quick_wobble_is_removed_and_slow_bending_stays(method):
    assert wobble_left(wobble(240, hertz=4), method) < 0.2
    assert wobble_left(wobble(240, hertz=0.1), method) > 0.9


@pytest.mark.parametrize("method", METHODS)
def test_a_constant_bend_from_frame_to_frame_stays(method):
    steps = np.repeat(residual_homography(np.full((1, RESIDUAL), 1e-3), LANDSCAPE), 90, axis=0)
    # The similarity that repeated bending amounts to is stage 1's; what is left is second order.
    assert smoothed(steps, method).residual == pytest.approx(0, abs=5e-5)


@pytest.mark.parametrize("method", METHODS)
def test_time_backwards_gives_the_same_bends(method):
    steps = shaken(120, shake=0.3)
    backwards = np.concatenate([steps[:1], inverse(steps[:0:-1])])
    there, back = (smoothed(each, method).residual for each in (steps, backwards))
    assert back[::-1] == pytest.approx(there, abs=0.03 * np.abs(there).max())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("geometry", [LANDSCAPE, PORTRAIT])
def test_no_bend_squeezes_the_picture_more_than_two_percent(method, geometry):
    gentle, strong = (
        smoothed(wobble(120, amplitude=amplitude, geometry=geometry), method, geometry, crop=0.7)
        for amplitude in (0.001, 0.02)
    )
    least, squeezed = (
        evenness(residual_homography(each.residual, geometry)).min() for each in (gentle, strong)
    )
    assert 0.99 < least < 1
    assert squeezed == pytest.approx(0.982, abs=1e-4)


@settings(deadline=None, max_examples=20)
@given(
    st.sampled_from([LANDSCAPE, PORTRAIT]),
    st.sampled_from(METHODS),
    st.floats(0.7, 1.0),
    st.floats(0, 5),
    st.floats(0, 0.02),
    st.integers(0, 1000),
)
def test_no_pixel_of_the_window_leaves_the_frame(geometry, method, crop, shake, bend, seed):
    found = smoothed(shaken(40, seed, shake, bend, geometry), method, geometry, crop)
    last = np.array([geometry.width, geometry.height]) - 1
    x, y = np.meshgrid(np.linspace(0, last[0], 9), np.linspace(0, last[1], 9))
    output = transform(geometry.from_pixels, np.stack([x, y], -1).reshape(-1, 2))
    source = transform(geometry.to_pixels @ found.output_to_source, output)
    assert source.min() > -1e-6
    assert (source - last).max() < 1e-6


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("doubted", ["confidence", "background_share"])
def test_where_motion_is_doubtful_stage_one_is_alone(method, doubted):
    trusted = np.ones(300)
    trusted[200:230] = 0
    steps = shaken(300)
    found = smoothed(steps, method, crop=0.7, **{doubted: trusted})
    sure = smoothed(steps, method, crop=0.7)
    assert found.residual[200:230] == pytest.approx(0, abs=1e-12)
    assert found.residual[:40] == pytest.approx(sure.residual[:40], abs=5e-4)
    assert np.abs(sure.residual[200:230]).max() > 1e-3


def test_windows_of_a_long_shot_give_what_one_piece_gives(monkeypatch):
    steps = shaken(900, shake=0.2)
    whole = smoothed(steps, "program").residual
    monkeypatch.setattr(stage_two, "KEPT_FRAMES", 300)
    assert smoothed(steps, "program").residual == pytest.approx(whole, abs=1e-5)


def test_violation_of_a_bent_window_is_that_of_its_worst_pixel():
    correction = Similarity.from_parameters(*np.array([0.02, -0.01, 0.03, 0.05])[:, None])
    residual = np.array([[0.01, -0.02, 0.005, 0.01]])
    found = Trajectory(LANDSCAPE, 0.9, correction, residual)
    index = np.stack(np.meshgrid(np.arange(1280), np.arange(720)), -1).reshape(-1, 2)
    output = transform(LANDSCAPE.from_pixels, index.astype(float))
    source = transform(LANDSCAPE.to_pixels @ found.output_to_source[0], output)
    worst = np.maximum(-source, source - np.array([1279, 719])).max()
    violation = CropWindow(LANDSCAPE, 0.9).violation(correction, found.bend)
    assert violation[0] == pytest.approx(worst, abs=1e-9)
