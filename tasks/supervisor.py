"""Runs one stage in a process of its own, so that no file can take the batch down with it.

Decoders and encoders meet untrusted files: they crash, hang and leak. Each stage therefore runs in
a child with its own process group and a deadline. A child that dies, or overruns, costs its clip
and nothing else; when we die, the kernel ends the server that forks the children, and so them.
"""

import contextlib
import math
import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any, TypeVar

from gfn_core.errors import FileTrouble, GfnError, StageCrashed, StageFailed, StageTimedOut
from gfn_core.media.parent_death import die_with_parent
from tasks.message import ERROR, MOST_BYTES, Message, packed, unpacked
from tasks.patience import Patience

POLL_SECONDS = 0.2
PROGRESS_SECONDS = 0.25
FORK_SERVER = "tasks.fork_server"
ENDS = ("result", ERROR, "bug")  # messages of a child after which nothing comes

Result = TypeVar("Result")
Progress = Callable[[int], None]  # called with the number of frames done

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([FORK_SERVER])
# The kernel ends a child with the thread that started it, so one that lasts as long as we do.
_starter = ThreadPoolExecutor(1, "starts stages")
_running: set[ForkServerProcess] = set()
_stopped = threading.Event()


def start_early(modules: list[str]) -> None:
    """Start the server that forks our children, with `modules` imported once for all of them."""
    _context.set_forkserver_preload([FORK_SERVER, *modules])
    _starter.submit(_spawn_nothing)


def supervised(
    work: Callable[..., Result],
    *args: object,
    label: str,
    deadline_seconds: float,
    silence_seconds: float = math.inf,
    on_progress: Progress | None = None,
) -> Result:
    """Run `work(*args, progress=...)` in a child process and return its result.

    Raises the child's own `GfnError`, `StageTimedOut` after `deadline_seconds` in all or
    `silence_seconds` without progress, `StageCrashed` when a signal ended it, `StageFailed` for any
    other end. `label` names file and stage in messages.
    """
    ours, theirs = _context.Pipe(duplex=False)
    child = _context.Process(target=_child, args=(theirs, label, work, args), daemon=True)
    _starter.submit(child.start).result()
    theirs.close()
    _running.add(child)
    patience = Patience(deadline_seconds, silence_seconds)
    try:
        kind, value = _receive(ours, child, label, patience, on_progress)
    finally:
        _end(child)
        _running.discard(child)
        ours.close()
    if kind == "result":
        return value  # type: ignore[no-any-return]  # the child sent what `work` returned
    if isinstance(value, GfnError):
        raise value
    raise StageFailed(f"{label}: internal error: {value}")


def stop_all() -> None:
    """Kill every running child and its group, at once; further work is refused."""
    _stopped.set()
    for child in list(_running):
        _kill_group(child)


def _receive(
    connection: Connection,
    child: ForkServerProcess,
    label: str,
    patience: Patience,
    on_progress: Progress | None,
) -> tuple[str, Any]:
    while True:
        if _stopped.is_set():
            raise StageFailed(f"{label}: interrupted")
        if patience.is_at_end:
            raise StageTimedOut(f"{label}: {patience.end}; the file may be damaged")
        if not connection.poll(POLL_SECONDS):
            continue
        try:
            kind, value = unpacked(connection.recv_bytes(MOST_BYTES))
        except EOFError:
            child.join(POLL_SECONDS)
            raise StageCrashed(f"{label}: {_cause_of_death(child.exitcode)}") from None
        except (OSError, pickle.UnpicklingError) as error:
            raise StageCrashed(f"{label}: its process sent what it should not: {error}") from None
        if kind in ENDS:
            return kind, value
        patience.renew()
        if on_progress is not None and isinstance(value, int):
            on_progress(value)


def _cause_of_death(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"its process was killed by {signal.Signals(-exit_code).name}"
    return f"its process ended early (exit code {exit_code})"


def _child(
    connection: Connection, label: str, work: Callable[..., object], args: tuple[object, ...]
) -> None:
    os.setpgid(0, 0)
    die_with_parent()
    connection.send_bytes(packed("started", None))  # ends us if all died before they could tell us
    _silence()
    last_report = 0.0

    def progress(done: int) -> None:
        nonlocal last_report
        if time.monotonic() - last_report > PROGRESS_SECONDS:
            last_report = time.monotonic()
            connection.send_bytes(packed("progress", done))

    try:
        message: Message = ("result", work(*args, progress=progress))
    except GfnError as error:
        message = (ERROR, error)
    except OSError as error:
        message = (ERROR, FileTrouble.of(error, label))
    except MemoryError:
        message = (ERROR, StageFailed(f"{label}: ran out of memory"))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        text = " ".join(str(error).split())
        message = (
            "bug",
            f"{type(error).__name__}: {text} ({where.name}, line {where.lineno})",
        )
    connection.send_bytes(packed(*message))


def _silence() -> None:
    """Decoders write what they think of a file to stderr; our own errors say what matters."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


def _end(child: ForkServerProcess) -> None:
    """Leave nothing behind: neither the child nor what it started."""
    child.join(POLL_SECONDS)
    _kill_group(child)
    child.join()


def _kill_group(child: ForkServerProcess) -> None:
    if child.pid is None:
        return
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        child.kill()


def _nothing() -> None: ...


def _spawn_nothing() -> None:
    first = _context.Process(target=_nothing, daemon=True)
    first.start()
    first.join()
