"""What needs no correction gets none; where motion is doubtful, less."""

from dataclasses import replace

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.settings import StageOneSettings, StageTwoSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.smoothing.trust import FOR_MOVING, believed, pair_trust

GEOMETRY = FrameGeometry(1280, 720)
FPS = 30.0
SHAKE = np.array([0.006, 0.006, 0.005, 0.002])[:, None]
NOISE_OF_TRACKS = SHAKE * 2e-3


def shaking(count, amount, seed=0):
    """Random similarities between frames."""
    return Similarity.from_parameters(
        *(np.random.default_rng(seed).normal(size=(4, count)) * amount)
    )


def motion_of(similarity, starts=(0,), **columns):
    count = len(similarity.linear)
    first = np.isin(np.arange(count), starts)
    homography = np.where(first[:, None, None], np.eye(3), similarity.matrix)
    full, times = np.ones(count), np.arange(count)
    motion = Motion(
        GEOMETRY, times, times / FPS, homography, first, full, full, full, full, full, full,
        np.zeros((count, 0)),
    )  # fmt: skip
    return replace(motion, **columns)


def joined(*parts):
    return Similarity(
        np.concatenate([part.linear for part in parts]),
        np.concatenate([part.translation for part in parts]),
    )


@pytest.mark.parametrize("count", [1, 2, 300])
def test_a_tripod_shot_is_untouched(count):
    found = smooth_motion(motion_of(shaking(count, NOISE_OF_TRACKS)), StageOneSettings())
    assert found.untouched.all()
    assert found.shown == pytest.approx(1)  # nothing is cut off


def test_a_steady_pan_is_untouched():
    pan = Similarity(np.ones(200, complex), np.full(200, 0.02 + 0.003j))
    noise = shaking(200, NOISE_OF_TRACKS)
    found = smooth_motion(motion_of(noise @ pan), StageOneSettings())
    assert found.untouched.all()


def test_only_the_resting_shots_of_a_video_are_untouched():
    still, shaken = shaking(100, NOISE_OF_TRACKS), shaking(100, SHAKE, seed=1)
    motion = motion_of(joined(still, shaken, still), starts=(0, 100, 200))
    found = smooth_motion(motion, StageOneSettings())
    assert found.untouched[:100].all()
    assert found.untouched[200:].all()
    assert not found.untouched[100:200].any()
    assert (found.shown[100:200] < 0.95).all()
    window = CropWindow(GEOMETRY, found.window)
    assert window.violation(found.correction, found.bend).max() < 1e-9


def doubted(count, doubt, value=0.0):
    confidence = np.ones(count)
    confidence[doubt] = value
    return {"confidence": confidence}


def test_a_doubtful_motion_within_a_pan_is_bridged():
    pan = Similarity(np.ones(200, complex), np.full(200, 0.02 + 0j))
    pan.translation[100:105] = 0.3j  # as of something that crosses the frame
    motion = motion_of(pan, **doubted(200, slice(100, 105)))
    assert smooth_motion(motion, StageOneSettings()).untouched.all()


def test_a_motion_hardly_trusted_is_not_believed_where_it_is_strange():
    pan = Similarity(np.ones(200, complex), np.full(200, 0.02 + 0j))
    pan.translation[100:105] = 0.3j
    motion = motion_of(pan, **doubted(200, slice(100, 105), value=0.03))
    pairs = pair_trust(motion, FOR_MOVING)
    assert np.array_equal(believed(motion, pairs, [slice(0, 200)], FPS), pairs)


def test_and_believed_where_the_camera_shakes_as_much_all_the_time():
    shaken, settings = shaking(200, SHAKE), StageOneSettings(bend=StageTwoSettings("off"))
    sure = smooth_motion(motion_of(shaken), settings)
    some = np.random.default_rng(2).choice(np.arange(5, 195), 40, replace=False)
    doubtful = motion_of(shaken, **doubted(200, some, value=0.03))
    found = smooth_motion(doubtful, settings)
    away = np.abs(found.correction.translation - sure.correction.translation)
    assert np.sqrt((away**2).mean()) < 0.1 * np.abs(sure.correction.translation).mean()


def test_a_long_stretch_without_any_motion_to_trust_is_left_as_filmed():
    motion = motion_of(shaking(300, SHAKE), **doubted(300, slice(100, 200)))
    found = smooth_motion(motion, StageOneSettings())
    assert found.correction.translation[120:180] == pytest.approx(0)
    assert np.abs(found.correction.translation[:80]).max() > 0.01
    moved = np.abs(np.diff(found.correction.translation[80:121]))
    assert moved.max() < 0.03  # faded, not dropped


def test_nothing_known_nothing_done():
    motion = motion_of(shaking(100, SHAKE), **doubted(100, slice(0, 100)))
    assert smooth_motion(motion, StageOneSettings()).untouched.all()
