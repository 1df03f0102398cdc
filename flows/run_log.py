"""What a run does, written down as it happens: a journal for people and machines, and figures.

`OUT/gfn/runs/<run>.jsonl` gets a line when the run begins, a stage begins, a clip ends, the run
ends; `OUT/gfn/metrics/gfn.prom` holds the same in figures. From the journal it can be told what a
run that was killed was doing.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from socket import gethostname

from flows.metrics import RunMetrics
from flows.outcome import Outcome
from flows.submit import StageFuture, Submit
from gfn_core import __version__
from gfn_core.errors import FileTrouble
from gfn_core.store.archive import Archive
from gfn_core.store.journal import Journal, is_being_written, last_line, read_journal
from tasks.clip import Clip
from tasks.stage_task import StageTask

LAST_EVENTS = ("ended", "interrupted", "buried")
METRICS_SECONDS = 5.0

_open_logs: set["RunLog"] = set()


class RunLog:
    """The log of a run under way.

    A disk that is full stops no run: what becomes of the clips counts more than its record.
    """

    def __init__(self, archive: Archive, run_id: str) -> None:
        self.trouble = ""  # the first that kept something from being written
        self._journal = Journal(log_path(archive, run_id))
        self._metrics = RunMetrics(archive)
        self._told = 0.0

    def begins(self, clips: int, todo: int, until: float | None) -> None:
        """Note the beginning of the run."""
        who = {"pid": os.getpid(), "host": gethostname(), "software": f"gfn {__version__}"}
        self._journal.note("began", clips=clips, todo=todo, until=until, **who)

    def noting(self, submit: Submit) -> Submit:
        """Return `submit`, noting each stage that is begun."""

        def submit_noted(stage: StageTask, clip: Clip) -> StageFuture:
            name, state = stage.makes.name, state_of(clip)
            with self.spared():
                self._journal.note("stage", video=clip.video, stage=name, state=state)
            return submit(stage, clip)

        return submit_noted

    def clip_ended(self, outcome: Outcome) -> None:
        """Note what became of a clip."""
        self._metrics.learn(outcome)
        with self.spared():
            self._journal.note("clip", **asdict(outcome))
            if time.monotonic() - self._told > METRICS_SECONDS:
                self._told = time.monotonic()
                self._metrics.write()

    def last_word(self, event: str, **facts: object) -> None:
        """Note how the run ends."""
        with self.spared():
            self._journal.note(event, **facts)
            self._metrics.write(has_ended=True)

    @contextmanager
    def spared(self) -> Iterator[None]:
        """Spare the run what goes wrong with its records; the first trouble is kept."""
        try:
            yield
        except OSError as error:
            self.trouble = self.trouble or str(FileTrouble.of(error, "the run's record"))

    def interrupted(self) -> None:
        """Note that the run ends at once: one system call, no locks."""
        with self.spared():
            self._journal.note("interrupted", by="signal")

    def close(self) -> None:
        """Let others see that the run is over."""
        self._journal.close()


@contextmanager
def run_log(archive: Archive, run_id: str) -> Iterator[RunLog]:
    """Keep the log of a run; whatever ends it is noted, but for a sudden death."""
    log = RunLog(archive, run_id)
    _open_logs.add(log)
    try:
        yield log
    except BaseException as error:
        log.last_word("interrupted", by=type(error).__name__)
        raise
    finally:
        _open_logs.discard(log)
        log.close()


def note_interruption() -> None:
    """Have all open logs say that the user has ended the run; safe in a signal's handler."""
    for log in list(_open_logs):
        log.interrupted()


@dataclass
class LoggedRun:
    """A run, as its log tells it."""

    run_id: str
    is_alive: bool
    began: str = ""  # ISO 8601
    last: str = ""  # time of the last line
    end: str = ""  # of LAST_EVENTS; empty where it goes on, or was killed
    clips: int = 0
    todo: int = 0
    until: float | None = None
    outcomes: list[Outcome] = field(default_factory=list)
    under_way: dict[str, dict[str, str]] = field(default_factory=dict)  # lines "stage" by video

    @property
    def seconds(self) -> float:
        """Time from its first line to its last."""
        if not self.began:
            return 0.0
        span = datetime.fromisoformat(self.last) - datetime.fromisoformat(self.began)
        return span.total_seconds()

    @property
    def was_killed(self) -> bool:
        """Whether it ended without a word."""
        return not self.is_alive and self.end in ("", "buried")


def read_run_log(path: Path) -> LoggedRun:
    """Read the log of a run, which may still go on."""
    run = LoggedRun(path.stem, is_being_written(path))
    for line in read_journal(path):
        event = line.pop("event")
        if event != "buried":  # by a later run
            run.last = line["time"]
        if event == "began":
            run.began, run.clips, run.todo = line["time"], line["clips"], line["todo"]
            run.until = line["until"]
        elif event == "stage":
            run.under_way[line["video"]] = line
        elif event == "clip":
            run.under_way.pop(line["video"], None)
            del line["time"]
            run.outcomes.append(Outcome.from_plain(line))
        elif event in LAST_EVENTS:
            run.end = event
    return run


def killed_runs(archive: Archive) -> Iterator[Path]:
    """Yield the logs of runs that ended without a word, and of which nobody has taken note."""
    for path in log_paths(archive):
        if last_line(path).get("event") not in LAST_EVENTS and not is_being_written(path):
            yield path


def log_paths(archive: Archive) -> list[Path]:
    """Logs of all runs, the oldest first."""
    return sorted((archive.store / "runs").glob("*.jsonl"))


def log_path(archive: Archive, run_id: str) -> Path:
    """Where the log of a run lies."""
    return archive.store / "runs" / f"{run_id}.jsonl"


def state_of(clip: Clip) -> str:
    """Name a clip's source as it is now; empty where there is none."""
    try:
        return clip.probe.key
    except OSError:
        return ""
