"""docs/formats.md, out of what a test run found: `pytest tests/fidelity --write-formats PATH`."""

from collections.abc import Mapping
from itertools import groupby

from tests.fidelity.cells import CELLS, Cell

Results = dict[str, dict[str, bool]]  # of each cell's tests, by its key and their names

COLUMNS = {  # of the table, and the tests that answer for them
    "frames and times": (
        "test_frames_come_at_their_times",
        "test_every_frame_is_itself",
        "test_analysis_and_rendering_see_the_same_frames",
    ),
    "picture": ("test_the_picture_is_shown_as_before",),
    "streams and tags": ("test_streams_tags_and_chapters_are_the_same",),
}
HEAD = """\
# Formats

What was done to each kind of file, and what came out, as independent readers (PyAV, ffmpeg) see it.
This page is written by the test run: `pytest tests/fidelity --write-formats docs/formats.md`. Cells
that a run leaves out keep what they showed the last time.
`gfn formats` lists the codecs and containers of the machine at hand.

- *frames and times*: as many frames, in order (numbers are drawn into them), each within a tick of
  its time; analysis and rendering saw the same ones.
- *picture*: size, turn, pixel aspect, bit depth, colour tags, chroma location, HDR metadata.
- *streams and tags*: all streams in their order, packets of sound and subtitles bit for bit and at
  their times, languages, marks, chapters, tags of the file and of each stream.

What cannot be carried is named in the summary of the run, in the words of the last column. Files
whose suffix is not mp4, m4v, mov, mkv or webm become Matroska (`holiday.avi.mkv`), and so do those
that cannot hold the codec that is asked for.
"""


def formats_page(passed: Results) -> str:
    """Return the page."""
    parts = [HEAD]
    tried = [cell for cell in CELLS if cell.key in passed]
    for group, cells in groupby(tried, key=lambda cell: cell.group):
        parts.append(f"\n## {group[0].upper()}{group[1:]}\n")
        parts.append(f"| kind | file | {' | '.join(COLUMNS)} | not carried |")
        parts.append("|---" * (len(COLUMNS) + 3) + "|")
        parts += [_row(cell, passed[cell.key]) for cell in cells]
    return "\n".join(parts) + "\n"


def _row(cell: Cell, passed: Mapping[str, bool]) -> str:
    kept = ["kept" if all(map(passed.get, tests)) else "**no**" for tests in COLUMNS.values()]
    is_named = passed.get("test_what_is_lost_is_named_and_nothing_else_is")
    lost = ("; ".join(cell.lost) or "-") if is_named else "**not named**"
    return f"| {cell.name} | {cell.file} | {' | '.join(kept)} | {lost} |"
