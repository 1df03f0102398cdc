from itertools import islice

import cv2
import numpy as np
import pytest
import torch

from gfn_core.training.batch_stream import BatchStream
from gfn_core.training.pair_pool import PoolSettings
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_pairs import Curriculum, ScenePairs

CPU = torch.device("cpu")
SETTINGS = PoolSettings(batch_size=3, fresh_per_batch=2, capacity=8, portrait_chance=0.0)


@pytest.fixture(scope="module")
def scenes():
    library = PhotoLibrary.drawn(np.random.default_rng(0), 4)
    return ScenePairs(library, 1, 64, 48, Curriculum())


def first_frames(scenes, start=0, workers=0, steps=4):
    stream = BatchStream(scenes, SETTINGS, start).batches(workers, CPU)
    return torch.stack([batch.first for batch in islice(stream, steps)])


def test_same_seed_and_start_same_batches(scenes):
    once = first_frames(scenes)
    assert once.shape == (4, 3, 1, 48, 64)
    assert torch.equal(once, first_frames(scenes))
    assert not torch.equal(once, first_frames(scenes, start=4))


def test_workers_share_the_scenes_out_and_may_be_repeated(scenes):
    once = first_frames(scenes, workers=2)
    assert torch.equal(once, first_frames(scenes, workers=2))
    assert len(set(once.flatten(1).sum(dim=1).tolist())) == 4  # no worker repeats another


def test_workers_do_not_hang_on_threads_that_opencv_has_here(scenes):
    cv2.setNumThreads(2)
    cv2.resize(np.zeros((2000, 2000), np.float32), (3000, 3000))  # starts them
    assert len(first_frames(scenes, workers=1)) == 4
