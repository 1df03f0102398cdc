"""A rolling shutter of known truth: rows are exposed one by one while the camera shakes."""

import cv2
import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.metrics.stability import local_jitter
from gfn_core.metrics.tracked_path import tracked_path
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.tracks_estimator import TracksEstimator
from gfn_core.render.warp import plane_warp, warp_plane
from gfn_core.smoothing.settings import StageOneSettings, StageTwoSettings
from gfn_core.smoothing.smoother import smooth_motion
from tests.gray_frames import gray_frame

WIDTH, HEIGHT, COUNT, FPS = 320, 180, 90, 30.0
READOUT_SECONDS = 0.025  # from the first row to the last; phones take 10 to 30 ms
MARGIN = 40


def place_px(seconds):
    """Where the camera points: hand shake of 1 to 6 Hz, sideways and up and down."""
    x = 5 * np.sin(2 * np.pi * 1.3 * seconds) + 3 * np.sin(2 * np.pi * 5.1 * seconds + 1)
    y = 3 * np.sin(2 * np.pi * 1.7 * seconds + 2) + 2 * np.sin(2 * np.pi * 4.3 * seconds)
    return x, y


def filmed(readout_seconds):
    noise = np.random.default_rng(0).uniform(0, 1, (HEIGHT + 2 * MARGIN, WIDTH + 2 * MARGIN))
    scene = sum(cv2.GaussianBlur(noise, (0, 0), sigma) * sigma for sigma in (1.5, 3, 8))
    scene = cv2.normalize(scene, None, 0, 255, cv2.NORM_MINMAX).astype(np.float32)
    columns, rows = np.meshgrid(np.arange(WIDTH), np.arange(HEIGHT))
    for index in range(COUNT):
        x, y = place_px(index / FPS + readout_seconds * rows / HEIGHT)
        at_x, at_y = (
            (columns + MARGIN + x).astype(np.float32),
            (rows + MARGIN + y).astype(np.float32),
        )
        picture = cv2.remap(scene, at_x, at_y, cv2.INTER_CUBIC)
        yield gray_frame(index, picture.clip(0, 255).astype(np.uint8), FPS)


def wobble(frames, motion, method):
    settings = StageOneSettings(crop=0.85, bend=StageTwoSettings(method))
    warps = smooth_motion(motion, settings).output_to_source
    shown = [
        warp_plane(frame.luma, plane_warp(warp, motion.geometry, np.eye(3)))
        for frame, warp in zip(frames, warps, strict=True)
    ]
    return local_jitter(tracked_path(shown))


@pytest.fixture(scope="module")
def rolling():
    frames = list(filmed(READOUT_SECONDS))
    return frames, estimate_motion(iter(frames), TracksEstimator(), FrameGeometry(WIDTH, HEIGHT))


@pytest.mark.parametrize("method", ["mean", "program"])
def test_most_of_the_wobble_is_removed(rolling, method):
    alone, both = wobble(*rolling, "off"), wobble(*rolling, method)
    assert alone > 1e-3  # half-widths: it is there
    assert both < 0.5 * alone


def test_a_global_shutter_needs_no_bends(rolling):
    frames = list(filmed(0.0))
    geometry = FrameGeometry(WIDTH, HEIGHT)
    motion = estimate_motion(iter(frames), TracksEstimator(), geometry)
    bends = [
        smooth_motion(each, StageOneSettings(crop=0.85)).residual for each in (motion, rolling[1])
    ]
    assert np.std(bends[0]) < 0.1 * np.std(bends[1])
