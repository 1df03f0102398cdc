"""Makes a Prefect task of a stage, when Prefect is to run it.

Prefect's own cache is off: its entries outlive the files they point at and do not notice a changed
file (docs/decisions/0003). Our store decides, and a task that found its artifact says so in its
state, so that Prefect's UI shows it.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gfn_core.store.keys import Stage
from tasks.clip import Clip, Made

if TYPE_CHECKING:
    from prefect import Task
    from prefect.client.schemas.objects import State
    from prefect.futures import PrefectFuture


@dataclass(frozen=True)
class StageTask:
    """A stage: called, it runs here and now; submitted, as a task of the flow under way."""

    makes: Stage
    stage: Callable[[Clip], Made]

    def __call__(self, clip: Clip) -> Made:
        """Run the stage without Prefect's engine."""
        return self.stage(clip)

    def submit(self, clip: Clip) -> "PrefectFuture[Made | State[Made]]":
        """Submit the stage to the task runner of the flow under way."""
        return _prefect_task(self.stage).submit(clip)


def stage_task(makes: Stage) -> Callable[[Callable[[Clip], Made]], StageTask]:
    """Decorate a stage that makes artifacts of a kind."""
    return functools.partial(StageTask, makes)


@functools.cache
def _prefect_task(stage: Callable[[Clip], Made]) -> "Task[[Clip], Made | State[Made]]":
    # Importing Prefect takes more than a second, which stages' own processes and runs without it
    # need not spend.
    from prefect import task  # noqa: PLC0415
    from prefect.cache_policies import NO_CACHE  # noqa: PLC0415
    from prefect.states import Completed  # noqa: PLC0415

    @task(
        name=stage.__name__,
        task_run_name=f"{stage.__name__} {{clip.video}}",
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    @functools.wraps(stage)
    def run(clip: Clip) -> "Made | State[Made]":
        made = stage(clip)
        return Completed(name="Cached", data=made) if made.cached else made

    return run
