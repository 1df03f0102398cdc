from itertools import islice

import numpy as np
import pytest
import torch

from gfn_core.errors import SettingsError
from gfn_core.training.clip_pairs import LONGEST_SKIP, clip_batches

CPU = torch.device("cpu")


def test_batches_hold_frames_that_follow_each_other(small_clip, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    clips = [broken, small_clip]
    batches = clip_batches(clips, 3, 128, 96, np.random.default_rng(0), CPU)
    for batch in islice(batches, 2):
        assert batch.first.shape == batch.second.shape == (3, 1, 96, 128)
        assert batch.rough.there.shape == batch.rough.back.shape == (3, 2, 48, 64)
        assert set(batch.frame_skip.tolist()) <= set(range(1, LONGEST_SKIP + 1))
        assert (batch.first - batch.second).abs().max() > 0.01


def test_clips_of_which_none_can_be_read_are_refused(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    with pytest.raises(SettingsError, match="none of the 1 clips"):
        next(clip_batches([broken], 2, 64, 48, np.random.default_rng(0), CPU))
