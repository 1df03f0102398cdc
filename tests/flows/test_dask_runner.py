"""The same run on a Dask cluster: its own, or one of other processes, of which some die."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from flows.request import ArchiveRequest
from flows.run import stabilize_plainly
from flows.runner import ClusterUnavailable
from flows.settings import RunSettings
from gfn_core.motion.estimator_name import EstimatorName
from gfn_core.settings import MotionSettings, StabilizeSettings

SETTINGS = StabilizeSettings(motion=MotionSettings(EstimatorName.TRACKS))


@pytest.fixture
def source(tmp_path: Path, small_clip: Path, other_clip: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number, clip in enumerate((small_clip, other_clip, small_clip)):
        shutil.copyfile(clip, folder / f"{number}.mp4")
    return folder


@pytest.fixture
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """Address of a scheduler, and two workers of one slot each."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, dask = f"tcp://127.0.0.1:{port}", [sys.executable, "-m", "distributed.cli"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler = subprocess.Popen(
        [*dask[:2], "distributed.cli.dask_scheduler", "--port", str(port), "--no-dashboard"],
        **quiet,
    )
    options = [address, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
    workers = [
        subprocess.Popen([*dask[:2], "distributed.cli.dask_worker", *options], **quiet)
        for _ in range(2)
    ]
    try:
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def request(source: Path, out: Path, address: str | None) -> ArchiveRequest:
    return ArchiveRequest((source,), out, SETTINGS, RunSettings(2, dask_address=address))


def trajectories(out: Path) -> pd.DataFrame:
    table = pd.read_parquet(out / "gfn" / "trajectory")
    return table.sort_values(["video", "frame_index"], ignore_index=True)


@pytest.mark.long
def test_a_cluster_of_its_own(source: Path, tmp_path: Path) -> None:
    summary = stabilize_plainly(request(source, tmp_path / "dask", ""), "run")
    assert summary.count("done") == 3
    stabilize_plainly(request(source, tmp_path / "threads", None), "run")
    tables = [trajectories(tmp_path / name) for name in ("dask", "threads")]
    pd.testing.assert_frame_equal(*tables)


@pytest.mark.long
def test_a_worker_that_dies_leaves_its_stages_to_another(
    source: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    out = tmp_path / "out"
    run = subprocess.Popen(
        [
            *(sys.executable, "-c", "from flows.cli import main; main()", "stabilize"),
            *(str(source), str(out), "--no-prefect", "--estimator", "tracks", "--json"),
            *("--dask-address", address),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while not list((out / "gfn" / "locks").glob("motion-*.lock")):
        assert run.poll() is None, run.communicate()
        time.sleep(0.01)
    os.kill(workers[0].pid, signal.SIGKILL)
    said, complaints = run.communicate(timeout=900)
    assert run.returncode == 0, said + complaints
    assert len(list(out.glob("*.mp4"))) == 3
    assert not list((out / "gfn" / "tmp").iterdir())


def test_a_cluster_that_does_not_answer_is_named(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ClusterUnavailable, match=r"127\.0\.0\.1:9.*does not answer"):
        stabilize_plainly(request(source, tmp_path / "out", "tcp://127.0.0.1:9"), "run")
