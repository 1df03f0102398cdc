"""Ending with the process that started us, however that one ends."""

import ctypes
import signal

PR_SET_PDEATHSIG = 1  # linux/prctl.h

_libc = ctypes.CDLL(None)


def die_with_parent() -> None:
    """Have the kernel kill this process when its parent ends: strictly, the parent's *thread*."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
