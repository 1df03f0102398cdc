"""One run over an archive, whichever engine and runner execute its stages."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

from flows.deadline import in_time
from flows.ledger import note_run
from flows.order import ordered
from flows.outcome import Outcome, RunSummary
from flows.pace import Pace
from flows.pipeline import ROUTES, Runner, process_clips
from flows.plan import PlannedClip
from flows.quarantine import Quarantine
from flows.request import RunRequest
from flows.run_log import run_log, state_of
from flows.runner import opened_runner
from gfn_core.store.leftovers import remove_leftovers
from gfn_core.store.room import require_writable
from tasks.progress import BOARD

Tell = Callable[[Outcome], None]


def stabilize_plainly(request: RunRequest, run_id: str) -> RunSummary:
    """Do what the request asks for without Prefect."""
    with opened_runner(request.run) as runner:
        return run_stages(request, run_id, runner)


def run_stages(
    request: RunRequest, run_id: str, runner: Runner, tell: Tell = lambda outcome: None
) -> RunSummary:
    """Do what is missing, and note it in the archive as it happens.

    Raises `FileTrouble` where nothing can be written to OUT.
    """
    started = time.monotonic()
    require_writable(request.archive)
    remove_leftovers(request.archive)
    planned = request.plan()
    outcomes = {item.clip.video: item.outcome for item in planned}
    todo = [item for item in planned if item.missing]
    with run_log(request.archive, run_id) as log:
        log.begins(len(planned), len(todo), request.run.until)
        for outcome in _ends(request, todo, replace(runner, submit=log.noting(runner.submit))):
            outcomes[outcome.video] = outcome
            log.clip_ended(outcome)
            tell(outcome)
            BOARD.finish(outcome.video)
        seconds = round(time.monotonic() - started, 3)
        summary = RunSummary(tuple(outcomes.values()), seconds, log.trouble)
        with log.spared():
            note_run(request.archive, run_id, summary)
        log.last_word("ended", seconds=summary.seconds)
    return replace(summary, trouble=log.trouble)


def _ends(request: RunRequest, todo: Sequence[PlannedClip], runner: Runner) -> Iterator[Outcome]:
    """Yield the end of each clip; in order and in time, those in quarantine untried."""
    run, archive = request.run, request.archive
    quarantine = Quarantine.of(archive, retry=run.retry)
    held = quarantine.held(todo)
    yield from held
    untried = {outcome.video for outcome in held}
    clips = [
        replace(item.clip, until=run.until, gpu_limit=run.gpu_limit)
        for item in todo
        if item.clip.video not in untried
    ]
    states = {clip.video: state_of(clip) for clip in clips}
    pace = Pace.of_past_runs(archive) if run.until else Pace()
    queue = ordered(clips, run.order, run.first)
    timely = replace(runner, submit=in_time(runner.submit, pace, todo))
    for outcome in process_clips(queue, timely, ROUTES[request.route]):
        pace.learn(outcome)
        with suppress(OSError):  # a full disk, which the run's log has met before
            quarantine.learn(states[outcome.video], outcome)
        yield outcome
