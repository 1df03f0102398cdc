"""A store that is full, clocks that jump, runs that overlap: after it, as if nothing had been."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from flows.archive_audit import ArchiveAudit
from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings
from gfn_core.store.room import RESERVE_BYTES

GFN = [sys.executable, "-c", "from flows.cli import main; main()"]
STABILIZE = [*GFN, "stabilize"]
OPTIONS = ["--no-prefect", "--estimator", "tracks", "--json"]
SETTINGS = StabilizeSettings(motion=MotionSettings(EstimatorName.TRACKS))
YEAR_SECONDS = 365 * 86400


@pytest.fixture
def source(tmp_path: Path, small_clip: Path, other_clip: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(small_clip, folder / "a.mp4")
    shutil.copyfile(other_clip, folder / "b.mp4")
    return folder


@pytest.fixture
def undisturbed(source: Path, tmp_path: Path) -> pd.DataFrame:
    out = tmp_path / "undisturbed"
    stabilize_plainly(ArchiveRequest((source,), out, SETTINGS), "only")
    return trajectories(out)


def trajectories(out: Path) -> pd.DataFrame:
    table = pd.read_parquet(out / "gfn" / "trajectory")
    return table.sort_values(["video", "frame_index"], ignore_index=True)


def outcomes(said: str) -> dict[str, dict[str, object]]:
    return {outcome["video"]: outcome for outcome in json.loads(said)["outcomes"]}


@pytest.mark.long
def test_a_full_store(source: Path, tmp_path: Path, undisturbed: pd.DataFrame) -> None:
    disk, out = tmp_path / "disk", tmp_path / "out"
    disk.mkdir()
    may_mount = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", str(disk)], check=False
    )
    if may_mount.returncode:
        pytest.skip("needs the right to mount")
    script = f"""
        mount -t tmpfs -o size={RESERVE_BYTES // 1024 + 100}k none {disk}
        "$@" {source} {disk} {" ".join(OPTIONS)} > {tmp_path}/first.json 2> {tmp_path}/first.txt
        echo $? > {tmp_path}/first.code
        mount -o remount,size=200m {disk}
        "$@" {source} {disk} {" ".join(OPTIONS)} > {tmp_path}/second.json
        cp -a {disk} {out}
    """
    subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", *STABILIZE], check=True)
    messages = (tmp_path / "first.txt").read_text()
    assert "Traceback" not in messages
    assert (tmp_path / "first.code").read_text() == "1\n"
    first = outcomes((tmp_path / "first.json").read_text())
    assert any("space" in str(outcome["error"]) for outcome in first.values())
    second = outcomes((tmp_path / "second.json").read_text())
    assert not [o["error"] for o in second.values() if o["error"]]
    for video, outcome in second.items():
        assert not set(outcome["executed"]) & set(first[video]["executed"]), "made twice"
    pd.testing.assert_frame_equal(trajectories(out), undisturbed)
    assert not list((out / "gfn" / "tmp").iterdir())


@pytest.mark.long
@pytest.mark.parametrize("years", [-20, 20])
def test_a_clock_that_jumped(source: Path, tmp_path: Path, years: int) -> None:
    out = tmp_path / "out"
    request = ArchiveRequest((source,), out, SETTINGS)
    assert stabilize_plainly(request, "first").count("done") == 2
    for path in (out / "gfn").rglob("*"):
        moved = path.stat().st_mtime + years * YEAR_SECONDS
        os.utime(path, (moved, moved))
    assert stabilize_plainly(request, "second").count("up to date") == 2
    assert not [f.code for f in ArchiveAudit(request.archive, True).findings() if f.kind.is_mended]


@pytest.mark.long
def test_a_run_is_killed_while_another_goes_on(
    source: Path, tmp_path: Path, undisturbed: pd.DataFrame
) -> None:
    out = tmp_path / "out"
    command = [*STABILIZE, str(source), str(out), *OPTIONS]
    runs = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for _ in range(2)
    ]
    while not list((out / "gfn" / "locks").glob("motion-*.lock")):
        assert runs[0].poll() is None or runs[1].poll() is None
    runs[0].send_signal(signal.SIGKILL)
    runs[0].wait()
    said = outcomes(runs[1].communicate(timeout=200)[0])
    assert runs[1].returncode == 0
    assert {outcome["error"] for outcome in said.values()} == {""}
    pd.testing.assert_frame_equal(trajectories(out), undisturbed)
    assert stabilize_plainly(ArchiveRequest((source,), out, SETTINGS), "x").count("done") == 0
    assert not list((out / "gfn" / "tmp").iterdir())
