"""What a run does, one JSON object a line, written as it happens.

A line is appended by one system call, so that what a killed run did until then can be read. Whoever
writes a journal holds its lock; the kernel frees the lock of a process that dies, and so a journal
tells whether its run goes on.
"""

import fcntl
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gfn_core.store.locks import is_held

Line = dict[str, Any]

LONGEST_LINE_BYTES = 65_536


class Journal:
    """A journal under way; may be written to by several threads."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def note(self, event: str, **facts: object) -> None:
        """Append a line."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "event": event, **facts}, default=str)
        os.write(self._file, f"{line}\n".encode(errors="replace"))

    def close(self) -> None:
        """Give the lock back."""
        os.close(self._file)


def is_being_written(path: Path) -> bool:
    """Whether the process that writes a journal lives."""
    return is_held(path)


def read_journal(path: Path) -> list[Line]:
    """Return the lines of a journal, but for one that a power cut has torn."""
    return [line for line in map(_parsed, path.read_bytes().splitlines()) if line]


def last_line(path: Path) -> Line:
    """Return the last line of a journal; empty where there is none."""
    with path.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LONGEST_LINE_BYTES))
        lines = file.read().splitlines()
    return _parsed(lines[-1]) if lines else {}


def _parsed(text: bytes) -> Line:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
