"""What goes in comes out, of every kind of file: as an independent reader of both sees it."""

import numpy as np
import pytest

from gfn_core.media.frame_reader import open_reader
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe
from tests.fidelity.cells import CELLS, Cell
from tests.fidelity.conftest import Passage
from tests.fidelity.facts import gray_pictures
from tests.fidelity.numbered_frames import number_of

pytestmark = pytest.mark.parametrize(
    "cell",
    [
        pytest.param(cell, id=cell.key, marks=() if cell.is_quick else pytest.mark.long)
        for cell in CELLS
    ],
)


def test_what_is_lost_is_named_and_nothing_else_is(cell: Cell, passage: Passage) -> None:
    assert sorted(passage.lost) == sorted(cell.lost)


def test_frames_come_at_their_times(passage: Passage) -> None:
    before, after = passage.before, passage.after
    tick = max(before.tick, after.tick) * 1.001
    assert len(after.times) == len(before.times)
    assert np.abs(after.times - before.times).max() <= tick
    if not any(line.startswith("time of the last frame") for line in passage.lost):
        assert after.duration_seconds == pytest.approx(before.duration_seconds, abs=tick)


def test_every_frame_is_itself(cell: Cell, passage: Passage) -> None:
    if not cell.has_numbers:
        pytest.skip("no number can be read")
    after = passage.after
    pictures = gray_pictures(passage.output, after.main, after.size)
    expected = [
        number_of(p) for p in gray_pictures(passage.source, passage.before.main, after.size)
    ]
    assert len(set(expected)) >= len(expected) / 2  # they can be read; some files repeat frames
    assert [number_of(picture) for picture in pictures] == expected


def test_analysis_and_rendering_see_the_same_frames(cell: Cell, passage: Passage) -> None:
    info = probe(passage.source)
    size = info.geometry.fitted(640)
    analysed = [(frame.pts, frame.luma) for frame in open_reader(passage.source, info, size)]
    rendered = [(frame.pts, frame.planes[0]) for frame in read_planes(passage.source, info)]
    assert [pts for pts, _ in analysed] == [pts for pts, _ in rendered]
    if cell.has_numbers:
        assert [number_of(p) for _, p in analysed] == [number_of(p) for _, p in rendered]


def test_the_picture_is_shown_as_before(passage: Passage) -> None:
    before, after = passage.before, passage.after
    assert after.size == before.size
    assert after.orientation == before.orientation
    assert after.pixel_aspect == before.pixel_aspect
    assert before.color.items() <= after.color.items()
    assert after.chroma_location == before.chroma_location
    assert after.hdr == before.hdr
    assert after.is_interlaced == before.is_interlaced or "fields" in " ".join(passage.lost)
    if not any("pixel format" in line for line in passage.lost):
        assert _bits(after.pixel_format) == _bits(before.pixel_format)


def test_streams_tags_and_chapters_are_the_same(passage: Passage) -> None:
    before, after = passage.before, passage.after
    tick = max(before.tick, after.tick, 1e-3) * 1.001
    assert [s.kind for s in after.streams] == [s.kind for s in before.streams]
    assert [title for _, title in after.chapters] == [title for _, title in before.chapters]
    starts = [[start for start, _ in found.chapters] for found in (before, after)]
    assert starts[1] == pytest.approx(starts[0], abs=tick)
    assert _missing(before.tags, after.tags) == {}
    for index, (was, now) in enumerate(zip(before.streams, after.streams, strict=True)):
        assert _missing(was.tags, now.tags) == {}, f"of stream {index}"
        assert was.dispositions <= now.dispositions
        if index != before.main:
            assert (now.codec, now.packets) == (was.codec, was.packets)
            assert now.start_seconds == pytest.approx(was.start_seconds, abs=tick)


def _bits(pixel_format: str) -> str:
    return pixel_format.replace("gray10le", "yuv420p10le").replace("gray", "yuv420p")


def _missing(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in before.items() if after.get(name) != value}
