"""Phase correlation, against shifts that are known."""

import cv2
import numpy as np
import pytest

from gfn_core.motion.phase_shift import phase_shift


@pytest.mark.parametrize(("right_px", "down_px"), [(0, 0), (3, -2), (-70, 25), (110, -60)])
def test_a_shift_is_found_however_far(right_px, down_px):
    """To a pixel, which is near enough for fine tracks to start from."""
    rng = np.random.default_rng(3)
    wide = cv2.GaussianBlur(rng.normal(0, 1, (480, 900)), None, 4)
    wide = 128 + 40 * wide / wide.std()
    top, left = 80 - down_px, 150 - right_px
    views = wide[80:320, 150:550], wide[top : top + 240, left : left + 400]
    found = phase_shift(
        *(np.uint8((view + rng.normal(0, 3, view.shape)).clip(0, 255)) for view in views)
    )
    assert found[:2, 2] * 200 == pytest.approx([right_px, down_px], abs=1)
    assert np.array_equal(found[:2, :2], np.eye(2))
