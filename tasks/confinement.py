"""Where a stage's process may write: below OUT, whatever a decoder is made to do.

Landlock, a part of Linux, takes rights away from a process and all that it starts, for good. What
is left: reading, and writing below the folders given. No file outside is made, written, truncated,
moved or removed, no TCP connection is opened, no process outside is signalled. Kernels without it
(before 5.19, or switched off) confine nothing, and say so.
"""

import ctypes
import os
from pathlib import Path

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446  # numbers of the system calls
VERSION_FLAG, PATH_BENEATH, NO_NEW_PRIVILEGES = 1, 1, 38  # linux/landlock.h, linux/prctl.h
FIRST_ABI = 2  # the first that can allow files to be moved between folders

WRITE_FILE, TRUNCATE = 1 << 1, 1 << 14
MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 14))
WRITING = WRITE_FILE | MAKE_AND_REMOVE
TRUNCATE_ABI, NETWORK_ABI, SCOPE_ABI = 3, 4, 6
TCP = 0b11  # bind and connect
ABSTRACT_SOCKETS_AND_SIGNALS = 0b11

DEVICES = ("/dev/null", "/dev/shm")  # noqa: S108 - shared memory, not a temporary file
GPU_DRIVER = Path("/dev/nvidiactl")  # needs more: what computes on a GPU is not confined


class _Ruleset(ctypes.Structure):
    _fields_ = (
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    )


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


_libc = ctypes.CDLL(None, use_errno=True)


def confinement_version() -> int:
    """Version of Landlock in this kernel; 0 where there is none, or one too old."""
    version = int(_libc.syscall(CREATE_RULESET, None, 0, VERSION_FLAG))
    return version if version >= FIRST_ABI else 0


def confine(*folders: Path, may_connect: bool = False) -> bool:
    """Let this process, from now on, write below `folders` only; whether the kernel can do so.

    It `may_connect` by TCP where its archive lies in a bucket.
    """
    version = confinement_version()
    if not version:
        return False
    writing = WRITING | (TRUNCATE if version >= TRUNCATE_ABI else 0)
    rules = _Ruleset(
        writing,
        TCP if version >= NETWORK_ABI and not may_connect else 0,
        ABSTRACT_SOCKETS_AND_SIGNALS if version >= SCOPE_ABI else 0,
    )
    ruleset = _called(CREATE_RULESET, ctypes.byref(rules), ctypes.sizeof(rules), 0)
    try:
        for path in (*folders, *map(Path, DEVICES)):
            _allow(ruleset, path, writing)
        _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        _called(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: Path, writing: int) -> None:
    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        access = writing if path.is_dir() else writing & (WRITE_FILE | TRUNCATE)
        rule = _PathBeneath(access, opened)
        _called(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _called(*arguments: object) -> int:
    result = int(_libc.syscall(*arguments))
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return result
