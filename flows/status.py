"""How an archive is doing now: runs under way, how the latest one ended, what is held back."""

from dataclasses import dataclass
from datetime import datetime

from flows.estimate import free_bytes
from flows.run_log import LoggedRun, log_paths, read_run_log
from gfn_core.store.archive import Archive
from gfn_core.store.journal import is_being_written
from gfn_core.store.quarantine import suspects


@dataclass(frozen=True)
class WorkingOn:
    """A clip that is being worked on."""

    video: str
    stage: str
    seconds: float  # since the stage began


@dataclass(frozen=True)
class RunStatus:
    """A run, and how far it is."""

    run: str
    how: str  # "goes on", "ended", "interrupted" or "killed"
    began: str  # ISO 8601
    seconds: float
    clips: int
    todo: int
    counts: dict[str, int]  # clips by what became of them
    footage_seconds: float
    seconds_left: float | None  # None where nothing tells, or nothing is left
    working_on: tuple[WorkingOn, ...]


@dataclass(frozen=True)
class ArchiveStatus:
    """An archive as it is now."""

    archive: str
    runs: tuple[RunStatus, ...]  # those that go on, or else the latest
    quarantined: tuple[str, ...]
    free_bytes: int


def status_of(archive: Archive, now: datetime) -> ArchiveStatus:
    """Read the logs of an archive; disturbs no run."""
    logs = log_paths(archive)
    shown = [path for path in logs if is_being_written(path)] or logs[-1:]
    runs = [run for run in map(read_run_log, shown) if run.began]
    held = sorted(s.video for s in suspects(archive).values() if s.is_quarantined)
    return ArchiveStatus(
        str(archive.root),
        tuple(_status(run, now) for run in runs),
        tuple(held),
        free_bytes(archive.root),
    )


def _status(run: LoggedRun, now: datetime) -> RunStatus:
    counts: dict[str, int] = {}
    for outcome in run.outcomes:
        counts[outcome.status] = counts.get(outcome.status, 0) + 1
    seconds = (now - datetime.fromisoformat(run.began)).total_seconds()
    ended, left = len(run.outcomes), run.todo - len(run.outcomes)
    working_on = tuple(
        WorkingOn(video, line["stage"], (now - datetime.fromisoformat(line["time"])).seconds)
        for video, line in run.under_way.items()
    )
    return RunStatus(
        run.run_id,
        "goes on" if run.is_alive else "killed" if run.was_killed else run.end,
        run.began,
        seconds if run.is_alive else run.seconds,
        run.clips,
        run.todo,
        counts,
        sum(o.footage.seconds for o in run.outcomes if o.footage and o.status == "done"),
        seconds * left / ended if run.is_alive and ended and left else None,
        working_on if run.is_alive else (),
    )
