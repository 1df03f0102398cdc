"""A delivered video is known as ours; nobody else's file is ever replaced."""

import os
from pathlib import Path

from gfn_core.store.archive import Archive
from gfn_core.store.delivery import Receipt, deliver, is_delivered, may_replace


def put(archive: Archive, content: str) -> Receipt:
    unfinished = archive.unfinished("clip.mp4")
    unfinished.write_text(content)
    output = archive.root / "a" / "clip.mp4"
    return deliver(
        archive, unfinished, output, frames=3, seconds=0.1, left_out=(), treatment="stabilized"
    )


def test_ours_may_be_replaced_others_not(tmp_path: Path) -> None:
    archive, output = Archive(tmp_path), tmp_path / "a" / "clip.mp4"
    assert may_replace(archive, output)
    first = put(archive, "first")
    assert may_replace(archive, output)
    assert is_delivered(archive, first)
    second = put(archive, "second!")
    assert not is_delivered(archive, first)
    assert is_delivered(archive, second)
    output.write_text("edited by its owner")
    assert not may_replace(archive, output)
    assert not is_delivered(archive, second)


def test_a_kill_between_note_and_move_keeps_the_old_file_ours(tmp_path: Path) -> None:
    archive, output = Archive(tmp_path), tmp_path / "a" / "clip.mp4"
    put(archive, "first")
    before = (output.read_text(), output.stat().st_mtime_ns)
    put(archive, "second!")
    output.write_text(before[0])  # as if the move had not happened
    os.utime(output, ns=(before[1], before[1]))
    assert may_replace(archive, output)


def test_a_copied_archive_is_still_ours(tmp_path: Path) -> None:
    archive, output = Archive(tmp_path), tmp_path / "a" / "clip.mp4"
    receipt = put(archive, "first")
    os.utime(output, ns=(1, 1))
    assert may_replace(archive, output)
    assert is_delivered(archive, receipt)


def test_a_foreign_file_is_refused(tmp_path: Path) -> None:
    archive, output = Archive(tmp_path), tmp_path / "clip.mp4"
    output.write_text("someone's")
    assert not may_replace(archive, output)
