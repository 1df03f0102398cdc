"""The Prefect flows over an archive: stabilize it, or smooth it anew."""

from typing import Any

from prefect import Flow, flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.ledger import new_run_id
from flows.plan import Route
from flows.request import ArchiveRequest, RunRequest
from flows.resmooth import ResmoothRequest
from flows.run import run_stages
from flows.ui_artifacts import show_in_prefect


@flow(name="stabilize-archive", persist_result=False)
def stabilize_archive(request: ArchiveRequest, run_id: str | None = None) -> State[None]:
    """Stabilize every video of the request; fails when a clip did, after all others are done."""
    return _run(request, run_id)


@flow(name="resmooth-archive", persist_result=False)
def resmooth_archive(request: ResmoothRequest, run_id: str | None = None) -> State[None]:
    """Smooth and render the request's clips from their stored motion; fails when a clip did."""
    return _run(request, run_id)


FLOWS: dict[Route, Flow[[Any, str | None], State[None]]] = {
    "stabilize": stabilize_archive,
    "resmooth": resmooth_archive,
    "smooth": resmooth_archive,
}


def _run(request: RunRequest, run_id: str | None) -> State[None]:
    summary = run_stages(request, run_id or new_run_id(), lambda stage, clip: stage.submit(clip))
    show_in_prefect(request.archive, summary)
    failed = summary.count("failed")
    message = f"{len(summary.outcomes) - failed} of {len(summary.outcomes)} clips are stabilized"
    return Failed(message=message) if failed else Completed(message=message)
