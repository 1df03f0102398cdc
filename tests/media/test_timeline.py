"""Every frame gets one time, and times rise."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gfn_core.media.timeline import FrameClock, Timeline

PTS = st.lists(st.integers(-(10**6), 10**9), min_size=1, max_size=60)


def timeline_of(pts):
    return Timeline(np.sort(np.array(pts, np.int64)), last_duration=1)


@given(PTS)
def test_frame_times_rise_and_stay_where_they_can(pts):
    timeline = timeline_of(pts)
    times = timeline.frame_pts
    assert np.all(np.diff(times) > 0)
    assert np.all(times >= timeline.packet_pts)
    if len(set(pts)) == len(pts):
        assert np.array_equal(times, timeline.packet_pts)


@given(PTS, st.booleans())
def test_stamped_times_rise_whatever_the_decoder_says(pts, timestamps_rise):
    clock = FrameClock(timeline_of(pts), timestamps_rise)
    stamped = [clock.stamp(own) for own in [*pts, None, 0, 0]]
    assert np.all(np.diff(stamped) > 0)


@given(PTS)
def test_disordered_timestamps_are_dealt_out_in_order(pts):
    timeline = timeline_of(pts)
    clock = FrameClock(timeline, timestamps_rise=False)
    assert [clock.stamp(own) for own in pts] == timeline.frame_pts.tolist()


@given(st.sets(st.integers(0, 10**6), min_size=2, max_size=50), st.data())
def test_a_lost_frame_moves_no_other(pts, data):
    lost = data.draw(st.sampled_from(sorted(pts)))
    kept = sorted(pts - {lost})
    clock = FrameClock(timeline_of(list(pts)), timestamps_rise=True)
    assert [clock.stamp(own) for own in kept] == kept
