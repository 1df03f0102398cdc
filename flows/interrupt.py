"""Leaving at once on Ctrl-C or SIGTERM, with nothing half-written.

Everything unfinished lies under a temporary name, so the quickest way out is also a safe one: end
the children, tell the server, and go. The next call resumes.
"""

import os
import signal
import sys
from collections.abc import Callable
from types import FrameType

from flows.command import INTERRUPTED_EXIT_CODE
from flows.run_log import note_interruption
from tasks.supervisor import stop_all


def leave_at_once_on_interrupt(say_goodbye: Callable[[], None]) -> None:
    """End all stages and this process when it is interrupted, after a last word."""

    def leave(number: int, frame: FrameType | None) -> None:
        note_interruption()
        stop_all()
        say_goodbye()
        sys.stdout.flush()
        os._exit(INTERRUPTED_EXIT_CODE)

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
