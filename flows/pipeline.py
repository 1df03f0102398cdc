"""The way of every clip through its stages, many clips at once, whoever executes them.

Each clip's next stage is submitted when the one before has ended, so that clips are finished one
after the other rather than all stages of one kind first, and no worker waits for another.
"""

import queue
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flows.footage import footage_of
from flows.outcome import Outcome, Status
from flows.plan import Route
from flows.printable import printable
from flows.submit import StageFuture, Submit
from gfn_core.errors import FileTrouble, GfnError, OutOfTime, StageCrashed, StageTimedOut
from tasks.clip import Clip, Made
from tasks.motion import motion
from tasks.probe import probe
from tasks.render import render
from tasks.report import report
from tasks.smooth import smooth
from tasks.stage_task import StageTask

ROUTES: dict[Route, tuple[StageTask, ...]] = {
    "stabilize": (probe, motion, smooth, render, report),
    "resmooth": (smooth, probe, render, report),
    "smooth": (smooth,),
}


def process_clips(
    clips: Sequence[Clip], submit: Submit, slots: int, route: Route
) -> Iterator[Outcome]:
    """Take `clips` through all stages of `route`, `slots` at a time; yields each outcome."""
    stages = ROUTES[route]
    waiting = deque(clips)
    ended: queue.SimpleQueue[tuple[Clip, StageFuture]] = queue.SimpleQueue()
    made: dict[str, list[Made]] = {}

    def advance(clip: Clip) -> None:
        stage = stages[len(made[clip.video])]
        submit(stage, clip).add_done_callback(lambda future: ended.put((clip, future)))

    def start_next() -> None:
        if waiting:
            clip = waiting.popleft()
            made[clip.video] = []
            advance(clip)

    for _ in range(slots):
        start_next()
    while made:
        clip, future = ended.get()
        try:
            made[clip.video].append(future.result())
        except Exception as error:
            yield _failed(clip, made.pop(clip.video), error)
            start_next()
            continue
        if len(made[clip.video]) < len(stages):
            advance(clip)
        else:
            yield _finished(clip, made.pop(clip.video))
            start_next()


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
    return {
        "executed": tuple(item.artifact.stage.name for item in new),
        "seconds": {item.artifact.stage.name: round(item.seconds, 3) for item in new},
        "footage": footage_of(clip) if new else None,
        "stored_bytes": sum(_size_bytes(clip.archive.path(item.artifact)) for item in new),
    }


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
