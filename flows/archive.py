"""Stabilize an archive: as a Prefect flow, or with the plain executor. One way, two engines."""

import time
from concurrent.futures import ThreadPoolExecutor

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.ledger import new_run_id, note_run
from flows.outcome import RunSummary
from flows.pipeline import Submit, stabilize_clips
from flows.request import ArchiveRequest, plan_archive
from tasks.progress import BOARD
from tasks.stage_task import run_plainly


@flow(name="stabilize-archive", persist_result=False)
def stabilize_archive(request: ArchiveRequest, run_id: str | None = None) -> State[None]:
    """Stabilize every video of the request; fails when a clip did, after all others are done."""
    summary = run_stages(request, run_id or new_run_id(), lambda stage, clip: stage.submit(clip))
    failed = summary.count("failed")
    message = f"{len(summary.outcomes) - failed} of {len(summary.outcomes)} clips are stabilized"
    return Failed(message=message) if failed else Completed(message=message)


def stabilize_plainly(request: ArchiveRequest, run_id: str) -> RunSummary:
    """Do the same without Prefect's engine."""
    with ThreadPoolExecutor() as executor:
        return run_stages(
            request, run_id, lambda stage, clip: executor.submit(run_plainly, stage, clip)
        )


def run_stages(request: ArchiveRequest, run_id: str, submit: Submit) -> RunSummary:
    """Do what is missing, and note the run in the archive."""
    started = time.monotonic()
    planned = plan_archive(request)
    outcomes = {item.clip.video: item.outcome for item in planned}
    missing = [item.clip for item in planned if item.missing]
    for outcome in stabilize_clips(missing, submit, request.run.slots_for(len(missing))):
        outcomes[outcome.video] = outcome
        BOARD.finish(outcome.video)
    summary = RunSummary(tuple(outcomes.values()), round(time.monotonic() - started, 3))
    note_run(request.archive, run_id, summary)
    return summary
