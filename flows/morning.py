"""What became of a night: all runs over an archive since a moment, summed up."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.estimate import duration, free_bytes
from flows.ledger import read_card
from flows.outcome import Outcome
from flows.run_log import LoggedRun, log_paths, read_run_log
from gfn_core.report.pages import morning_page
from gfn_core.store.archive import Archive, write_whole

AS_PLANNED = ("untouched:", "left out:")  # notes that say what was done, and no doubt


@dataclass(frozen=True)
class StageTime:
    """What one stage took, in all."""

    stage: str
    clips: int
    seconds: float
    slowest_video: str
    slowest_seconds: float


@dataclass(frozen=True)
class Named:
    """A clip that somebody should look at, and why."""

    video: str
    why: str


@dataclass(frozen=True)
class Morning:
    """The night in brief; names in the order in which things happened."""

    archive: str
    since: str  # ISO 8601
    now: str
    runs: int
    killed_runs: tuple[str, ...]
    done: tuple[str, ...]
    up_to_date: int
    doubtful: tuple[Named, ...]
    failed: tuple[Named, ...]
    quarantined: tuple[Named, ...]
    deferred: tuple[Named, ...]
    unreached: int  # clips that the latest run was to do, had it not been cut short
    footage_seconds: float
    run_seconds: float
    stages: tuple[StageTime, ...]  # the slowest first
    output_bytes: int
    stored_bytes: int
    free_bytes: int

    @property
    def footage(self) -> str:
        """Length of the footage that is done, as people read it."""
        return duration(self.footage_seconds)

    @property
    def running(self) -> str:
        """Time in which runs were going, as people read it."""
        return duration(self.run_seconds)

    @property
    def speed(self) -> float:
        """Seconds of footage a second of running."""
        return self.footage_seconds / self.run_seconds if self.run_seconds else 0.0

    def as_json(self) -> dict[str, Any]:
        """All of it, as plain JSON."""
        return asdict(self) | {"speed": round(self.speed, 3)}


def morning_of(archive: Archive, since: datetime, now: datetime) -> Morning:
    """Sum up the runs that did something between two moments."""
    runs = list(_runs_since(archive, since))
    outcomes = [outcome for run in runs for outcome in run.outcomes]
    latest = {outcome.video: outcome for outcome in outcomes}
    done = [outcome for outcome in latest.values() if outcome.status == "done"]
    return Morning(
        archive=str(archive.root),
        since=since.isoformat(timespec="seconds"),
        now=now.isoformat(timespec="seconds"),
        runs=len(runs),
        killed_runs=tuple(run.run_id for run in runs if run.was_killed),
        done=tuple(outcome.video for outcome in done),
        up_to_date=_up_to_date(runs),
        doubtful=tuple(_doubts(archive, done)),
        failed=_named(latest, "failed"),
        quarantined=_named(latest, "quarantined"),
        deferred=_named(latest, "deferred"),
        unreached=sum(run.todo - len(run.outcomes) for run in runs[-1:] if not run.is_alive),
        footage_seconds=sum(outcome.footage.seconds for outcome in done if outcome.footage),
        run_seconds=round(sum(run.seconds for run in runs), 3),
        stages=tuple(_stages(outcomes)),
        output_bytes=sum(outcome.output_bytes for outcome in done),
        stored_bytes=sum(outcome.stored_bytes for outcome in outcomes),
        free_bytes=free_bytes(archive.root),
    )


def write_morning_page(archive: Archive, morning: Morning) -> Path:
    """Write the page of a night beside the archive's; returns where it lies."""
    path = archive.view("report", "morning", ".html")
    page = morning_page(morning).encode(errors="replace")
    write_whole(path, lambda unfinished: unfinished.write_bytes(page), archive)
    return path


def _runs_since(archive: Archive, since: datetime) -> Iterator[LoggedRun]:
    for path in log_paths(archive):
        if path.stat().st_mtime < since.timestamp():
            continue
        run = read_run_log(path)
        if run.last and datetime.fromisoformat(run.last) >= since:  # or it was but buried since
            yield run


def _up_to_date(runs: Sequence[LoggedRun]) -> int:
    """Clips that needed nothing, and had not been done earlier in the same night."""
    skipped, done = 0, set[str]()
    for run in runs:
        skipped = max(skipped, run.clips - run.todo - len(done))
        done |= {outcome.video for outcome in run.outcomes if outcome.status == "done"}
    return skipped


def _doubts(archive: Archive, done: Sequence[Outcome]) -> Iterator[Named]:
    """Clips with findings that matter, by their pages, or with notes that do."""
    for outcome in done:
        card = read_card(archive, outcome.video)
        found = card.findings if card else []
        codes = sorted({str(row["code"]) for row in found if row["severity"] != "info"})
        notes = [note for note in outcome.notes if not note.startswith(AS_PLANNED)]
        why = ", ".join((*codes, *notes))
        if why:
            yield Named(outcome.video, why)


def _named(latest: dict[str, Outcome], status: str) -> tuple[Named, ...]:
    ended = (outcome for outcome in latest.values() if outcome.status == status)
    return tuple(Named(o.video, o.error.removeprefix(f"{o.video}: ")) for o in ended)


def _stages(outcomes: Sequence[Outcome]) -> list[StageTime]:
    taken: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
    for outcome in outcomes:
        for stage, seconds in outcome.seconds.items():
            taken[stage].append((seconds, outcome.video))
    times = []
    for stage, each in taken.items():
        slowest_seconds, slowest = max(each)
        total = round(sum(seconds for seconds, _ in each), 3)
        times.append(StageTime(stage, len(each), total, slowest, slowest_seconds))
    return sorted(times, key=lambda time: -time.seconds)
