"""Child processes that never outlive us."""

import subprocess
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import PurePath
from threading import Thread
from typing import IO

from gfn_core.media.parent_death import die_with_parent

CHATTER = ("Svt[info]", "Svt[warn]", "x265 [info]")  # of encoders that ask nobody
LAST_LINES = 8  # of what it says; the first of them is nearest to the cause


class Child:
    """A process that reads a pipe; its complaints are kept, the last of them at least."""

    def __init__(self, command: Sequence[str | PurePath]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is ours to handle
            preexec_fn=die_with_parent,  # noqa: PLW1509 - one system call, no locks
        )
        self._complaints: deque[str] = deque(maxlen=LAST_LINES)
        self._drain = Thread(target=self._read_complaints, daemon=True)
        self._drain.start()

    @property
    def pipe(self) -> IO[bytes]:
        """The process's standard input."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        return self._process.stdin

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def _read_complaints(self) -> None:
        assert self._process.stderr is not None  # noqa: S101 - it was opened as a pipe
        with self._process.stderr as stderr:
            for line in stderr:
                text = line.decode(errors="replace").strip()
                if text and not text.startswith(CHATTER):
                    self._complaints.append(text)

    def finish(self) -> tuple[int, str]:
        """Close the pipe and wait; return the exit code and the complaint nearest to its cause."""
        self._close_pipe()
        code = self._process.wait()
        self._drain.join()
        return code, self._complaints[0] if self._complaints else ""

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self.finish()

    def _close_pipe(self) -> None:
        with suppress(BrokenPipeError):  # it died first; its exit code says so
            self.pipe.close()


def succeeds(command: Sequence[str], deadline_seconds: float) -> bool:
    """Run a command to its end, unseen; whether it did so in time, with exit code 0."""
    try:
        ended = subprocess.run(
            command,
            capture_output=True,
            timeout=deadline_seconds,
            check=False,
            preexec_fn=die_with_parent,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
