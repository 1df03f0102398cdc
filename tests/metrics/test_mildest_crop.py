"""The window that is chosen is enough, and the next milder one is not."""

from dataclasses import replace

import numpy as np
import pytest

from gfn_core.geometry import FrameGeometry
from gfn_core.metrics.mildest_crop import STEP, mildest_crop
from gfn_core.metrics.prediction import predict
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.stage_one import smooth

COUNT, FPS = 120, 30.0


def shaky(amount):
    noise = np.random.default_rng(0).normal(size=(4, COUNT)) * amount
    similarity = Similarity.from_parameters(*(noise * [[1.0], [1.0], [0.5], [0.2]]))
    first, full, times = np.arange(COUNT) == 0, np.ones(COUNT), np.arange(COUNT)
    homography = np.where(first[:, None, None], np.eye(3), similarity.matrix)
    return Motion(
        FrameGeometry(1280, 720), times, times / FPS, homography, first, full, full, full, full,
        full, full, np.zeros((COUNT, 0)),
    )  # fmt: skip


def removed(motion, crop):
    settings = StageOneSettings(crop=crop)
    found = smooth(motion.similarity, motion.shot_start, motion.geometry, FPS, settings)
    before = predict(motion, 1.0, Similarity.identity(COUNT)).jitter_px
    return 1 - predict(motion, crop, found.correction).jitter_px / before


@pytest.mark.parametrize(("amount", "share"), [(0.02, 0.5), (0.006, 0.8)])
def test_it_is_enough_and_the_next_milder_is_not(amount, share):
    motion = shaky(amount)
    crop = mildest_crop(motion, StageOneSettings(crop=0.7, removed_share=share))
    assert 0.7 < crop < 0.98
    assert removed(motion, crop) > share - 0.01
    assert removed(motion, crop + STEP) < share + 0.01


def test_it_is_never_less_than_the_crop():
    assert mildest_crop(shaky(0.05), StageOneSettings(crop=0.9, removed_share=0.95)) == 0.9


def test_it_is_the_crop_where_there_is_none_milder():
    assert mildest_crop(shaky(0.05), StageOneSettings(crop=0.98, removed_share=0.5)) == 0.98


def test_a_still_clip_needs_least():
    assert mildest_crop(shaky(1e-6), StageOneSettings(crop=0.7, removed_share=0.9)) == 0.98


def test_what_cannot_be_relied_on_asks_for_no_smaller_window():
    """The end is garbage, and known to be; the rest asks for what it asks for alone."""
    motion = shaky(0.006)
    garbage = np.arange(COUNT) >= 90
    confidence = np.where(garbage, 0.0, 1.0)
    noise = np.random.default_rng(1).normal(size=(COUNT, 2)) * 0.2
    homography = motion.homography.copy()
    homography[garbage, :2, 2] += noise[garbage]
    doubtful = replace(motion, homography=homography, confidence=confidence)
    settings = StageOneSettings(crop=0.7, removed_share=0.8)
    sure = mildest_crop(motion[:90], settings)
    assert mildest_crop(doubtful, settings) == pytest.approx(sure, abs=STEP + 1e-9)
