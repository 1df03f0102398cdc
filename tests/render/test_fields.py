"""Woven fields are warped each by itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.similarity import Similarity
from gfn_core.render.renderer import check_border
from gfn_core.render.warp import warp_fields, warp_plane
from gfn_core.smoothing.bend_space import bounded
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.trajectory import Trajectory

TURN = np.array([[0.95, 0.03, 1.3], [-0.03, 0.95, 2.7], [1e-5, 0, 1]])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_fields_never_mix(dtype: type) -> None:
    plane = np.empty((48, 64), dtype)
    plane[::2], plane[1::2] = 50, 200
    warped = warp_fields(plane, np.stack([TURN, TURN]), 8 * np.dtype(dtype).itemsize)
    assert np.all(warped[::2] == 50)
    assert np.all(warped[1::2] == 200)


def test_each_field_follows_its_own_warp() -> None:
    rng = np.random.default_rng(1)
    plane = rng.integers(0, 255, (48, 64), np.uint8)
    still, aside = np.eye(3), np.array([[1, 0, 2.0], [0, 1, 0], [0, 0, 1]])
    warped = warp_fields(plane, np.stack([still, aside]))
    assert np.array_equal(warped[::2], plane[::2])
    assert np.array_equal(warped[1::2], warp_plane(plane[1::2], aside))


def test_a_smooth_picture_is_warped_as_if_it_were_whole() -> None:
    y, x = np.mgrid[:48, :64]
    plane = np.asarray(128 + 60 * np.sin(x / 9) * np.cos(y / 11), np.uint8)
    woven = warp_fields(plane, np.stack([TURN, TURN])).astype(float)
    whole = warp_plane(plane, TURN).astype(float)
    middle = (slice(8, -8), slice(8, -8))
    assert np.abs(woven - whole)[middle].max() <= 3


def test_second_fields_are_seen_halfway_to_the_next_frame_of_the_shot() -> None:
    shift = np.array([0, 2, 4, 100, 102], complex)
    trajectory = Trajectory(
        FrameGeometry(64, 48), 0.9, Similarity(np.ones(5, complex), shift), np.zeros((5, 4))
    )
    later = trajectory.half_a_frame_later(np.array([True, False, False, True, False]))
    assert later.correction.translation.real.tolist() == [1, 3, 4, 101, 102]


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_second_fields_never_show_what_lies_outside(seed: int) -> None:
    """Both neighbours fit, bent as far as there is room; what is between them must fit, too."""
    rng, geometry = np.random.default_rng(seed), FrameGeometry(1920, 1080)
    window = CropWindow(geometry, 0.9)
    shift = 0.05 * np.sign(rng.normal(size=2)) @ np.array([1, 0.5j])
    scale = 1 + 0.02 * rng.normal(size=4) + 0.02j * rng.normal(size=4)
    correction = Similarity(scale, shift * rng.uniform(0, 1, 4))
    outside = window.violation(correction) > 0
    correction.linear[outside], correction.translation[outside] = 1, 0
    bend = bounded(window, correction, 0.05 * rng.normal(size=(4, 4)))
    later = Trajectory(geometry, 0.9, correction, bend).half_a_frame_later(np.zeros(4, bool))
    check_border(later)
