"""Unfinished files go when nobody makes them any more, and stay while somebody does."""

import os
from pathlib import Path

from gfn_core.store.archive import Archive
from gfn_core.store.keys import Stage
from gfn_core.store.leftovers import LONGEST_WRITING_SECONDS, remove_leftovers

MOTION = Stage("motion", version=1, suffix=".parquet")


def test_what_a_killed_maker_left_goes(tmp_path: Path) -> None:
    archive, artifact = Archive(tmp_path), MOTION.artifact("a")
    left = archive.unfinished(f"motion-{artifact.key}.parquet")
    left.write_bytes(b"half")
    archive.unfinished(f"render-{artifact.key}.mp4").write_bytes(b"half")
    (archive.store / "locks").mkdir()
    remove_leftovers(archive)
    assert not list(left.parent.iterdir())


def test_what_is_being_made_stays(tmp_path: Path) -> None:
    archive, artifact = Archive(tmp_path), MOTION.artifact("a")
    with archive.claim(artifact) as unfinished:
        assert unfinished is not None
        unfinished.write_bytes(b"half")
        remove_leftovers(archive)
        assert unfinished.exists()


def test_nameless_files_go_when_they_are_old(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    young, old = (archive.unfinished(f"{sign * 32}.json") for sign in "ab")
    for path in (young, old):
        path.write_text("{}")
    past = old.stat().st_mtime - LONGEST_WRITING_SECONDS - 60
    os.utime(old, (past, past))
    remove_leftovers(archive)
    assert young.exists()
    assert not old.exists()
