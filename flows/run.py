"""One run over an archive, whichever engine executes its stages; here, a plain thread pool."""

import time
from concurrent.futures import ThreadPoolExecutor

from flows.ledger import note_run
from flows.outcome import RunSummary
from flows.pipeline import Submit, process_clips
from flows.request import RunRequest
from tasks.progress import BOARD


def stabilize_plainly(request: RunRequest, run_id: str) -> RunSummary:
    """Do what the request asks for without Prefect."""
    with ThreadPoolExecutor() as executor:
        return run_stages(request, run_id, executor.submit)


def run_stages(request: RunRequest, run_id: str, submit: Submit) -> RunSummary:
    """Do what is missing, and note the run in the archive."""
    started = time.monotonic()
    planned = request.plan()
    outcomes = {item.clip.video: item.outcome for item in planned}
    missing = [item.clip for item in planned if item.missing]
    slots = request.run.slots_for(len(missing))
    for outcome in process_clips(missing, submit, slots, request.route):
        outcomes[outcome.video] = outcome
        BOARD.finish(outcome.video)
    summary = RunSummary(tuple(outcomes.values()), round(time.monotonic() - started, 3))
    note_run(request.archive, run_id, summary)
    return summary
