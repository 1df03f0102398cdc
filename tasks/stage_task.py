"""Makes a Prefect task of a stage.

Prefect's own cache is off: its entries outlive the files they point at and do not notice a changed
file (docs/decisions/0003). Our store decides, and a task that found its artifact says so in its
state, so that Prefect's UI shows it.
"""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from prefect import Task, task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed, State

from tasks.clip import Clip, Made

P = ParamSpec("P")


def stage_task(
    stage: Callable[Concatenate[Clip, P], Made],
) -> Task[Concatenate[Clip, P], Made | State[Made]]:
    """Wrap `stage` as a Prefect task of the same name; `stage_task(f).fn.__wrapped__` is f."""

    @functools.wraps(stage)
    def run(clip: Clip, *args: P.args, **kwargs: P.kwargs) -> Made | State[Made]:
        made = stage(clip, *args, **kwargs)
        return Completed(name="Cached", data=made) if made.cached else made

    return task(
        run,
        name=stage.__name__,
        task_run_name=f"{stage.__name__} {{clip.video}}",
        cache_policy=NO_CACHE,
        persist_result=False,
        log_prints=False,
    )
