"""Whether somebody is making an artifact right now, as its lock tells."""

import fcntl
import os
from pathlib import Path

from filelock import FileLock, Timeout


def is_held(lock: Path) -> bool:
    """Whether a process holds the lock file `lock`; needs no right to write."""
    try:
        file = os.open(lock, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def remove_if_free(lock: Path) -> bool:
    """Remove a lock file unless it is held; who waits for it meets a new one. Says whether."""
    try:
        with FileLock(lock, timeout=0):
            lock.unlink()
            return True
    except (Timeout, FileNotFoundError):
        return False
