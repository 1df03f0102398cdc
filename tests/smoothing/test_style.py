"""What the styles make of the same shaky path."""

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.path import accumulate, stabilized_path
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import smooth
from gfn_core.smoothing.style import Style

GEOMETRY, FPS, COUNT = FrameGeometry(1280, 720), 30.0, 240


def filmed():
    """Hand shake upon two seconds at rest, a pan, and rest again."""
    noise = np.random.default_rng(3).normal(size=(2, COUNT)) * 0.004
    pan = np.where((np.arange(COUNT) > 80) & (np.arange(COUNT) < 160), 0.004, 0.0)
    zero = np.zeros(COUNT)
    return Similarity.from_parameters(noise[0] + pan, noise[1], zero, zero)


@pytest.fixture(scope="module")
def across():
    """Sideways place of the output picture in each style, (N,), half-widths."""
    motion, first = filmed(), np.arange(COUNT) == 0
    camera = accumulate(motion, first)
    places = {}
    for style in Style:
        settings = style.applied_to(StageOneSettings(crop=0.85))
        found = smooth(motion, first, GEOMETRY, FPS, settings)
        places[style] = stabilized_path(camera, found.correction).translation.real
    return places


def test_a_tripod_stands_still_longest(across):
    still = {style: (np.abs(np.diff(place)) < 2e-5).mean() for style, place in across.items()}
    assert still[Style.TRIPOD] > 0.2
    assert still[Style.TRIPOD] > still[Style.STEADY] + 0.1


def test_a_cinematic_pan_is_mostly_even(across):
    """Pieces of constant velocity, as the L1 norm makes them."""
    even = {style: (np.abs(np.diff(place, 2)) < 1e-7).mean() for style, place in across.items()}
    assert even[Style.CINEMATIC] > even[Style.STEADY] + 0.2


def test_all_of_them_follow_the_pan(across):
    for place in across.values():
        assert place[-20:].mean() - place[:20].mean() > 0.1


@pytest.mark.parametrize("before", list(Style))
def test_a_style_leaves_nothing_of_the_one_before(before):
    for style in Style:
        settings = StageOneSettings(crop=0.8, zoom_share=0.3)
        assert style.applied_to(before.applied_to(settings)) == style.applied_to(settings)


def test_weights_of_ones_own_are_no_style():
    assert Style.of(StageOneSettings(swing_weight=7.0)) is None


def test_steady_is_what_the_settings_are_without_a_style():
    assert Style.STEADY.applied_to(StageOneSettings(crop=0.8)) == StageOneSettings(crop=0.8)


@pytest.mark.parametrize("style", list(Style))
def test_the_style_of_settings_is_known_again(style):
    assert Style.of(style.applied_to(StageOneSettings(crop=0.8, zoom_share=0.3))) is style
