"""Previews and comparisons, looked at as a viewer would."""

from pathlib import Path

import numpy as np
import pytest

from flows.comparing import compare, told_apart
from gfn_core.media.comparison import Layout
from tests.decoded_frames import frames_of


def test_halves_of_two_videos(small_clip: Path, other_clip: Path, tmp_path: Path) -> None:
    compare(small_clip, other_clip, tmp_path / "c.mp4", Layout.SPLIT)
    pictures, _, _ = frames_of(tmp_path / "c.mp4")
    assert 30 <= len(pictures) <= 45  # the shorter has 30
    one, other = frames_of(small_clip)[0][10], frames_of(other_clip)[0][10]
    for part, mine, theirs in ((slice(0, 155), one, other), (slice(165, 320), other, one)):
        shown = pictures[10][:180, part]
        away, strange = (np.abs(shown - each[:, part]).mean() for each in (mine, theirs))
        assert away < 0.2 * strange


@pytest.mark.parametrize(
    ("first", "second", "names"),
    [
        ("/a/clips/x.mp4", "/a/steady/x.mp4", ("clips/x.mp4", "steady/x.mp4")),
        ("/in/trip/x.mp4", "/out/trip/x.mp4", ("in/trip/x.mp4", "out/trip/x.mp4")),
        ("/a/x.mp4", "/a/y.mp4", ("x.mp4", "y.mp4")),
        ("/x.mp4", "/a/x.mp4", ("/x.mp4", "a/x.mp4")),
    ],
)
def test_names_tell_the_videos_apart(first: str, second: str, names: tuple[str, str]) -> None:
    assert told_apart(Path(first), Path(second)) == names
