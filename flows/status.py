"""How an archive is doing now: runs under way, how the latest one ended, what is held back."""

from dataclasses import dataclass
from datetime import datetime

from flows.estimate import free_bytes
from flows.run_log import LoggedRun, log_paths, read_run_log
from gfn_core.store.archive import Archive
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
    logs = [read_run_log(path) for path in log_paths(archive)]
    shown = [run for run in logs if run.is_alive] or logs[-1:]
    held = sorted(s.video for s in suspects(archive).values() if s.is_quarantined)
    return ArchiveStatus(
        str(archive.root),
        tuple(_status(run, now) for run in shown),
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
        "goes on" if run.is_alive else run.end or "killed",
        run.began,
        seconds if run.is_alive else run.seconds,
        run.clips,
        run.todo,
        counts,
        sum(o.footage.seconds for o in run.outcomes if o.footage and o.status == "done"),
        seconds * left / ended if run.is_alive and ended and left else None,
        working_on if run.is_alive else (),
    )
