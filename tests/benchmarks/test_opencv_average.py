"""The baseline that tutorials teach: its motion and its average, against closed forms."""

import subprocess
from fractions import Fraction

import cv2
import imageio_ffmpeg
import numpy as np
import pytest

from benchmarks.opencv_average import _step, matrix, smoothed, steps
from gfn_core.media.raw_video_pipe import RawVideoPipe


def test_an_even_pan_is_left_alone_but_near_its_ends():
    pan = np.tile([3.0, -1.0, 0.01], (50, 1))
    assert smoothed(pan, 5)[5:-5] == pytest.approx(0)


def test_a_single_jolt_is_spread_over_the_average():
    jolt = np.zeros((41, 3))
    jolt[20, 0] = 11.0  # the summed path is a step of 11 px
    moved = smoothed(jolt, 5)[:, 0] + jolt[:, 0].cumsum()
    assert np.diff(moved)[14:25] == pytest.approx(1)  # climbed in 2 x 5 + 1 even steps


def test_a_move_is_undone_by_its_inverse():
    there, back = (np.vstack([matrix(np.array(m)), [0, 0, 1]]) for m in ((4, 2, 0), (-4, -2, 0)))
    assert there @ back == pytest.approx(np.eye(3))


def test_a_known_shift_is_found(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (300, 400), np.uint8)
    texture = cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 4), None, 0, 255, cv2.NORM_MINMAX)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "nut", "-i", "-"]
    clip = tmp_path / "clip.mkv"
    with subprocess.Popen([*command, "-c:v", "ffv1", clip], stdin=subprocess.PIPE) as encoder:
        pipe = RawVideoPipe(encoder.stdin, (320, 240), "gray", Fraction(1, 25), Fraction(25))
        for index in range(4):  # the window goes right and down: the picture left and up
            x, y = 3 * index, 2 * index
            pipe.write(index, [np.ascontiguousarray(texture[y : y + 240, x : x + 320])])
        pipe.close()
        encoder.stdin.close()
    found = np.array(list(steps(clip)))
    assert found[0] == pytest.approx(0)
    assert found[1:, :2] == pytest.approx(np.tile([-3.0, -2.0], (3, 1)), abs=0.1)
    assert found[1:, 2] == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("corners", [0, 1])
def test_too_little_to_follow_is_rest(corners):
    blank = np.full((120, 160), 90, np.uint8)
    blank[:60, : 80 * corners] = 200
    assert _step(blank, blank) == (0.0, 0.0, 0.0)
