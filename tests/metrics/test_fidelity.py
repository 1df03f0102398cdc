from fractions import Fraction

import cv2
import numpy as np
import pytest

from gfn_core.metrics.fidelity import black_border, fidelity
from gfn_core.metrics.registration import register

CENTER = np.array([[1, 0, 319.5], [0, 1, 179.5], [0, 0, 1]])


def stabilized_by(source, centered_px, border=cv2.BORDER_REFLECT):
    """Warp a frame by a matrix (3, 3), source px to stabilized px, both from the centre."""
    matrix = CENTER @ centered_px @ np.linalg.inv(CENTER)
    return cv2.warpPerspective(
        source, matrix, (640, 360), flags=cv2.INTER_LANCZOS4, borderMode=border
    )


def similarity(scale=1.0, angle=0.0, x=0.0, y=0.0):
    c, s = scale * np.cos(angle), scale * np.sin(angle)
    return np.array([[c, -s, x], [s, c, y], [0, 0, 1]])


@pytest.mark.parametrize("crop", [1.0, 0.9, 0.75])
def test_a_known_window_is_measured(look, crop):
    source = look(np.eye(3))
    figures = fidelity([(source, stabilized_by(source, similarity(1 / crop, 0.02, 8, -5)))])
    assert figures.cropping_ratio == pytest.approx(crop, abs=5e-4)
    assert figures.distortion == pytest.approx(1, abs=5e-4)
    assert figures.unmatched == 0


def test_a_known_stretch_is_measured(look):
    source = look(np.eye(3))
    stretch = similarity(angle=0.1) @ np.diag([1.15, 1.05, 1.0]) @ similarity(angle=-0.1)
    figures = fidelity([(source, stabilized_by(source, stretch))])
    assert figures.distortion == pytest.approx(1.05 / 1.15, abs=1e-3)
    assert figures.cropping_ratio == pytest.approx((1.05 * 1.15) ** -0.5, abs=1e-3)


@pytest.mark.parametrize("turn_rad", [0.02, 0.05])
def test_a_turn_of_oblong_pixels_is_no_distortion(look, turn_rad):
    """As of PAL's 64:45: each pixel is wider than it is high, so the coded turn is a shear."""
    aspect = Fraction(64, 45)
    to_square = np.diag([float(aspect), 1.0, 1.0])
    turn = np.linalg.inv(to_square) @ similarity(1.1, turn_rad) @ to_square
    pairs = [(look(np.eye(3)), stabilized_by(look(np.eye(3)), turn))]
    assert fidelity(pairs, aspect, aspect).distortion == pytest.approx(1, abs=5e-4)
    assert fidelity(pairs, aspect, aspect).cropping_ratio == pytest.approx(1 / 1.1, abs=5e-4)
    assert fidelity(pairs).distortion < 1 - turn_rad / 2


def test_singular_values_tell_a_shear_that_eigenvalues_miss(look):
    source = look(np.eye(3))
    shear = np.array([[1, 0.1, 0], [0, 1, 0], [0, 0, 1]])  # both eigenvalues are 1
    figures = fidelity([(source, stabilized_by(source, shear))])
    # sigma = sqrt(1 + k^2/4) -+ k/2
    expected = (np.sqrt(1 + 0.0025) - 0.05) / (np.sqrt(1 + 0.0025) + 0.05)
    assert figures.distortion == pytest.approx(expected, abs=1e-3)


def test_an_output_of_another_size_is_measured_in_its_own_widths(look):
    source = look(np.eye(3))
    figures = fidelity([(source, source[36:324, 64:576])])  # the middle 80 %, not enlarged
    assert figures.cropping_ratio == pytest.approx(0.8, abs=1e-3)


def test_least_is_of_the_worst_frame(look):
    source = look(np.eye(3))
    pairs = [(source, stabilized_by(source, similarity(1 / crop))) for crop in (0.9, 0.8)]
    figures = fidelity(pairs)
    assert figures.cropping_ratio == pytest.approx(0.85, abs=1e-3)
    assert figures.cropping_ratio_least == pytest.approx(0.8, abs=1e-3)


def test_one_resampling_loses_no_sharpness_and_a_blur_does(look):
    source = look(np.eye(3))
    sharp = stabilized_by(source, similarity(1.1, 0.01, 3.3, -2.7))
    assert fidelity([(source, sharp)]).sharpness == pytest.approx(1, abs=0.03)
    blurred = cv2.GaussianBlur(sharp, (0, 0), 1.5)
    laplacian = [
        np.abs(cv2.Laplacian(f.astype(float), cv2.CV_64F)).mean() for f in (blurred, sharp)
    ]
    expected = laplacian[0] / laplacian[1]
    assert expected < 0.7
    assert fidelity([(source, blurred)]).sharpness == pytest.approx(expected, abs=0.03)


@pytest.mark.parametrize("border", [cv2.BORDER_CONSTANT, cv2.BORDER_REPLICATE, cv2.BORDER_REFLECT])
def test_what_lies_outside_the_source_is_seen_whatever_fills_it(look, border):
    source = look(np.eye(3))
    figures = fidelity([(source, stabilized_by(source, similarity(x=64), border))])
    assert figures.outside_share == pytest.approx(0.1, abs=0.004)
    inside = stabilized_by(source, similarity(1.25, x=64), border)
    assert fidelity([(source, inside)]).outside_share == 0


def test_black_borders_are_counted_and_dark_things_within_are_not():
    frame = np.full((100, 200), 90, np.uint8)
    frame[:, :10] = 2
    frame[40:60, 80:120] = 0
    mask = black_border(frame)
    assert mask[:, :10].all()
    assert mask.sum() == 1000


def test_frames_that_do_not_match_are_counted(look):
    source = look(np.eye(3))
    noise = np.random.default_rng(1).integers(0, 255, source.shape, np.uint8)
    figures = fidelity([(source, source), (source, noise)])
    assert (figures.unmatched, figures.compared) == (1, 2)
    assert register(source, np.zeros_like(source)) is None
    with pytest.raises(ValueError, match="none of 1"):
        fidelity([(source, noise)])
