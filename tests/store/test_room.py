"""Whether OUT can take what is about to be written, on file systems that are made for it."""

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

from gfn_core.errors import FileTrouble, NoSpace
from gfn_core.store import room
from gfn_core.store.archive import Archive
from gfn_core.store.room import RESERVE_BYTES, require_room, require_writable

Usage = namedtuple("Usage", "total used free")


def test_too_little_room_is_said_with_both_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: Usage(10**9, 0, 30_000_000))
    require_room(tmp_path, 30_000_000 - RESERVE_BYTES)
    with pytest.raises(NoSpace, match="30 MB are free, 47 MB are needed"):
        require_room(tmp_path, 30_000_000)


def test_the_room_is_that_of_the_file_system(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    require_room(tmp_path)
    with pytest.raises(NoSpace):
        require_room(tmp_path, 2 * free)


def test_a_file_in_the_place_of_out_is_said(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("the owner's")
    with pytest.raises(FileTrouble, match=r"out.*Not a directory"):
        require_writable(Archive(out))
    assert out.read_text() == "the owner's"
