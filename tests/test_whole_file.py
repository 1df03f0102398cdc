"""A file that a person named is there whole, or as it was."""

from pathlib import Path

import numpy as np
import pytest

from gfn_core.errors import EncodingFailed
from gfn_core.media.rgb_video import write_rgb_video
from gfn_core.whole_file import whole_file

SIZE = (64, 48)


def test_it_takes_its_name_when_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.csv"
    with whole_file(target) as unfinished:
        unfinished.write_text("half")
        assert (unfinished.suffix, target.exists()) == (".csv", False)
    assert target.read_text() == "half"
    assert list(target.parent.iterdir()) == [target]


def test_what_was_there_stays_where_writing_fails(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("before")
    with pytest.raises(OSError, match="full"), whole_file(target) as unfinished:
        unfinished.write_text("half")
        raise OSError("full")
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("sound", [None, np.zeros(24_000, np.int16)], ids=["silent", "sounding"])
def test_a_drawn_video_leaves_its_neighbours_alone(
    tmp_path: Path, sound: np.ndarray | None
) -> None:
    neighbour = tmp_path / "a.wav"
    neighbour.write_text("mine")
    pictures = [np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)] * 10
    write_rgb_video(tmp_path / "a.mp4", pictures, SIZE, 20, sound)
    assert neighbour.read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "a.wav"]


def test_a_video_that_cannot_be_written_leaves_the_one_before(tmp_path: Path) -> None:
    target = tmp_path / "a.mp4"
    target.write_text("before")
    with pytest.raises(EncodingFailed, match=r"a\.mp4: could not be written"):
        write_rgb_video(target, [np.zeros((47, 63, 3), np.uint8)], (63, 47), 20)  # odd
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]
