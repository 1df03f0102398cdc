"""Predicted figures against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.metrics.prediction import predict
from gfn_core.motion.model import Motion
from gfn_core.motion.path import accumulate
from gfn_core.motion.similarity import Similarity

FRAMES = 400


def moved(x: np.ndarray) -> Motion:
    """A camera whose picture lies at `x` (N,), half-widths."""
    homography = np.tile(np.eye(3), (FRAMES, 1, 1))
    homography[1:, 0, 2] = np.diff(x)
    start, zero, time = np.arange(FRAMES) == 0, np.zeros(FRAMES), np.arange(FRAMES)
    geometry, scalars = FrameGeometry(1280, 720), [zero] * 6
    return Motion(geometry, time, time / 30, homography, start, *scalars, dct=np.zeros((FRAMES, 0)))


def test_a_fast_swing_is_its_amplitude_and_a_crop_magnifies_it() -> None:
    swing = 0.01 * np.sin(np.arange(FRAMES) * 2.0)
    for window in (1.0, 0.8):
        found = predict(moved(swing), window, Similarity.identity(FRAMES))
        assert found.jitter_px == pytest.approx(9.6 / np.sqrt(2) / window, rel=0.02)
        second = np.abs(np.diff(swing, 2)).mean() * 960 / window
        assert found.acceleration_px == pytest.approx(second, rel=1e-9)
        assert found.lost_view == pytest.approx(1 - window**2)
        assert found.largest_correction_px == 0


def test_what_follows_the_camera_leaves_nothing() -> None:
    motion = moved(0.02 * np.sin(np.arange(FRAMES) * 0.7))
    correction = accumulate(motion.similarity, motion.shot_start)
    found = predict(motion, 0.9, correction)
    assert max(found.jitter_px, found.acceleration_px) < 1e-9
    assert found.largest_correction_px == pytest.approx(0.02 * 960, rel=0.01)


def test_the_flow_scores_by_how_slow_it_is() -> None:
    still, time = Similarity.identity(FRAMES), np.arange(FRAMES) / FRAMES
    slow = 0.02 * np.sin(2 * np.pi * 2 * time)  # bin 2 of the spectrum
    quick = 0.02 * np.sin(2 * np.pi * 50 * time)  # bin 50
    for x, score in ((0 * time, 1.0), (slow, 1.0), (quick, 0.0), (slow + quick, 0.5)):
        assert predict(moved(x), 1.0, still).flow_stability == pytest.approx(score, abs=0.01)


def test_what_the_dct_adds_to_the_flow_counts() -> None:
    quick = 0.02 * np.sin(2 * np.pi * 50 * np.arange(FRAMES) / FRAMES)
    homographies = moved(quick)
    dct = np.zeros((FRAMES, 18))
    dct[1:, 0] = np.diff(quick)  # the constant term: a shift of the whole frame
    by_dct = replace(moved(0 * quick), dct=dct)
    still = Similarity.identity(FRAMES)
    assert predict(by_dct, 1.0, still).flow_stability == pytest.approx(
        predict(homographies, 1.0, still).flow_stability, abs=1e-9
    )


def test_a_cut_is_no_motion() -> None:
    motion = moved(np.where(np.arange(FRAMES) < 200, 0.0, 0.5))
    motion.shot_start[200] = True
    assert predict(motion, 1.0, Similarity.identity(FRAMES)).jitter_px < 1e-9


def test_one_frame_is_still() -> None:
    one = moved(np.zeros(FRAMES))
    short = replace(
        one,
        **{name: value[:1] for name, value in vars(one).items() if isinstance(value, np.ndarray)},
    )
    assert predict(short, 0.9, Similarity.identity(1)).flow_stability == 1.0
