"""The way of every clip through its stages, many clips at once, whoever executes them.

Each clip's next stage is submitted when the one before has ended, so that clips are finished one
after the other rather than all stages of one kind first, and no worker waits for another.
"""

import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flows.footage import footage_of
from flows.outcome import Outcome, Status
from flows.plan import Route
from flows.printable import printable
from flows.submit import StageFuture, Submit
from gfn_core.errors import FileTrouble, GfnError, OutOfTime, StageCrashed, StageTimedOut
from tasks.activity import activity
from tasks.clip import Clip, Made
from tasks.motion import motion
from tasks.motion_segments import motion_segment
from tasks.probe import probe
from tasks.render import render
from tasks.render_segments import render_segment_of
from tasks.report import report
from tasks.smooth import smooth
from tasks.stage_task import StageTask

ROUTES: dict[Route, tuple[StageTask, ...]] = {
    "stabilize": (
        probe,
        motion_segment,
        motion,
        smooth,
        render_segment_of,
        render,
        activity,
        report,
    ),
    "resmooth": (smooth, probe, render_segment_of, render, activity, report),
    "smooth": (smooth,),
}


@dataclass(frozen=True)
class Runner:
    """Executes stages, `slots` at a time, each in a process of its own."""

    submit: Submit
    slots: int
    threads: Callable[[int], int]  # of each process, where so many run at a time
    dask_address: str | None = None  # of the scheduler, where stages run on Dask


@dataclass(eq=False)
class Way:
    """How far a clip has come."""

    clip: Clip
    stages: Iterator[StageTask]  # still to come
    open_parts: int = 0  # of the stage under way
    made: list[Made] = field(default_factory=list)
    has_failed: bool = False

    def next_parts(self) -> "list[Part]":
        """Go on to the next stage that has something to do; empty when all is done."""
        for stage in self.stages:
            parts = [Part(self, stage, clip) for clip in stage.parts(self.clip)]
            if parts:
                self.open_parts = len(parts)
                return parts
        return []


@dataclass(frozen=True)
class Part:
    """A stage of a clip, or a segment's share of it."""

    way: Way
    stage: StageTask
    clip: Clip


def process_clips(
    clips: Sequence[Clip], runner: Runner, stages: Sequence[StageTask]
) -> Iterator[Outcome]:
    """Take `clips` through all `stages`; yields each outcome.

    As many stages, or segments of one, are under way as the runner has slots; clips begun go first.
    """
    work = WorkInHand(clips, runner, stages)
    while work.is_left:
        outcome = work.go_on()
        if outcome is not None:
            yield outcome


class WorkInHand:
    """The clips of a run: waiting, begun, under way."""

    def __init__(self, clips: Sequence[Clip], runner: Runner, stages: Sequence[StageTask]) -> None:
        self._runner, self._stages = runner, stages
        self._waiting = deque(clips)
        self._ready: deque[Part] = deque()
        self._running = 0
        self._ended: queue.SimpleQueue[tuple[Way, StageFuture]] = queue.SimpleQueue()

    @property
    def is_left(self) -> bool:
        """Whether there is still something to do, or to wait for."""
        return bool(self._running or self._ready or self._waiting)

    def go_on(self) -> Outcome | None:
        """Start something where there is room for it, or else wait for something to end.

        Returns the outcome of a clip that is through.
        """
        if self._running < self._runner.slots and self._ready:
            self._start(self._ready.popleft())
            return None
        if self._running < self._runner.slots and self._waiting:
            return self._advance(Way(self._waiting.popleft(), iter(self._stages)))
        way, future = self._ended.get()
        self._running -= 1
        return self._settle(way, future)

    def _start(self, part: Part) -> None:
        rivals = 1 + self._running + len(self._ready) + len(self._waiting)
        threads = self._runner.threads(min(self._runner.slots, rivals))
        future = self._runner.submit(part.stage, replace(part.clip, threads=threads))
        future.add_done_callback(lambda ended: self._ended.put((part.way, ended)))
        self._running += 1

    def _settle(self, way: Way, future: StageFuture) -> Outcome | None:
        try:
            way.made.append(future.result())
        except Exception as error:
            return self._fail(way, error)
        way.open_parts -= 1
        return self._advance(way) if way.open_parts == 0 and not way.has_failed else None

    def _advance(self, way: Way) -> Outcome | None:
        try:
            parts = way.next_parts()
        except Exception as error:
            return self._fail(way, error)
        self._ready += parts
        return None if parts else _finished(way.clip, way.made)

    def _fail(self, way: Way, error: Exception) -> Outcome | None:
        """Drop what is left of a clip; of several segments that fail the first tells."""
        self._ready = deque(part for part in self._ready if part.way is not way)
        if way.has_failed:
            return None
        way.has_failed = True
        return _failed(way.clip, way.made, error)


def _finished(clip: Clip, made: list[Made]) -> Outcome:
    is_new = any(not item.cached for item in made)
    return Outcome(
        video=clip.video,
        status="done" if is_new else "up to date",
        output=clip.output_name,
        notes=tuple(note for item in made for note in item.notes),
        output_bytes=_size_bytes(clip.output),
        **_executed(clip, made),
    )


def _failed(clip: Clip, made: list[Made], error: Exception) -> Outcome:
    if isinstance(error, OSError):
        error = FileTrouble.of(error, clip.video)
    known = isinstance(error, GfnError)
    text = printable(" ".join(str(error).split()) if known else f"internal error: {error!r}")
    status: Status = "deferred" if isinstance(error, OutOfTime) else "failed"
    return Outcome(
        clip.video,
        status,
        error=text,
        is_crash=isinstance(error, StageCrashed | StageTimedOut),
        **_executed(clip, made),
    )


def _executed(clip: Clip, made: list[Made]) -> dict[str, Any]:
    new = [item for item in made if not item.cached]
    seconds: dict[str, float] = {}
    for item in new:
        stage = item.artifact.stage.whole
        seconds[stage] = round(seconds.get(stage, 0.0) + item.seconds, 3)
    return {
        "executed": tuple(seconds),
        "seconds": seconds,
        "footage": footage_of(clip) if new else None,
        "stored_bytes": sum(_size_bytes(clip.archive.path(item.artifact)) for item in new),
    }


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
