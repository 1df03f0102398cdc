"""The way of every clip through its stages, many clips at once, whoever executes them.

Each clip's next stage is submitted when the one before has ended, so that clips are finished one
after the other rather than all stages of one kind first, and no worker waits for another.
"""

import queue
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

from flows.outcome import Outcome
from flows.plan import Route
from gfn_core.errors import GfnError
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


class StageFuture(Protocol):
    """A stage under way; both Prefect's and the standard library's futures are such."""

    def add_done_callback(self, function: Callable[[Any], None], /) -> None:
        """Call `function` with this future once it has ended."""

    def result(self) -> Any:  # noqa: ANN401  Prefect's futures are not typed further
        """Return what the stage made, or raise what ended it."""


Submit = Callable[[StageTask, Clip], StageFuture]


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
    executed = [item for item in made if not item.cached]
    return Outcome(
        video=clip.video,
        status="done" if executed else "up to date",
        output=clip.output_name,
        notes=tuple(note for item in made for note in item.notes),
        **_executed(executed),
    )


def _failed(clip: Clip, made: list[Made], error: Exception) -> Outcome:
    executed = [item for item in made if not item.cached]
    known = isinstance(error, GfnError | OSError)
    text = " ".join(str(error).split()) if known else f"internal error: {error!r}"
    return Outcome(clip.video, "failed", error=text, **_executed(executed))


def _executed(made: list[Made]) -> dict[str, Any]:
    return {
        "executed": tuple(item.artifact.stage.name for item in made),
        "seconds": {item.artifact.stage.name: round(item.seconds, 3) for item in made},
    }
