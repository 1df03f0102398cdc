"""Sources in a bucket, results in a bucket, several machines at once."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.store.object_store import ObjectStore

STABILIZE = [sys.executable, "-c", "from flows.cli import main; main()", "stabilize"]
OPTIONS = ["--no-prefect", "--estimator", "tracks", "--json"]
SETTINGS = StabilizeSettings(motion=MotionSettings(EstimatorName.TRACKS))


def machine(bucket: str, mirror: Path) -> subprocess.Popen[str]:
    """Start a run on a machine of its own: another mirror, the same buckets."""
    return subprocess.Popen(
        [*STABILIZE, f"{bucket}/films", f"{bucket}/steady", *OPTIONS],
        env=os.environ | {"GFN_MIRROR": str(mirror)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def ended(run: subprocess.Popen[str]) -> dict[str, dict[str, object]]:
    said, complaints = run.communicate(timeout=900)
    assert run.returncode == 0, complaints
    return {outcome["video"]: outcome for outcome in json.loads(said)["outcomes"]}


@pytest.fixture
def films(bucket: str, small_clip: Path, other_clip: Path) -> str:
    store = ObjectStore(f"{bucket}/films")
    store.put(small_clip, "a.mp4")
    store.put(other_clip, "holiday/b.mp4")
    store.put_if(b"not a video", "notes.txt", etag=None)
    return bucket


@pytest.mark.long
def test_two_machines_over_one_bucket(
    films: str, tmp_path: Path, small_clip: Path, other_clip: Path
) -> None:
    runs = [machine(films, tmp_path / name) for name in ("one", "two")]
    said = [ended(run) for run in runs]
    executed = [stage for each in said for o in each.values() for stage in o["executed"]]
    stages = ["motion", "probe", "render", "report", "trajectory"]
    assert sorted(set(executed)) == stages
    assert len(executed) == 2 * len(stages), "an artifact was made twice"

    store = ObjectStore(f"{films}/steady")
    names = {entry.name for entry in store.names()}
    assert {"a.mp4", "holiday/b.mp4", "gfn/motion/a.mp4.parquet"} <= names
    assert not [name for name in names if name.startswith(("gfn/locks", "gfn/tmp"))]
    for mirror in tmp_path.glob("*/gfn/mirrors/*"):
        assert not list(mirror.rglob("*.mp4")), "videos pass through"

    third = ended(machine(films, tmp_path / "three"))
    assert {outcome["status"] for outcome in third.values()} == {"up to date"}

    source = tmp_path / "in"
    (source / "holiday").mkdir(parents=True)
    shutil.copyfile(small_clip, source / "a.mp4")
    shutil.copyfile(other_clip, source / "holiday" / "b.mp4")
    stabilize_plainly(ArchiveRequest((source,), tmp_path / "out", SETTINGS), "local")
    (mirror,) = (tmp_path / "three" / "gfn" / "mirrors").iterdir()
    for kind in ("motion", "trajectory"):
        tables = [pd.read_parquet(r / "gfn" / kind) for r in (tmp_path / "out", mirror)]
        first, second = (t.sort_values(["video", "frame_index"]) for t in tables)
        pd.testing.assert_frame_equal(first, second)


@pytest.mark.long
def test_a_machine_that_dies_leaves_its_work_to_another(films: str, tmp_path: Path) -> None:
    store = ObjectStore(f"{films}/steady")
    dying = machine(films, tmp_path / "one")
    while not [e for e in store.names("gfn/locks") if "motion" in e.name]:
        assert dying.poll() is None, dying.communicate()
        time.sleep(0.05)
    os.killpg(dying.pid, signal.SIGKILL)
    dying.communicate()
    rest = ended(machine(films, tmp_path / "two"))
    assert {outcome["error"] for outcome in rest.values()} == {""}
    assert {entry.name for entry in store.names() if entry.name.endswith(".mp4")} == {
        "a.mp4",
        "holiday/b.mp4",
    }


@pytest.mark.long
def test_stored_motion_serves_from_a_bucket_alone(films: str, tmp_path: Path) -> None:
    """Each command on a machine of its own, whose mirror is empty."""

    def gfn(number: int, *words: object, code: int = 0) -> str:
        done = subprocess.run(
            [*STABILIZE[:-1], *map(str, words)],
            env=os.environ | {"GFN_MIRROR": str(tmp_path / str(number))},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    steady, store = f"{films}/steady", ObjectStore(f"{films}/steady")
    one = [f"{films}/films/a.mp4", steady, *OPTIONS, "--local-motion"]
    gfn(1, "stabilize", *one)
    assert [entry.name for entry in store.names() if "/" not in entry.name] == ["a.mp4"]
    before = store.look_up("a.mp4")
    said = json.loads(gfn(2, "resmooth", steady, "--crop", "0.8", "--no-prefect", "--json"))
    (outcome,) = said["outcomes"]
    assert (outcome["status"], "motion" in outcome["executed"]) == ("done", False)
    assert store.look_up("a.mp4") != before
    (clip,) = json.loads(gfn(3, "sweep", steady, "--crop", "0.8,0.9", "--json"))["clips"]
    assert len(clip["by_crop"]) == 2
    gfn(4, "sweep", steady, "--plot", tmp_path / "sweep.svg")
    assert (tmp_path / "sweep.svg").exists()
    assert len(gfn(5, "export", steady, tmp_path / "csv").splitlines()) == 1
    assert json.loads(gfn(6, "activity", steady, "--json"))[0]["video"] == "a.mp4"
    codes = {
        one["code"] for one in json.loads(gfn(7, "audit", steady, "--json", "--deep"))["findings"]
    }
    assert codes <= {"orphan", "outdated"}
    again = gfn(10, "audit", steady, "--json", "--cross-check", "tracks", "--sample", "1")
    assert "not-checked" not in again
    gfn(8, "audit", steady, "--gc", "--yes")
    kept = {entry.name for entry in store.names("gfn/objects")}
    gfn(9, "query", steady, "from summary")
    assert {entry.name for entry in store.names("gfn/objects")} == kept
