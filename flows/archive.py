"""The Prefect flow that stabilizes an archive."""

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.ledger import new_run_id
from flows.request import ArchiveRequest
from flows.run import run_stages


@flow(name="stabilize-archive", persist_result=False)
def stabilize_archive(request: ArchiveRequest, run_id: str | None = None) -> State[None]:
    """Stabilize every video of the request; fails when a clip did, after all others are done."""
    summary = run_stages(request, run_id or new_run_id(), lambda stage, clip: stage.submit(clip))
    failed = summary.count("failed")
    message = f"{len(summary.outcomes) - failed} of {len(summary.outcomes)} clips are stabilized"
    return Failed(message=message) if failed else Completed(message=message)
