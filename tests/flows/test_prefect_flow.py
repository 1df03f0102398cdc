"""The same run as a Prefect flow: its states say what happened."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterFlowRunId
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness

from flows.archive import FLOWS, resmooth_archive, stabilize_archive
from flows.archive_audit import ArchiveAudit
from flows.ledger import read_run
from flows.locations import archive_at
from flows.repairing import RepairRequest, repair_request
from flows.request import ArchiveRequest
from flows.resmooth import Changes, ResmoothRequest
from flows.run import stabilize_plainly
from gfn_core.smoothing.style import Style
from tests.tracks_settings import TRACKS


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    with (
        prefect_test_harness(server_startup_timeout=120),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


@pytest.fixture
def source(tmp_path: Path, small_clip: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(small_clip, folder / "good.mp4")
    return folder


def task_states(flow_run_id: object) -> dict[str, str]:
    with get_client(sync_client=True) as client:
        runs = client.read_task_runs()
        return {run.name: run.state_name for run in runs if run.flow_run_id == flow_run_id}


def artifact_types(flow_run_id: object) -> dict[str | None, str | None]:
    with get_client(sync_client=True) as client:
        wanted = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[flow_run_id]))
        return {found.key: found.type for found in client.read_artifacts(artifact_filter=wanted)}


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_bad_clip_fails_the_flow_after_all_others_are_done(source: Path, tmp_path: Path) -> None:
    (source / "bad.mp4").write_text("not a video")
    request = ArchiveRequest((source,), tmp_path / "out", TRACKS)
    state = stabilize_archive(request, "first", return_state=True)
    assert state.is_failed()
    assert state.message == "1 of 2 clips are stabilized"
    outcomes = {o.video: o for o in read_run(request.archive, "first").outcomes}
    assert outcomes["good.mp4"].status == "done"
    assert "cannot be read as a video" in outcomes["bad.mp4"].error
    assert (tmp_path / "out" / "good.mp4").exists()
    assert artifact_types(state.state_details.flow_run_id) == {
        "archive-run": "markdown",
        "archive-clips": "table",
    }


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_what_was_found_is_shown_as_cached(source: Path, tmp_path: Path) -> None:
    request = ArchiveRequest((source,), tmp_path / "out", TRACKS)
    assert stabilize_archive(request, "first", return_state=True).is_completed()
    (tmp_path / "out" / "good.mp4").unlink()
    state = stabilize_archive(request, "second", return_state=True)
    assert state.is_completed()
    states = task_states(state.state_details.flow_run_id)
    assert states == {
        "probe good.mp4": "Cached",
        "motion good.mp4": "Cached",
        "smooth good.mp4": "Cached",
        "render good.mp4": "Completed",
        "report good.mp4": "Cached",
    }


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_smoothing_anew_is_a_flow_without_motion(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    stabilize_plainly(ArchiveRequest((source,), out, TRACKS), "first")
    request = ResmoothRequest(out, Changes(crop=0.8, style=Style.TRIPOD))
    state = resmooth_archive(request, "again", return_state=True)
    assert state.is_completed()
    (outcome,) = read_run(request.archive, "again").outcomes
    assert outcome.executed == ("trajectory", "render", "report")
    flow_run = state.state_details.flow_run_id
    run_tasks = {name.split()[0] for name in task_states(flow_run)}
    assert run_tasks == {"smooth", "probe", "render", "report"}
    assert artifact_types(flow_run) == {"archive-run": "markdown", "archive-clips": "table"}


@pytest.mark.slow
@pytest.mark.usefixtures("prefect_server")
def test_a_repair_is_a_flow_that_makes_what_is_broken(source: Path, tmp_path: Path) -> None:
    request = ArchiveRequest((source,), tmp_path / "out", TRACKS)
    stabilize_plainly(request, "before")
    (motion,) = (tmp_path / "out" / "gfn" / "objects" / "motion").iterdir()
    whole = motion.read_bytes()
    motion.write_bytes(whole[:-1])
    audit = ArchiveAudit(request.archive)
    repair = repair_request(audit, audit.findings())
    state = FLOWS[type(repair)](repair, "repair", return_state=True)
    assert state.is_completed()
    assert pq.read_table(motion).equals(pq.read_table(io.BytesIO(whole)))


def test_each_request_is_one_that_its_flow_takes(tmp_path: Path) -> None:
    """Prefect looks at types only when a flow is called."""
    archive = archive_at(tmp_path)
    for request in (
        ArchiveRequest((tmp_path,), tmp_path, TRACKS),
        ResmoothRequest(tmp_path, Changes()),
        RepairRequest(archive, ()),
    ):
        taken = FLOWS[type(request)].validate_parameters({"request": request, "run_id": None})
        assert taken["request"] is request
