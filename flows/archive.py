"""The Prefect flows over an archive: stabilize it, smooth it anew, or repair it."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

from prefect import Flow, flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed
from prefect.task_runners import TaskRunner

from flows.in_step import in_step
from flows.ledger import new_run_id
from flows.outcome import Outcome
from flows.pipeline import Runner
from flows.repairing import RepairRequest
from flows.request import ArchiveRequest, RunRequest
from flows.resmooth import ResmoothRequest
from flows.run import run_stages
from flows.runner import opened_runner
from flows.ui_artifacts import show_in_prefect
from tasks.supervisor import stop_all


@flow(name="stabilize-archive", persist_result=False)
def stabilize_archive(request: ArchiveRequest, run_id: str | None = None) -> State[None]:
    """Stabilize every video of the request; fails when a clip did, after all others are done."""
    return run_in_flow(request, run_id or new_run_id())


@flow(name="resmooth-archive", persist_result=False)
def resmooth_archive(request: ResmoothRequest, run_id: str | None = None) -> State[None]:
    """Smooth and render the request's clips from their stored motion; fails when a clip did."""
    return run_in_flow(request, run_id or new_run_id())


@flow(name="repair-archive", persist_result=False)
def repair_archive(request: RepairRequest, run_id: str | None = None) -> State[None]:
    """Make anew what an audit found broken; fails when a clip did."""
    return run_in_flow(request, run_id or new_run_id())


FLOWS: dict[type[RunRequest], Flow[[Any, str | None], State[None]]] = {
    ArchiveRequest: stabilize_archive,
    ResmoothRequest: resmooth_archive,
    RepairRequest: repair_archive,
}


def run_in_flow(request: RunRequest, run_id: str) -> State[None]:
    """Do what `request` asks for in the flow under way; the state says how it ended."""
    logger = get_run_logger()

    def tell(outcome: Outcome) -> None:
        seconds = sum(outcome.seconds.values())
        logger.info("%s: %s, %.1f s %s", outcome.video, outcome.status, seconds, outcome.error)

    try:
        with opened_runner(request.run) as runner, _task_runner(runner) as task_runner:
            through_prefect = in_step(lambda stage, clip: stage.submit(clip, task_runner))
            summary = run_stages(request, run_id, replace(runner, submit=through_prefect), tell)
    except BaseException as end:
        if not isinstance(end, Exception):  # told to end: Prefect would wait for stages under way
            stop_all()
        raise
    show_in_prefect(request.archive, summary)
    failed = summary.count("failed") + summary.count("quarantined")
    left = summary.count("deferred")
    message = (
        f"{len(summary.outcomes) - failed - left} of {len(summary.outcomes)} clips are stabilized"
    )
    if left:
        message += f", {left} left for the next run"
    return Failed(message=message) if failed else Completed(message=message)


def _task_runner(runner: Runner) -> AbstractContextManager[TaskRunner[Any] | None]:
    """Prefect's task runner for a cluster; None where the flow's own, on threads, will do."""
    if runner.dask_address is None:
        return nullcontext()
    from prefect_dask import DaskTaskRunner  # noqa: PLC0415  (half a second)

    cluster: TaskRunner[Any] = DaskTaskRunner(address=runner.dask_address)
    return cluster
