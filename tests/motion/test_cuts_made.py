"""Cuts, flashes, fades and dissolves made from real clips, so that their places are known."""

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from gfn_core.audit.shake import source_steps
from gfn_core.geometry import FrameGeometry
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.tracks_estimator import TracksEstimator
from tests.gray_frames import gray_frame

CLIPS = Path(__file__).parents[3] / "shared" / "clips"
NAMES = [
    "shaky/linyihao_path.mp4",
    "shaky/nndvs_indoor_unstable_crop.mp4",
    "shaky/selh_park_walk.mp4",
    "static/vtest.avi",
    "shaky/kinetics_street.mp4",
    "static/sam2_01_dog.mp4",
]
WIDTH, HEIGHT = 320, 240
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIPS.is_dir(), reason="real footage is not at hand"),
]


@pytest.fixture(scope="module")
def clips():
    return {name: frames(name, 40) for name in NAMES}


def frames(name, count):
    capture, found = cv2.VideoCapture(str(CLIPS / name)), []
    while len(found) < count and (read := capture.read())[0]:
        gray = cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY)
        found.append(cv2.resize(gray, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA))
    return np.array(found, np.float32)


def motion(pictures):
    stream = (
        gray_frame(i, picture.clip(0, 255).astype(np.uint8)) for i, picture in enumerate(pictures)
    )
    return estimate_motion(stream, TracksEstimator(), FrameGeometry(WIDTH, HEIGHT))


def cuts(pictures):
    return np.flatnonzero(motion(pictures).shot_start).tolist()[1:]


def pan(picture, count=12, step_px=24):
    wide = cv2.resize(picture, (WIDTH + count * step_px, HEIGHT))
    return np.stack([wide[:, step_px * i : step_px * i + WIDTH] for i in range(count)])


PAIRS = list(pairwise([*NAMES, NAMES[0]]))
FADE = np.linspace(1, 0, 10)[:, None, None]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_hard_cut_is_found_where_it_is(clips, first, second):
    assert cuts(np.concatenate([clips[first][:20], clips[second][:20]])) == [20]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_fade_through_black_to_another_shot_is_one_cut_in_the_dark(clips, first, second):
    a, b = clips[first], clips[second]
    found = cuts(np.concatenate([a[:10], a[10:20] * FADE, b[:10] * FADE[::-1], b[10:20]]))
    assert len(found) == 1
    assert 15 <= found[0] <= 25


@pytest.mark.parametrize("name", NAMES)
def test_no_cut_where_the_picture_comes_back(clips, name):
    clip = clips[name]
    flash, white, fade = clip[:24].copy(), clip[:24].copy(), clip.copy()
    flash[12], flash[13] = flash[12] * 0.2 + 220, flash[13] * 0.5 + 120
    white[12:14] = 255
    fade[10:20] *= FADE
    fade[20:30] *= FADE[::-1]
    assert cuts(flash) == cuts(white) == cuts(fade) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_cut_in_a_whip_pan_in_the_dark_or_where_frames_repeat(clips, name):
    wide = cv2.resize(clips[name][0], (4 * WIDTH, HEIGHT))
    whip = np.stack([wide[:, 90 * i : 90 * i + WIDTH] for i in range(10)])
    assert cuts(whip) == []
    assert cuts(clips[name][:20] * 0.04) == []
    assert cuts(np.repeat(clips[name][:10], 2, axis=0)) == []


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_cut_within_a_pan_is_found_where_it_is(clips, first, second):
    assert cuts(np.concatenate([pan(clips[first][0]), pan(clips[second][0])])) == [12]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a_dissolve_is_no_cut_and_the_picture_that_rules_is_followed(clips, first, second):
    a, b, length = clips[first][:32], clips[second][:32], 12
    share = np.linspace(0, 1, length + 2)[1:-1, None, None]
    mixed = a[-length:] * (1 - share) + b[:length] * share
    found = motion(np.concatenate([a[:-length], mixed, b[length:]]))
    begin, half = len(a) - length, length // 2
    ruling = np.concatenate(
        [source_steps(motion(a))[begin : begin + half], source_steps(motion(b))[half:length]]
    )
    error = np.linalg.norm(source_steps(found)[begin : begin + length] - ruling, axis=-1)
    assert found.shot_start.sum() == 1
    assert np.median(error.mean(axis=-1)) < 0.25 * np.linalg.norm(ruling, axis=-1).mean()
