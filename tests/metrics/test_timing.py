import numpy as np
import pytest

from gfn_core.metrics.timing import timing


def test_equal_times_agree_whatever_their_start():
    times = np.array([0.0, 0.04, 0.1, 0.14])
    figures = timing(times, times + 3)
    assert figures.same_frame_count
    assert figures.largest_shift_seconds == pytest.approx(0)


def test_a_lost_frame_and_a_late_one_are_seen():
    figures = timing(np.array([0.0, 0.04, 0.08]), np.array([0.0, 0.05]))
    assert not figures.same_frame_count
    assert (figures.source_frames, figures.stabilized_frames) == (3, 2)
    assert figures.largest_shift_seconds == pytest.approx(0.01)


def test_empty_videos_are_timed_too():
    assert timing(np.array([]), np.array([])).same_frame_count
