"""One run over an archive, whichever engine executes its stages; here, a plain thread pool."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from flows.deadline import in_time
from flows.ledger import note_run
from flows.order import ordered
from flows.outcome import Outcome, RunSummary
from flows.pace import Pace
from flows.pipeline import process_clips
from flows.quarantine import Quarantine
from flows.request import RunRequest
from flows.run_log import run_log, state_of
from flows.submit import Submit
from tasks.progress import BOARD

Tell = Callable[[Outcome], None]


def stabilize_plainly(request: RunRequest, run_id: str) -> RunSummary:
    """Do what the request asks for without Prefect."""
    with ThreadPoolExecutor() as executor:
        return run_stages(request, run_id, executor.submit)


def run_stages(
    request: RunRequest, run_id: str, submit: Submit, tell: Tell = lambda outcome: None
) -> RunSummary:
    """Do what is missing, in order and in time, and note it in the archive as it happens."""
    started = time.monotonic()
    archive, run = request.archive, request.run
    planned = request.plan()
    outcomes = {item.clip.video: item.outcome for item in planned}
    todo = [item for item in planned if item.missing]
    quarantine = Quarantine.of(archive, retry=run.retry)
    pace = Pace.of_past_runs(archive) if run.until else Pace()
    with run_log(archive, run_id) as log:
        log.begins(len(planned), len(todo), run.until)

        def take(outcome: Outcome) -> None:
            outcomes[outcome.video] = outcome
            log.clip_ended(outcome)
            tell(outcome)

        for held in quarantine.held(todo):
            take(held)
        clips = [
            replace(item.clip, until=run.until, gpu_limit=run.gpu_limit)
            for item in todo
            if not outcomes[item.clip.video].error
        ]
        states = {clip.video: state_of(clip) for clip in clips}
        timely = log.noting(in_time(submit, pace, todo))
        slots = run.slots_for(len(clips))
        for outcome in process_clips(
            ordered(clips, run.order, run.first), timely, slots, request.route
        ):
            take(outcome)
            pace.learn(outcome)
            quarantine.learn(states[outcome.video], outcome)
            BOARD.finish(outcome.video)
        summary = RunSummary(tuple(outcomes.values()), round(time.monotonic() - started, 3))
        note_run(archive, run_id, summary)
        log.last_word("ended", seconds=summary.seconds)
    return summary
