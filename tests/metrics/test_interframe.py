import numpy as np
import pytest

from gfn_core.metrics.interframe import PSNR_CEILING_DB, interframe, psnr_db, ssim


def flat(value):
    return np.full((40, 60), value, np.uint8)


def test_psnr_of_a_known_error():
    assert psnr_db(flat(100), flat(110)) == pytest.approx(20 * np.log10(255 / 10))
    assert psnr_db(flat(3), flat(3)) == PSNR_CEILING_DB


def test_ssim_of_flat_frames_is_their_luminance_term():
    c1 = (0.01 * 255) ** 2
    expected = (2 * 100 * 150 + c1) / (100**2 + 150**2 + c1)
    assert ssim(flat(100), flat(150)) == pytest.approx(expected, rel=1e-4)


def test_ssim_of_a_frame_and_its_negative_is_below_zero():
    frame = np.random.default_rng(1).integers(60, 196, (80, 80), np.uint8)
    assert ssim(frame, frame) == pytest.approx(1, abs=1e-5)
    assert ssim(frame, 255 - frame) < -0.5


def test_figures_are_means_over_pairs():
    figures = interframe([flat(100), flat(110), flat(110)])
    assert figures.psnr_db == pytest.approx((20 * np.log10(255 / 10) + PSNR_CEILING_DB) / 2)


def test_a_single_frame_is_still():
    assert interframe([flat(1)]).ssim == 1
