"""Previews and comparisons, looked at as a viewer would."""

from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from flows.comparing import STRIP_PX, compare, preview
from gfn_core.errors import GfnError
from gfn_core.media.comparison import Layout
from gfn_core.smoothing.settings import StageOneSettings


def frames_of(path: Path) -> tuple[list[np.ndarray], list[float], int]:
    with av.open(str(path)) as container:
        sounds = len(container.streams.audio)
        decoded = list(container.decode(video=0))
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in decoded]
        return pictures, [frame.time for frame in decoded], sounds


def mark_of(picture: np.ndarray) -> int:
    """Column of the black line over the white strip."""
    bottom = picture[-12:-4].mean(axis=(0, 2))
    assert bottom.max() > 240
    return int(bottom.argmin()) if bottom.min() < 60 else -1


def test_a_preview(small_clip: Path, tmp_path: Path) -> None:
    preview(small_clip, tmp_path / "p.mp4", StageOneSettings(crop=0.8), 0.2, 1.0)
    pictures, times, sounds = frames_of(tmp_path / "p.mp4")
    assert sounds == 1
    assert len(pictures) == pytest.approx(30, abs=1)
    assert times[-1] == pytest.approx(29 / 30, abs=0.05)
    assert pictures[0].shape == (180 + STRIP_PX, 640, 3)
    source, _, _ = frames_of(small_clip)
    left = pictures[3][:180, :320]
    assert np.abs(left - source[9]).mean() < 0.25 * np.abs(left - pictures[3][:180, 320:]).mean()
    marks = [mark_of(picture) for picture in pictures[1:-1]]
    assert all(later > earlier for earlier, later in pairwise(marks)), str(marks)


def test_halves_of_two_videos(small_clip: Path, other_clip: Path, tmp_path: Path) -> None:
    compare(small_clip, other_clip, tmp_path / "c.mp4", Layout.SPLIT)
    pictures, _, _ = frames_of(tmp_path / "c.mp4")
    assert 30 <= len(pictures) <= 45  # the shorter has 30
    one, other = frames_of(small_clip)[0][10], frames_of(other_clip)[0][10]
    for part, mine, theirs in ((slice(0, 155), one, other), (slice(165, 320), other, one)):
        shown = pictures[10][:180, part]
        away, strange = (np.abs(shown - each[:, part]).mean() for each in (mine, theirs))
        assert away < 0.2 * strange


def test_a_start_beyond_the_end_is_said(small_clip: Path, tmp_path: Path) -> None:
    with pytest.raises(GfnError, match=r"it ends at 1\.5 s"):
        preview(small_clip, tmp_path / "p.mp4", StageOneSettings(), 12.0, 5.0)
