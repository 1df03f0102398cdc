"""Camera and encoder: closed forms where there are any, statistics where not."""

from dataclasses import replace

import numpy as np
import pytest

from gfn_core.training.degradation import Exposure, degraded, random_degradation
from gfn_core.training.scene_settings import DegradationSettings
from gfn_core.training.texture_noise import smooth_noise

PERFECT = random_degradation(np.random.default_rng(0), DegradationSettings.none(), 2)


def picture(level=None):
    if level is not None:
        return np.full((120, 160), level, np.float32)
    return 128 + 60 * smooth_noise(np.random.default_rng(1), 160, 120, 12)


def test_none_only_rounds():
    frame = picture()
    image = degraded(np.random.default_rng(0), frame, PERFECT, 1)
    assert np.abs(image - frame).max() <= 0.5


def test_exposure_is_gamma_gain_bias():
    brighter = replace(PERFECT, exposures=(Exposure(1.2, 10.0, 0.5),))
    image = degraded(np.random.default_rng(0), picture(64), brighter, 0)
    assert image.mean() == pytest.approx(255 * 1.2 * np.sqrt(64 / 255) + 10, abs=0.5)


def test_noise_grows_with_light():
    noisy = replace(PERFECT, noise=5.0)
    rng = np.random.default_rng(0)
    dark, middle, light = (degraded(rng, picture(level), noisy, 0) for level in (30, 127.5, 220))
    assert middle.std() == pytest.approx(5, rel=0.05)
    assert dark.std() < middle.std() < light.std()
    assert middle.mean() == pytest.approx(127.5, abs=0.2)


def test_defocus_keeps_brightness_and_takes_detail():
    blurred = replace(PERFECT, defocus_px=2.0)
    frame = picture()
    image = degraded(np.random.default_rng(0), frame, blurred, 0).astype(float)
    assert image.mean() == pytest.approx(frame.mean(), abs=0.5)
    assert np.abs(np.diff(image)).mean() < np.abs(np.diff(frame)).mean()


def test_vignette_darkens_corners_only():
    image = degraded(np.random.default_rng(0), picture(200), replace(PERFECT, vignette=0.5), 0)
    assert image[60, 80] == pytest.approx(200, abs=1)
    assert image[0, 0] == pytest.approx(100, abs=1)


def test_jpeg_costs_more_the_lower_its_quality():
    frame = picture()
    errors = [
        np.abs(
            degraded(np.random.default_rng(0), frame, replace(PERFECT, jpeg_quality=q), 0) - frame
        )
        for q in (95, 20)
    ]
    assert 0 < errors[0].mean() < errors[1].mean()


def test_brightness_does_not_run_away():
    drawn = random_degradation(np.random.default_rng(2), DegradationSettings(gain=(1.1, 1.1)), 9)
    assert drawn.exposures[0] == drawn.exposures[8] == Exposure(1.0, 0.0, 1.0)
    assert drawn.exposures[1].gain == pytest.approx(1.1)
