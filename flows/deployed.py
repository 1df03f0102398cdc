"""The flows that workers run for the deployments in deployments/prefect.yaml."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.archive import run_in_flow
from flows.ledger import new_run_id
from flows.morning import morning_of, write_morning_page
from flows.parameters import (
    AuditWork,
    Clips,
    Folder,
    Location,
    Look,
    NewLook,
    Place,
    Training,
    Work,
    archive_request,
    resmooth_request,
)
from flows.stabilizing import prepare

NIGHT = timedelta(hours=24)


@flow(name="stabilize", persist_result=False)
def stabilize(place: Place, look: Look = Look(), work: Work = Work()) -> State[None]:  # noqa: B008
    """Stabilize what is new or changed; fails when a clip did, after all others are done."""
    prepare(with_network=look.estimator.has_weights)
    request = archive_request(place, look, work)
    state = run_in_flow(request, new_run_id())
    now = datetime.now(UTC)
    write_morning_page(request.archive, morning_of(request.archive, now - NIGHT, now))
    return state


@flow(name="resmooth", persist_result=False)
def resmooth(
    archive: Location,
    look: NewLook = NewLook(),  # noqa: B008  all of these are frozen
    clips: Clips = Clips(),  # noqa: B008
    work: Work = Work(),  # noqa: B008
) -> State[None]:
    """Smooth and render anew from the stored motion."""
    prepare(with_network=False)
    return run_in_flow(resmooth_request(archive, look, clips, work), new_run_id())


@flow(name="audit", persist_result=False)
def audit(archive: Location, work: AuditWork = AuditWork()) -> State[None]:  # noqa: B008
    """Check an archive; fails where something is broken."""
    from flows.auditing import EXIT_CODES, AuditOrder, audit_archive
    from flows.stabilizing import Audience
    from gfn_core.audit.finding import Severity

    order = AuditOrder(work.deep, work.repair, with_prefect=False)
    result = audit_archive(Path(archive), order, Audience(quiet=True))
    for finding in result.findings:
        if finding.severity > Severity.INFO:
            get_run_logger().warning("%s %s: %s", finding.code, finding.clip, finding.message)
    message = f"{result.clips} clips, {len(result.findings)} findings, {len(result.mended)} mended"
    is_broken = result.exit_code == EXIT_CODES[Severity.ERROR]
    return Failed(message=message) if is_broken else Completed(message=message)


@flow(name="train", persist_result=False)
def train(out: Folder, training: Training = Training()) -> State[None]:  # noqa: B008
    """Train the network further, from where the latest run stopped."""
    from rich.console import Console

    from flows.training import TrainingRequest, first_weights, run_training
    from gfn_core.training.kinds import Trained
    from gfn_core.training.loop import LoopSettings
    from gfn_core.training.recipe import TrainingRecipe

    recipe = TrainingRecipe(
        Trained(training.trained), loop=LoopSettings(steps=training.steps), seed=training.seed
    )
    images, clips, start = (Path(one) if one else None for one in training.files)
    request = TrainingRequest(
        Path(out),
        recipe,
        images,
        clips=clips,
        start=first_weights(start, clips),
        minutes=training.minutes,
        workers=training.workers,
        device=training.device,
        command="the deployment `train`",
    )
    weights = run_training(request, Console(stderr=True))
    return Completed(message=f"weights: {weights}")
