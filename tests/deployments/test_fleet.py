"""The deployments on a real server with a real worker: triggered, scheduled, refused, queued."""

import time
from datetime import datetime
from pathlib import Path

import httpx
import pytest

from tests.deployments.fleet import Fleet, journal_lines, wait_for

pytestmark = [pytest.mark.long, pytest.mark.timeout(3600)]

QUICK = {"estimator": "tracks"}


def place(fleet: Fleet, out: Path) -> dict[str, object]:
    return {"sources": [str(fleet.source)], "out": str(out)}


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"look": {"crop": 1.5}}, "1.5"),
        ({"look": {"crap": 0.9}}, "crap"),
        ({"work": {"deadline": "soon"}}, "soon"),
        ({"place": {"sources": ["videos"], "out": "/archive"}}, "videos"),
    ],
)
def test_a_wrong_parameter_is_refused_at_the_trigger(
    fleet: Fleet, parameters: dict[str, object], named: str
) -> None:
    answer = fleet.trigger("stabilize/archive-now", **parameters)
    assert answer.status_code == 409
    assert named in answer.text


def test_a_triggered_run_stabilizes(fleet: Fleet) -> None:
    run = fleet.run("stabilize/archive-now", look=QUICK)
    state = fleet.ended(run)
    assert (state["type"], state["message"]) == ("COMPLETED", "1 of 1 clips are stabilized")
    assert (fleet.out / "clip.mp4").exists()


def test_a_schedule_fires(fleet: Fleet) -> None:
    """With an unsuitable SQLAlchemy schedules never fire, and only the server's log says so."""
    deployment = fleet.deployment("stabilize/archive-nightly")["id"]
    schedules = f"{fleet.api}/deployments/{deployment}/schedules"
    (nightly,) = httpx.get(schedules).json()
    assert nightly["schedule"]["cron"] == "0 22 * * *"
    every_minute = {"schedule": {"cron": "* * * * *", "timezone": "UTC"}, "active": True}
    as_before = {"schedule": nightly["schedule"], "active": True}

    def set_schedule(settings: dict[str, object]) -> None:
        """A server whose database is busy says 503, and wants to be asked again."""
        address = f"{schedules}/{nightly['id']}"
        wait_for(lambda: httpx.patch(address, json=settings).is_success, 60)

    set_schedule(every_minute)
    try:
        begun = wait_for(lambda: scheduled_run(fleet, deployment), 400)
    finally:
        set_schedule(as_before)
    assert fleet.ended(begun)["type"] == "COMPLETED"


def scheduled_run(fleet: Fleet, deployment: str) -> str | None:
    """A run that the schedule has made, and a worker has begun."""
    wanted = {
        "deployments": {"id": {"any_": [deployment]}},
        "flow_runs": {"start_time": {"is_null_": False}},
    }
    runs = httpx.post(f"{fleet.api}/flow_runs/filter", json=wanted, timeout=30).json()
    return next((run["id"] for run in runs if run["auto_scheduled"]), None)


def test_two_nightly_runs_come_one_after_the_other(fleet: Fleet, tmp_path: Path) -> None:
    parameters = {"place": place(fleet, tmp_path), "look": QUICK, "work": {}}
    runs = [fleet.run("stabilize/archive-nightly", **parameters) for _ in range(2)]
    assert [fleet.ended(run)["type"] for run in runs] == ["COMPLETED"] * 2
    lines = journal_lines(tmp_path)
    times = {
        event: [datetime.fromisoformat(line["time"]) for line in lines if line["event"] == event]
        for event in ("began", "ended")
    }
    assert len(times["began"]) == len(times["ended"]) == 2
    assert max(times["began"]) > min(times["ended"]), "they overlapped"
    assert len([line for line in lines if line["event"] == "stage"]) == 5, "done twice"


def test_an_audit_and_a_new_look(fleet: Fleet, tmp_path: Path) -> None:
    made = fleet.run("stabilize/archive-now", place=place(fleet, tmp_path), look=QUICK)
    assert fleet.ended(made)["type"] == "COMPLETED"
    before = (tmp_path / "clip.mp4").read_bytes()
    anew = fleet.run("resmooth/resmooth", archive=str(tmp_path), look={"crop": 0.8})
    assert fleet.ended(anew)["type"] == "COMPLETED"
    assert (tmp_path / "clip.mp4").read_bytes() != before
    (tmp_path / "clip.mp4").unlink()
    state = fleet.ended(fleet.run("audit/audit", archive=str(tmp_path)))
    assert state["type"] == "FAILED"
    mended = fleet.run("audit/audit", archive=str(tmp_path), work={"repair": True})
    assert fleet.ended(mended)["type"] == "COMPLETED"
    assert (tmp_path / "clip.mp4").exists()


def test_a_training_run(fleet: Fleet, tmp_path: Path) -> None:
    training = {"steps": 1, "workers": 0, "device": "cpu"}
    state = fleet.ended(fleet.run("train/train", out=str(tmp_path), training=training))
    assert state["type"] == "COMPLETED", state["message"]
    assert (tmp_path / "weights.safetensors").exists()


def test_the_night_can_be_told(fleet: Fleet) -> None:
    assert time.time() > (fleet.out / "gfn" / "report" / "morning.html").stat().st_mtime
