"""Prefect's server and database may go at any time: the archive's own store is all that counts."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

GFN = [sys.executable, "-c", "from flows.cli import main; main()"]
ALL = ["probe", "motion", "trajectory", "render", "report"]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def gfn(state: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """The command, with a managed server of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*GFN, *map(str, words)], capture_output=True, text=True, timeout=240, check=False
        )

    yield run
    run("server", "stop")


def executed(done: subprocess.CompletedProcess[str]) -> list[str]:
    assert done.returncode == 0, done.stderr
    (outcome,) = json.loads(done.stdout)["outcomes"]
    return list(outcome["executed"])


def flow_runs(database: Path) -> int:
    with sqlite3.connect(database) as connection:
        return int(connection.execute("select count(*) from flow_run").fetchone()[0])


@pytest.mark.slow
def test_deleting_prefects_database_costs_nothing(
    gfn: Run, state: Path, tmp_path: Path, small_clip: Path
) -> None:
    out = tmp_path / "out"
    job = ("stabilize", small_clip, out, "--json", "--estimator", "tracks")
    database = state / "gfn" / "prefect" / "prefect.db"
    assert executed(gfn(*job)) == ALL
    assert flow_runs(database) == 1, "the run was to go through Prefect"

    for part in database.parent.iterdir():  # under the feet of the server, which runs on
        part.unlink()
    assert executed(gfn(*job)) == []
    (out / "small.mp4").unlink()
    assert executed(gfn(*job)) == ["render"]

    assert gfn("server", "stop").returncode == 0
    shutil.rmtree(state)
    assert executed(gfn(*job)) == []
    assert not state.exists(), "a server was started for nothing"


@pytest.mark.slow
def test_without_a_server_the_run_goes_on(
    gfn: Run, tmp_path: Path, small_clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    done = gfn("stabilize", small_clip, tmp_path / "out", "--json", "--estimator", "tracks")
    assert executed(done) == ALL
    assert "going on without Prefect" in done.stderr
    assert "Traceback" not in done.stderr
