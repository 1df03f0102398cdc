from itertools import islice

import cv2
import numpy as np
import pytest

from gfn_core.errors import SettingsError
from gfn_core.motion.homography import in_pixels
from gfn_core.synthetic.demo_clip import DemoSettings, demo_camera_path, render_demo_frames

SMALL = DemoSettings(320, 180, frame_rate=30, seconds=0.4)


def background_error(before, after, motion_px):
    """Mean absolute difference of two gray frames once `before` is moved, away from the border."""
    size = (after.shape[1], after.shape[0])
    moved = cv2.warpPerspective(before, motion_px, size, flags=cv2.INTER_CUBIC)
    return float(np.abs(moved - after)[20:-20, 30:-30].mean())


def grays(settings):
    return [
        cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY).astype(np.float32)
        for frame in render_demo_frames(settings)
    ]


def test_frames_have_the_size_type_and_number_that_was_asked_for():
    frames = list(render_demo_frames(SMALL))
    assert len(frames) == 12
    assert all(frame.shape == (180, 320, 3) and frame.dtype == np.uint8 for frame in frames)


def test_frames_stream():
    long = DemoSettings(320, 180, seconds=3600.0)
    assert len(list(islice(render_demo_frames(long), 2))) == 2


def test_a_seed_decides_every_pixel_and_another_draws_another_clip():
    first, again = (list(islice(render_demo_frames(SMALL), 3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    other = next(render_demo_frames(DemoSettings(320, 180, seconds=0.4, seed=8)))
    assert np.abs(first[0].astype(int) - other).mean() > 10


def test_true_motion_takes_each_frame_onto_the_next():
    still = DemoSettings(640, 360, seconds=0.4, passers_by=False)
    frames = grays(still)
    motion = in_pixels(demo_camera_path(still).true_motion, still.geometry)
    identity = np.eye(3)
    for before, after, truth in zip(frames[:-1], frames[1:], motion[1:], strict=True):
        error = background_error(before, after, truth)
        assert error < 0.25 * background_error(before, after, identity)
        for offset in ((0.25, 0), (-0.25, 0), (0, 0.25), (0, -0.25)):
            shifted = identity.copy()
            shifted[:2, 2] = offset
            assert error < background_error(before, after, shifted @ truth)


def test_passers_by_cover_a_small_part_only():
    alone = DemoSettings(320, 180, frame_rate=2, seconds=8, passers_by=False)
    crowded = DemoSettings(320, 180, frame_rate=2, seconds=8)
    covered = [
        float((np.abs(a - b) > 8).mean()) for a, b in zip(grays(alone), grays(crowded), strict=True)
    ]
    assert 0.01 < np.mean(covered) < 0.2
    assert max(covered) < 0.35


def test_the_camera_never_sees_past_the_scene():
    # A mirrored border would show: the scene is larger than anything the path looks at.
    settings = DemoSettings()
    pose = demo_camera_path(settings).pose
    corners = np.array([1, -1, 1, -1]) + 1j * settings.geometry.half_height * np.array(
        [1, 1, -1, -1]
    )
    seen = pose.linear[:, None] * corners + pose.translation[:, None]
    assert np.abs(seen.real).max() < 1.8
    assert np.abs(seen.imag).max() < 1.8 / 1.6


def test_a_portrait_clip_is_refused():
    with pytest.raises(SettingsError, match="landscape"):
        DemoSettings(360, 640)
