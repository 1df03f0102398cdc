"""The drawn course of a clip: the same picture at any length, the same file every time."""

import numpy as np

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.model import Motion
from gfn_core.motion.similarity import Similarity
from gfn_core.report.course import Course, thinned
from gfn_core.report.path_plot import course_plot_svg
from gfn_core.report.pictures import StillPair, with_outline
from gfn_core.smoothing.trajectory import Trajectory

GEOMETRY = FrameGeometry(640, 360)


def course(frames: int, shift: complex = 0.0) -> Course:
    start = np.zeros(frames, bool)
    start[[0, frames // 2]] = True
    none = np.zeros(frames)
    motion = Motion(
        GEOMETRY,
        np.arange(frames),
        np.arange(frames) / 25,
        np.tile(np.eye(3), (frames, 1, 1)),
        start,
        *[none + 0.5] * 3,
        *[none] * 3,
        np.zeros((frames, 0)),
    )
    correction = Similarity(np.ones(frames, complex), np.full(frames, shift))
    return Course(motion, Trajectory(GEOMETRY, 0.9, correction, np.zeros((frames, 4))))


def test_a_thinned_line_keeps_every_extreme() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=100_000)
    values[12_345] = 50
    times, kept = thinned(np.arange(100_000.0), values, columns=500)
    assert len(kept) <= 1000
    assert (kept.max(), kept.min()) == (values.max(), values.min())
    assert (np.diff(times) > 0).all()
    assert np.array_equal(values[times.astype(int)], kept)


def test_the_plot_is_the_same_every_time_and_small_however_long_the_clip() -> None:
    assert course_plot_svg(course(50), []) == course_plot_svg(course(50), [])
    assert len(course_plot_svg(course(20_000), [])) < 2e6


def test_lines_break_at_cuts() -> None:
    _, values = course(50).line(np.arange(50.0))
    assert np.flatnonzero(np.isnan(values)).tolist() == [25]


def test_the_most_corrected_among_some() -> None:
    moved = course(5)
    moved.trajectory.correction.translation[:] = [0.01, 0.05, 0.02, 0.04, 0.03]
    assert moved.most_corrected(np.ones(5, bool)) == 1
    assert moved.most_corrected(np.array([1, 0, 1, 0, 1], bool)) == 4
    assert moved.most_corrected(np.zeros(5, bool)) == 1


def test_the_room_is_what_the_window_leaves() -> None:
    """A window of 0.9 in the middle leaves 5 % of the width on the left, of the height on top."""
    room = course(10).room[0]
    assert np.allclose(room[:2], 0.05, atol=1e-3)
    assert np.allclose(room[2:], 0.05 * 360 / 640, atol=1e-3)
    moved = course(10, shift=0.1 * (1 - 1 / 640)).room[0]  # to the frame's right edge
    assert np.allclose(moved[:2], [0.1, 0.0], atol=1e-3)


def test_the_outline_lies_where_the_window_does() -> None:
    found = course(10)
    picture = with_outline(np.full((360, 640, 3), 100, np.uint8), found.corners[0])
    drawn = np.argwhere(picture.min(axis=-1) > 200)  # the white line, not its shadow
    assert np.abs(drawn.min(axis=0) - [18, 32]).max() <= 2
    assert np.abs(drawn.max(axis=0) - [360 - 19, 640 - 33]).max() <= 2


def test_a_thumbnail_is_small() -> None:
    picture = np.random.default_rng(1).integers(0, 255, (360, 640, 3), np.uint8)
    assert len(StillPair(0.0, picture, picture).thumbnail) < 8000
