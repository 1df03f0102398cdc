"""Makes a Prefect task of a stage.

Prefect's own cache is off: its entries outlive the files they point at and do not notice a changed
file (docs/decisions/0003). Our store decides, and a task that found its artifact says so in its
state, so that Prefect's UI shows it.
"""

import functools
from collections.abc import Callable
from typing import cast

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from tasks.clip import Clip, Made

StageTask = Task[[Clip], Made | State[Made]]


def stage_task(stage: Callable[[Clip], Made]) -> StageTask:
    """Wrap `stage` as a Prefect task of the same name."""

    @task(
        name=stage.__name__,
        task_run_name=f"{stage.__name__} {{clip.video}}",
        cache_policy=NO_CACHE,
        persist_result=False,
    )
    @functools.wraps(stage)
    def run(clip: Clip) -> Made | State[Made]:
        made = stage(clip)
        return Completed(name="Cached", data=made) if made.cached else made

    return run


def run_plainly(stage: StageTask, clip: Clip) -> Made:
    """Run a stage without Prefect's engine."""
    made = stage.fn(clip)
    return cast(Made, made.data) if isinstance(made, State) else made
