"""Streams of scenes: the same whoever renders them, and gone when closed."""

import multiprocessing
from dataclasses import replace
from itertools import islice
from operator import attrgetter

import numpy as np
import pytest

from gfn_core.errors import SettingsError
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_settings import SceneSettings
from gfn_core.training.scene_stream import SceneStream

STREAM = SceneStream(
    library=PhotoLibrary.drawn(np.random.default_rng(0), 3),
    settings_at=lambda batch: SceneSettings.of_difficulty(min(1.0, batch / 10)),
    keep=attrgetter("first", "second", "moving_area"),
    width=64,
    height=48,
    batch_size=2,
    seed=11,
    workers=0,
)


def taken(stream, count, first=0):
    batches = stream.batches(first)
    found = list(islice(batches, count))
    batches.close()
    return found


def assert_same(batches, others):
    for batch, other in zip(batches, others, strict=True):
        for item, twin in zip(batch, other, strict=True):
            for value, copy in zip(item, twin, strict=True):
                np.testing.assert_array_equal(value, copy)


def test_workers_change_nothing_and_stop():
    alone = taken(STREAM, 5)
    assert len(alone[0]) == STREAM.batch_size
    assert_same(alone, taken(replace(STREAM, workers=2), 5))
    assert not multiprocessing.active_children()


def test_a_stream_resumes_where_it_stopped():
    assert_same(taken(STREAM, 5)[3:], taken(STREAM, 2, first=3))


def test_no_scene_comes_twice():
    firsts = [item[0] for batch in taken(STREAM, 3) for item in batch]
    assert len({first.tobytes() for first in firsts}) == len(firsts)


def test_a_worker_that_fails_says_so():
    failing = replace(STREAM, workers=1, truth_stride=5)
    with pytest.raises(SettingsError, match="stride"):
        taken(failing, 1)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("asked", [{"batch_size": 0}, {"workers": -1}, {"ahead": 0}, {"seed": -1}])
def test_impossible_streams_are_refused(asked):
    with pytest.raises(SettingsError):
        replace(STREAM, **asked)
