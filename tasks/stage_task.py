"""Makes a Prefect task of a stage, when Prefect is to run it.

Prefect's own cache is off: its entries outlive the files they point at and do not notice a changed
file (docs/decisions/0003). Our store decides, and a task that found its artifact says so in its
state, so that Prefect's UI shows it.
"""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gfn_core.store.keys import Stage
from tasks.clip import Clip, Made

if TYPE_CHECKING:
    from prefect import Task
    from prefect.client.schemas.objects import State
    from prefect.futures import PrefectFuture
    from prefect.task_runners import TaskRunner


def whole(clip: Clip) -> Sequence[Clip]:
    """Return all of `clip`, as one part."""
    return (clip,)


@dataclass(frozen=True)
class StageTask:
    """A stage: called, it runs here and now; submitted, as a task of the flow under way."""

    makes: Stage
    stage: Callable[[Clip], Made]
    parts: Callable[[Clip], Sequence[Clip]] = whole  # for each of which it is to be called

    def __call__(self, clip: Clip) -> Made:
        """Run the stage without Prefect's engine."""
        return self.stage(clip)

    def __reduce__(self) -> tuple[Callable[[str, str], object], tuple[str, str]]:
        """Travel by name: the module's attribute is this, not the function that it was made of."""
        return _attribute, (self.stage.__module__, self.stage.__name__)

    def submit(
        self, clip: Clip, task_runner: "TaskRunner[Any] | None" = None
    ) -> "PrefectFuture[Made | State[Made]]":
        """Submit the stage to `task_runner`, or to that of the flow under way."""
        task = _prefect_task(self)
        if task_runner is None:
            return task.submit(clip)
        future: PrefectFuture[Made | State[Made]] = task_runner.submit(task, {"clip": clip})
        return future


def _attribute(module: str, name: str) -> object:
    return getattr(import_module(module), name)


def stage_task(makes: Stage) -> Callable[[Callable[[Clip], Made]], StageTask]:
    """Decorate a stage that makes artifacts of a kind."""
    return functools.partial(StageTask, makes)


def segment_task(
    makes: Stage, parts: Callable[[Clip], Sequence[Clip]]
) -> Callable[[Callable[[Clip], Made]], StageTask]:
    """Decorate a stage that is called for each of a clip's `parts`, side by side."""
    return functools.partial(StageTask, makes, parts=parts)


@functools.cache
def _prefect_task(stage_task: StageTask) -> "Task[[Clip], Made | State[Made]]":
    # Importing Prefect takes more than a second, which stages' own processes and runs without it
    # need not spend.
    from prefect import task  # noqa: PLC0415
    from prefect.cache_policies import NO_CACHE  # noqa: PLC0415
    from prefect.states import Completed  # noqa: PLC0415

    @task(
        name=stage_task.stage.__name__,
        task_run_name=f"{stage_task.stage.__name__} {{clip.video}}",
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    def run(clip: Clip) -> "Made | State[Made]":
        made = stage_task(clip)
        return Completed(name="Cached", data=made) if made.cached else made

    return run
