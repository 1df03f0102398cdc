"""Runs a request for a person: plan, engine, progress, summary."""

import json
import sys
from dataclasses import dataclass

from rich.console import Console

from flows.display import progress_shown, show_plan, show_summary
from flows.estimate import estimate
from flows.interrupt import leave_at_once_on_interrupt
from flows.ledger import new_run_id, page_path, read_run
from flows.outcome import RunSummary
from flows.pace import Pace
from flows.plan import PlannedClip
from flows.printable import printable
from flows.request import ArchiveRequest, RunRequest
from flows.server import ServerUnavailable, ensure_server
from flows.settings import prefect_api_url, quiet_prefect, state_folder
from gfn_core.errors import GfnError
from tasks.supervisor import start_early

# Imported once in the process that forks the stages' children, instead of once in each child.
STAGES = ["tasks.probe", "tasks.motion", "tasks.smooth", "tasks.render", "tasks.report"]
# What libraries import only when they are used: half a second in each stage of each clip.
LATE = ["pandas", "pyarrow.dataset", "av.subtitles.stream", "matplotlib.backends.backend_svg"]
PRELOADED = [*STAGES, *LATE, "cvxpy", "gfn_core.smoothing.convex_program"]
NETWORK_PRELOADED = [
    "gfn_core.motion.global_flow_estimator",
    "gfn_core.motion.glocal_estimator",
    "gfn_core.motion.activity_meter",
]


@dataclass(frozen=True)
class Audience:
    """Who is told what: progress and warnings go to stderr, results to stdout."""

    as_json: bool = False
    quiet: bool = False

    @property
    def results(self) -> Console:
        """Where results go."""
        return Console(quiet=self.quiet or self.as_json)

    @property
    def notices(self) -> Console:
        """Where all else goes."""
        return Console(stderr=True, quiet=self.quiet)


def run_request(request: RunRequest, audience: Audience, *, with_prefect: bool) -> RunSummary:
    """Do what `request` asks for and tell `audience`."""
    planned = request.plan()
    if any(item.missing for item in planned):
        summary = _run(request, planned, audience, with_prefect=with_prefect)
    else:
        summary = RunSummary(tuple(item.outcome for item in planned), 0.0)
    if audience.as_json:
        print(summary.to_json())
    show_summary(audience.results, summary, str(page_path(request.archive)))
    if audience.quiet:
        for outcome in summary.outcomes:
            if outcome.error:
                print(f"gfn: {printable(outcome.error)}", file=sys.stderr)
        if summary.trouble:
            print(f"gfn: {printable(summary.trouble)}", file=sys.stderr)
    return summary


def show_request(request: ArchiveRequest, audience: Audience) -> None:
    """Tell `audience` what a run would do."""
    planned = request.plan()
    slots = request.run.slots_for(len(planned))
    told = estimate(request.archive, planned, slots, Pace.of_past_runs(request.archive))
    if audience.as_json:
        print(json.dumps([{"video": p.clip.video, "missing": p.missing} for p in planned]))
    show_plan(audience.results, planned)
    audience.results.print(f"to do: {told}", soft_wrap=True)


def prepare(*, with_network: bool) -> None:
    """Import what the stages need once, in the process that will fork theirs."""
    start_early(PRELOADED + (NETWORK_PRELOADED if with_network else []))


def _needs_network(planned: list[PlannedClip]) -> bool:
    return any(
        ("motion" in item.missing and item.clip.settings.motion.estimator.has_weights)
        or "activity" in item.missing
        for item in planned
    )


def _run(
    request: RunRequest,
    planned: list[PlannedClip],
    audience: Audience,
    *,
    with_prefect: bool,
) -> RunSummary:
    api_url = prefect_api_url()
    quiet_prefect(None)
    prepare(with_network=_needs_network(planned))
    slots = request.run.slots_for(len(planned))
    past = Pace.of_past_runs(request.archive)
    audience.notices.print(f"to do: {estimate(request.archive, planned, slots, past)}")
    run_id = new_run_id()
    with progress_shown(audience.notices, planned):
        leave_at_once_on_interrupt(
            lambda: print("\ngfn: interrupted; the same command resumes", file=sys.stderr)
        )
        if with_prefect:
            try:
                api_url = api_url or ensure_server(state_folder()).api_url
                return _run_as_flow(request, run_id, api_url)
            except ServerUnavailable as error:
                audience.notices.print(f"{error}; going on without Prefect")
        from flows.run import stabilize_plainly

        return stabilize_plainly(request, run_id)


def _run_as_flow(request: RunRequest, run_id: str, api_url: str) -> RunSummary:
    quiet_prefect(api_url)
    from flows.archive import FLOWS

    try:
        state = FLOWS[type(request)](request, run_id, return_state=True)
    except Exception as error:  # the engine's own, of many kinds; the flow's end as a state
        reason = " ".join(str(error).split())
        raise ServerUnavailable(f"Prefect failed at {api_url} ({reason})") from error
    try:
        return read_run(request.archive, run_id)
    except OSError as error:
        failure = state.result(raise_on_failure=False)
        if isinstance(failure, GfnError):
            raise failure from None
        raise GfnError(f"the flow run did not end well: {state.name}: {state.message}") from error
