"""Phase correlation, against shifts that are known."""

import cv2
import numpy as np
import pytest

from gfn_core.motion.phase_shift import phase_shift_px


@pytest.mark.parametrize(("right_px", "down_px"), [(0, 0), (3, -2), (-70, 25), (100, -60)])
def test_a_shift_is_found_up_to_a_quarter_of_the_sides(right_px, down_px):
    """To a px, which is near enough for fine tracks to start from."""
    rng = np.random.default_rng(3)
    wide = cv2.GaussianBlur(rng.normal(0, 1, (480, 900)), None, 4)
    wide = 128 + 40 * wide / wide.std()
    top, left = 80 - down_px, 150 - right_px
    views = wide[80:320, 150:550], wide[top : top + 240, left : left + 400]
    found = phase_shift_px(
        *(np.uint8((view + rng.normal(0, 3, view.shape)).clip(0, 255)) for view in views)
    )
    assert found == pytest.approx([right_px, down_px], abs=1)


def test_pictures_without_anything_in_them_give_a_number():
    blank = np.full((181, 321), 128, np.uint8)
    assert np.isfinite(phase_shift_px(blank, blank)).all()
