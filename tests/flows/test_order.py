"""Which clips go first."""

import os
from pathlib import Path

import pytest

from flows.order import Order, ordered
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from tasks.clip import Clip


@pytest.fixture
def clips(tmp_path: Path) -> list[Clip]:
    sizes_and_ages = {"a.mp4": (30, 200), "b.mp4": (10, 300), "c.mp4": (20, 100)}
    for name, (size, age) in sizes_and_ages.items():
        path = tmp_path / name
        path.write_bytes(bytes(size))
        os.utime(path, (1e9 - age, 1e9 - age))
    archive, settings = Archive(tmp_path / "out"), StabilizeSettings()
    return [Clip(archive, tmp_path / name, name, settings) for name in sizes_and_ages]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order.NAME, "abc"),
        (Order.NEWEST, "cab"),
        (Order.OLDEST, "bac"),
        (Order.SMALLEST, "bca"),
        (Order.LARGEST, "acb"),
    ],
)
def test_the_order(clips: list[Clip], order: Order, expected: str) -> None:
    assert "".join(clip.video[0] for clip in ordered(clips, order, ())) == expected


def test_what_is_named_goes_first_in_the_order_named(clips: list[Clip]) -> None:
    found = ordered(clips, Order.SMALLEST, ("c*", "a*"))
    assert [clip.video[0] for clip in found] == ["c", "a", "b"]


def test_a_source_that_has_vanished_breaks_no_order(clips: list[Clip]) -> None:
    clips[1].source.unlink()
    for order in Order:
        assert len(ordered(clips, order, ())) == len(clips)
