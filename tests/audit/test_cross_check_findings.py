"""Two looks at the same frames, of which one errs in known places."""

from dataclasses import replace

import numpy as np
import pytest

from gfn_core.audit.cross_check import SecondLook, disagreements, stretches_to_check
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.homography import inverse
from gfn_core.motion.model import Motion
from gfn_core.synthetic.camera_path import shaky_path

COUNT = 60


@pytest.fixture
def stored() -> Motion:
    time, zero = np.arange(COUNT), np.zeros(COUNT)
    homography = shaky_path(COUNT, 30, 4).true_motion
    parts = (FrameGeometry(640, 360), time, time / 30, homography, time == 0, *[zero] * 6)
    return Motion(*parts, dct=np.zeros((COUNT, 0)))


def opposite(motion: Motion) -> Motion:
    """What an exact estimator finds in the same frames in the opposite order, frame by frame."""
    homography, starts = np.empty((COUNT, 3, 3)), np.zeros(COUNT, bool)
    homography[0], starts[0] = np.eye(3), True
    for place in range(1, COUNT):
        later = COUNT - place  # of the two frames: from it the motion leads to the one before
        homography[place], starts[place] = (
            inverse(motion.homography[later]),
            motion.shot_start[later],
        )
    return replace(motion, homography=homography, shot_start=starts)


def test_exact_looks_agree(stored: Motion) -> None:
    for look in (SecondLook.by("tracks", stored), SecondLook.backward(opposite(stored))):
        assert not list(disagreements("a.mp4", stored, look))


@pytest.mark.parametrize("is_backward", [False, True])
def test_an_error_is_found_where_it_is(stored: Motion, is_backward: bool) -> None:
    wrong = stored.homography.copy()
    wrong[20:26, 0, 2] += 0.02  # 19 px of 1920
    seen = replace(stored, homography=wrong)
    look = SecondLook.backward(opposite(seen)) if is_backward else SecondLook.by("glocal", seen)
    (finding,) = disagreements("a.mp4", stored, look)
    assert finding.code == ("not-reversible" if is_backward else "estimators-disagree")
    assert finding.start_seconds == pytest.approx(20 / 30)
    assert finding.end_seconds == pytest.approx(25 / 30)
    assert "19 px" in finding.message


def test_a_cut_on_one_look_alone(stored: Motion) -> None:
    cut = replace(stored, shot_start=stored.shot_start | (np.arange(COUNT) == 30))
    for first, second, words in ((stored, cut, "not stored"), (cut, stored, "not found")):
        (finding,) = disagreements("a.mp4", first, SecondLook.by("tracks", second))
        assert words in finding.message
        assert finding.start_seconds == 1.0


@pytest.mark.parametrize("frames", [1, 50, 144, 145, 5000])
def test_stretches_lie_in_the_clip_and_apart(frames: int) -> None:
    stretches = stretches_to_check(frames)
    looked_at = [frame for each in stretches for frame in range(frames)[each]]
    assert len(looked_at) == min(frames, 144)
    assert len(set(looked_at)) == len(looked_at)
    assert {0, frames - 1} <= set(looked_at)
