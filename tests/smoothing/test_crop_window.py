from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import transform
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.crop_window import CropWindow

GEOMETRIES = [
    FrameGeometry(32, 18),
    FrameGeometry(18, 32),
    FrameGeometry(36, 30, Fraction(16, 15)),
]
CORRECTIONS = st.tuples(*[st.floats(-0.2, 0.2)] * 4)  # x, y, rotation, log-scale


def every_output_pixel_px(window, correction):
    """Pixel indices in the source of every pixel of an output as large as the source."""
    geometry = window.geometry
    index = np.stack(
        np.meshgrid(np.arange(geometry.width), np.arange(geometry.height)), axis=-1
    ).reshape(-1, 2)
    points = transform(geometry.from_pixels, index.astype(float)) * window.size
    return transform(geometry.to_pixels, transform(correction.matrix, points))


@settings(deadline=None)
@given(st.sampled_from(GEOMETRIES), st.floats(0.5, 1.0), CORRECTIONS)
def test_violation_is_that_of_the_worst_output_pixel(geometry, crop, parameters):
    window = CropWindow(geometry, crop)
    correction = Similarity.from_parameters(*parameters)
    where = every_output_pixel_px(window, correction)
    last = np.array([geometry.width, geometry.height]) - 1
    worst = np.maximum(-where, where - last).max()
    assert window.violation(correction) == pytest.approx(worst, abs=1e-9)


@settings(deadline=None)
@given(st.sampled_from(GEOMETRIES), st.floats(0.5, 1.0), CORRECTIONS)
def test_the_linear_rows_say_the_same_as_the_violation(geometry, crop, parameters):
    window = CropWindow(geometry, crop)
    correction = Similarity.from_parameters(*parameters)
    deviation = correction.linear - 1
    vector = np.array([deviation.real, deviation.imag, *parameters[:2]])
    beyond = (window.corner_rows @ vector - window.corner_room).max()
    violation = float(window.violation(correction))
    assert beyond == pytest.approx(0, abs=1e-9) or (beyond > 0) == (violation > 0)


def test_the_whole_frame_just_fits():
    window = CropWindow(FrameGeometry(640, 360), 1.0)
    assert window.violation(Similarity.identity()) == pytest.approx(0, abs=1e-12)
    assert window.violation(Similarity(np.array(1 + 0j), np.array(1 / 320 + 0j))) == pytest.approx(
        1
    )


def test_a_window_of_half_the_frame_leaves_a_quarter_on_each_side():
    violation = CropWindow(FrameGeometry(401, 201), 0.5).violation(Similarity.identity())
    assert violation == pytest.approx(-50)  # the nearer border: (201 - 1) / 4
