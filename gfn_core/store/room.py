"""Whether OUT can take what is about to be written."""

import os
import shutil
from pathlib import Path

from gfn_core.errors import FileTrouble, NoSpace
from gfn_core.store.archive import Archive

RESERVE_BYTES = 16 * 2**20  # left free, for tables, receipts and the record of the run
MEGABYTE = 10**6


def require_writable(archive: Archive) -> None:
    """Make the store's folder; raises `FileTrouble` where that, or writing to it, is not possible.

    A full disk or a wrong mount is then told once, and not once for each clip.
    """
    try:
        folder = archive.unfinished("any").parent
    except OSError as error:
        raise FileTrouble.of(error, "OUT cannot be written") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise FileTrouble(f"{archive.root}: cannot be written; check its permissions")
    require_room(folder)


def require_room(folder: Path, needed_bytes: float = 0) -> None:
    """Raise `NoSpace` unless so much, and a reserve, is free on the file system of `folder`."""
    free = shutil.disk_usage(folder).free
    if free < needed_bytes + RESERVE_BYTES:
        raise NoSpace(
            f"{folder}: {free / MEGABYTE:.0f} MB are free, "
            f"{(needed_bytes + RESERVE_BYTES) / MEGABYTE:.0f} MB are needed; "
            "free some space and run again"
        )
