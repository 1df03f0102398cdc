import cv2
import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.metrics.tracked_path import robust_homography, tracked_path
from gfn_core.motion.homography import flow, from_pixels, transform

SIZE = FrameGeometry(640, 360)


def random_views(count, seed):
    rng = np.random.default_rng(seed)
    views = []
    for _ in range(count):
        angle, scale = rng.normal(0, 0.015), np.exp(rng.normal(0, 0.01))
        view = np.eye(3)
        view[:2, :2] = scale * np.array(
            [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
        )
        view[:2, 2] = rng.normal(0, 10, 2)
        view[2, :2] = rng.normal(0, 1e-5, 2)
        views.append(view)
    return views


def in_half_widths(centered_px):
    to_corner = np.array([[1, 0, 319.5], [0, 1, 179.5], [0, 0, 1]])
    return from_pixels(to_corner @ centered_px @ np.linalg.inv(to_corner), SIZE)


def in_pixels_moved(homography_px):
    grid = np.stack(np.meshgrid(np.linspace(40, 600, 8), np.linspace(40, 320, 5)), -1)
    return transform(homography_px, grid.reshape(-1, 2)) - grid.reshape(-1, 2)


def error_px(found, truth):
    points = SIZE.grid(16, 9).reshape(-1, 2)
    return np.linalg.norm(flow(found, points) - flow(truth, points), axis=-1).max() * 320


def test_known_homographies_are_found_to_a_tenth_of_a_pixel(look):
    views = random_views(6, seed=1)
    path = tracked_path(look(view) for view in views)
    assert path.tracked.tolist() == [False] + [True] * 5
    assert np.array_equal(path.homography[0], np.eye(3))
    for t in range(1, 6):
        truth = in_half_widths(np.linalg.inv(views[t]) @ views[t - 1])
        assert error_px(path.homography[t], truth) < 0.1


def test_an_object_crossing_does_not_count(look):
    views = random_views(5, seed=2)
    patch = np.random.default_rng(5).integers(0, 255, (120, 160), np.uint8)
    frames = []
    for t, view in enumerate(views):
        frame = look(view)
        frame[100:220, 60 + 25 * t : 220 + 25 * t] = cv2.GaussianBlur(patch, (0, 0), 2)
        frames.append(frame)
    path = tracked_path(frames)
    for t in range(1, 5):
        truth = in_half_widths(np.linalg.inv(views[t]) @ views[t - 1])
        assert error_px(path.homography[t], truth) < 0.2


@pytest.mark.parametrize("seed", range(8))
def test_more_corners_of_an_object_do_not_outvote_the_picture(seed):
    """As a surfer before waves: each of them moves a little by itself, he as one."""
    rng = np.random.default_rng(seed)
    water = rng.uniform((0, 0), (640, 360), (160, 2))
    surfer = rng.uniform((280, 140), (350, 210), (60, 2))
    start = rng.permutation(np.concatenate([water, surfer]))
    is_surfer = (np.abs(start - (315, 175)) <= 35).all(axis=1)
    end = start + np.where(is_surfer[:, None], (2, 1), (-20, 2))
    end += rng.normal(0, np.where(is_surfer, 0.1, 1.5)[:, None], end.shape)
    found = in_pixels_moved(robust_homography(start, end))
    assert np.linalg.norm(found - (-20, 2), axis=-1).mean() < 1


def test_where_corners_are_in_one_place_they_still_tell():
    rng = np.random.default_rng(7)
    start = rng.uniform((300, 200), (330, 230), (200, 2))  # smaller than a cell of the frame
    found = in_pixels_moved(robust_homography(start, start + np.array((3, -2))))
    assert np.allclose(found, (3, -2), atol=0.01)


def test_a_few_corners_far_away_do_not_hide_the_picture():
    """As a clock in the corner: what is covered grows, what the picture fills of it shrinks."""
    rng = np.random.default_rng(8)
    strip, clock = rng.uniform((20, 150), (420, 190), (200, 2)), np.array([[30, 350], [630, 350]])
    start = np.concatenate([strip, clock])
    end = start + np.where(np.arange(202)[:, None] < 200, (5, -3), (0, 0))
    found = transform(robust_homography(start, end), strip) - strip
    assert np.linalg.norm(found - (5, -3), axis=-1).mean() < 0.3


@pytest.mark.parametrize("seed", range(5))
def test_matches_along_a_line_tell_no_perspective(seed):
    """As a caption: what lies across it is not known, and must not be made up."""
    rng = np.random.default_rng(seed)
    start = rng.uniform((20, 180), (620, 182), (60, 2))
    end = start + np.array((5, -3)) + rng.normal(0, 0.2, start.shape)
    found = in_pixels_moved(robust_homography(start, end))
    assert np.abs(found - (5, -3)).max() < 1


def test_wobble_counts_alike_in_portrait_and_landscape(look):
    y, x = np.mgrid[:360, :640].astype(np.float32)
    wobble = 1.5 * np.cos(2 * np.pi * x / 640)
    frames = [
        cv2.remap(look(np.eye(3)), x + sign * wobble, y, cv2.INTER_CUBIC) for sign in (-1, 1, -1)
    ]
    upright = [np.ascontiguousarray(frame.T) for frame in frames]
    wide, tall = (np.isfinite(tracked_path(each).residual[1:]).mean() for each in (frames, upright))
    assert tall == pytest.approx(wide, abs=0.06)


def test_half_widths_do_not_depend_on_the_resolution(look):
    views = random_views(3, seed=4)
    small = [look(view) for view in views]
    large = [cv2.resize(frame, (1280, 720), interpolation=cv2.INTER_CUBIC) for frame in small]
    found = zip(tracked_path(large).homography, tracked_path(small).homography, strict=True)
    assert all(error_px(a, b) < 0.1 for a, b in found)


def test_a_repeated_frame_has_no_motion_and_is_no_failure(look):
    frame = look(np.eye(3))
    path = tracked_path([frame, frame])
    assert path.tracked[1]
    assert np.array_equal(path.homography[1], np.eye(3))
    assert path.failures == 0


def test_cuts_and_black_frames_count_as_failures(look):
    black = np.zeros((360, 640), np.uint8)
    noise = np.random.default_rng(6).integers(0, 255, (360, 640), np.uint8)
    path = tracked_path([look(np.eye(3)), black, look(np.eye(3)), noise])
    assert path.failures == 3
    assert np.array_equal(path.homography, np.broadcast_to(np.eye(3), (4, 3, 3)))


def test_frames_of_two_sizes_are_refused(look):
    with pytest.raises(ValueError, match="two sizes"):
        tracked_path([look(np.eye(3)), np.zeros((100, 100), np.uint8)])
    with pytest.raises(ValueError, match="no frame"):
        tracked_path([])
