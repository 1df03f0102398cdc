"""Runs a command as a user would, and takes its time."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

TIME_LIMIT_SECONDS = 3600


class RunError(Exception):
    """A command ended with an error; the text holds its last lines."""


def timed(command: Sequence[str], folder: Path) -> tuple[float, str]:
    """Run `command` in `folder`: seconds of wall clock, and what it said to stderr."""
    start = time.perf_counter()
    ended = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=TIME_LIMIT_SECONDS, check=False
    )
    seconds = time.perf_counter() - start
    if ended.returncode:
        raise RunError(f"{Path(command[0]).name}: {' | '.join(ended.stderr.splitlines()[-3:])}")
    return seconds, ended.stderr
