"""The quick solver against the one that rendering uses."""

from dataclasses import replace

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.rest import at_rest
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.smoothing.stage_one import shots, smooth
from gfn_core.smoothing.what_if import corrections_at
from gfn_core.synthetic.camera_path import shaky_path

GEOMETRY = FrameGeometry(1280, 720)


def shaky_motion(frames: int, cuts: tuple[int, ...] = (), scale: float = 1.0) -> Motion:
    homography = np.eye(3) + scale * (shaky_path(frames, 30, seed=2).true_motion - np.eye(3))
    start = np.isin(np.arange(frames), (0, *cuts))
    homography[start] = np.eye(3)
    one, time = np.ones(frames), np.arange(frames)
    scalars = [one] * 6
    return Motion(GEOMETRY, time, time / 30, homography, start, *scalars, dct=np.zeros((frames, 0)))


@pytest.mark.parametrize(
    ("frames", "cuts", "settings"),
    [
        (200, (), StageOneSettings()),
        (120, (50, 51, 90), StageOneSettings()),
        (3, (), StageOneSettings()),
        (90, (), StageOneSettings(velocity_seconds=1.0, jerk_seconds=0.4)),
        (60, (), StageOneSettings(norm="l1")),
        (60, (), StageOneSettings(zoom_share=0.35)),
    ],
)
def test_it_finds_the_same_corrections(
    frames: int, cuts: tuple[int, ...], settings: StageOneSettings
) -> None:
    motion, crops = shaky_motion(frames, cuts), (0.8, 0.95, 1.0)
    for crop, (window, found) in zip(crops, corrections_at(motion, settings, crops), strict=True):
        chosen = StageOneSettings(**{**vars(settings), "crop": crop})
        moved = smooth(motion.similarity, motion.shot_start, GEOMETRY, 30.0, chosen)
        expected = at_rest(moved, shots(motion.shot_start))
        assert window == expected.window
        off_px = 960 * np.abs(found.translation - expected.correction.translation)
        assert off_px.max() < 0.02
        assert 960 * np.abs(found.linear - expected.correction.linear).max() < 0.02
        assert CropWindow(GEOMETRY, window).violation(found).max() < 0.01


def test_a_camera_at_rest_is_shown_whole() -> None:
    for window, found in corrections_at(shaky_motion(40, scale=0), StageOneSettings(), (0.8, 0.9)):
        assert (found.linear == 1 / window).all()
        assert (found.translation == 0).all()


def test_doubtful_motion_is_treated_as_it_is_when_rendering() -> None:
    """A shot whose end cannot be relied on, and one at rest."""
    motion = shaky_motion(300, cuts=(200,))
    rng = np.random.default_rng(3)
    homography, confidence = motion.homography.copy(), np.ones(300)
    homography[150:200, :2, 2] += 0.3 * rng.normal(size=(50, 2))
    homography[200:] = np.eye(3)
    confidence[150:200] = 0
    motion = replace(motion, homography=homography, confidence=confidence)
    ((window, found),) = corrections_at(motion, StageOneSettings(), (0.85,))
    rendered = smooth_motion(motion, StageOneSettings(crop=0.85))
    assert window == rendered.window
    assert 960 * np.abs(found.translation - rendered.correction.translation).max() < 0.02
    assert 960 * np.abs(found.linear - rendered.correction.linear).max() < 0.02
