"""Unfinished files whose makers are gone: killed in the middle of a stage."""

import time
from pathlib import Path

from filelock import FileLock, Timeout

from gfn_core.store.archive import Archive
from gfn_core.store.inventory import STAGE_AND_KEY

LONGEST_WRITING_SECONDS = 3600.0  # of a file that belongs to no artifact, and so to no lock


def remove_leftovers(archive: Archive) -> None:
    """Remove the unfinished files of artifacts that nobody is making now."""
    for path in (archive.store / "tmp").glob("*"):
        made = STAGE_AND_KEY.match(path.name)
        if made is None:
            _remove_if_old(path)
            continue
        try:
            with FileLock(archive.store / "locks" / f"{made[0]}.lock", timeout=0):
                path.unlink(missing_ok=True)
        except Timeout:
            continue


def _remove_if_old(path: Path) -> None:
    try:
        if time.time() - path.stat().st_mtime > LONGEST_WRITING_SECONDS:
            path.unlink()
    except FileNotFoundError:  # finished meanwhile
        pass
