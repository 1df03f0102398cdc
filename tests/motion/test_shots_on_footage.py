"""Hard cuts of real clips, against ffmpeg's own scene detector."""

import re
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from imageio_ffmpeg import get_ffmpeg_exe

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.tracks_estimator import TracksEstimator
from tests.gray_frames import gray_frame

CLIPS = Path(__file__).parents[3] / "shared" / "clips"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CLIPS.is_dir(), reason="real footage is not at hand"),
]


def frames(path):
    capture, index = cv2.VideoCapture(str(path)), 0
    while (read := capture.read())[0]:
        yield gray_frame(index, cv2.cvtColor(read[1], cv2.COLOR_BGR2GRAY))
        index += 1


def found_cuts(path):
    height, width = next(frames(path)).luma.shape
    motion = estimate_motion(frames(path), TracksEstimator(), FrameGeometry(width, height))
    return np.flatnonzero(motion.shot_start).tolist()[1:]


def ffmpeg_cuts(path):
    scenes = "scdet=threshold=8,metadata=print:key=lavfi.scd.time"
    command = [get_ffmpeg_exe(), "-i", str(path), "-vf", scenes, "-f", "null", "-"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return [int(frame) for frame in re.findall(r"frame:(\d+) ", output)]


@pytest.mark.parametrize("name", ["bikes_cuts.mp4", "hmdb_truman_cut.avi"])
def test_hard_cuts_are_those_that_ffmpeg_finds(name):
    path = CLIPS / "scenes" / name
    cuts = found_cuts(path)
    assert cuts
    assert cuts == ffmpeg_cuts(path)


@pytest.mark.parametrize(
    "name",
    [
        "shaky/lightstab_blurcar.mp4",
        "shaky/foreman_cif.mp4",
        "shaky/cotracker_teddy.mp4",
        "hard/davis_scooter-black.mp4",  # a pan of 160 px of 1920 a frame
    ],
)
def test_neither_shake_nor_a_fast_pan_is_taken_for_a_cut(name):
    assert found_cuts(CLIPS / name) == []
