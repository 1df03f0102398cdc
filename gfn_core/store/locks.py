"""Whether somebody is making an artifact right now, as its lock tells."""

from pathlib import Path

from filelock import FileLock, Timeout


def is_held(lock: Path) -> bool:
    """Whether a process holds the lock file `lock`, which exists."""
    try:
        with FileLock(lock, timeout=0):
            return False
    except Timeout:
        return True


def remove_if_free(lock: Path) -> bool:
    """Remove a lock file unless it is held; who waits for it meets a new one. Says whether."""
    try:
        with FileLock(lock, timeout=0):
            lock.unlink()
            return True
    except (Timeout, FileNotFoundError):
        return False
