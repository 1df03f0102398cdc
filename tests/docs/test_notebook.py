"""The lines that docs/notebook.md shows do what they say."""

import re
from pathlib import Path

import av
import pytest

PAGE = Path(__file__).parents[2] / "docs" / "notebook.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_there_are_ten_lines_at_most():
    lines = [line for line in BLOCKS[0].splitlines() if line and not line.startswith("from ")]
    assert len(lines) <= 10


@pytest.mark.slow
def test_they_stabilize_a_clip(tmp_path, small_clip, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shaky.mp4").write_bytes(small_clip.read_bytes())
    names = {}
    for block in BLOCKS:
        exec(block, names)
    with av.open("steady.mp4") as video:
        assert sum(1 for _ in video.decode(video=0)) == 45
    assert len(names["trajectory"]) == len(names["motion"]) == len(names["guided"]) == 45
    assert names["motion"].homography == pytest.approx(names["guided"].homography, abs=0.01)
