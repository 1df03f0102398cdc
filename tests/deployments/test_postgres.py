"""Prefect on Postgres, as in containers: the database is killed in the middle of a run."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.deployments.fleet import Fleet, free_port, journal_lines, wait_for

PROGRAMS = Path("/usr/lib/postgresql/15/bin")

pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(3600),
    pytest.mark.skipif(not PROGRAMS.exists(), reason="needs Postgres 15"),
]


@dataclass
class Postgres:
    """A database server of its own; it refuses to be root, so it is nobody."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def owner(self) -> str | None:
        return "nobody" if os.geteuid() == 0 else None

    def create(self) -> None:
        if self.owner:
            os.chown(self.folder, pwd.getpwnam(self.owner).pw_uid, -1)
        command = [PROGRAMS / "initdb", "-D", "data", "-U", "prefect", "--auth", "trust"]
        subprocess.run(command, cwd=self.folder, user=self.owner, check=True, capture_output=True)

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                *(PROGRAMS / "postgres", "-D", "data", "-p", str(self.port), "-k", self.folder),
                *("-c", "listen_addresses=127.0.0.1"),
            ],
            cwd=self.folder,
            user=self.owner,
            start_new_session=True,
            stderr=subprocess.DEVNULL,
        )
        wait_for(self.answers, 120)

    def answers(self) -> bool:
        command = [PROGRAMS / "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-q"]
        return subprocess.run(command, check=False).returncode == 0

    def kill(self) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="gfn-postgres-"))  # pytest's own are closed to nobody
    postgres = Postgres(folder, free_port())
    try:
        postgres.create()
        postgres.start()
        yield postgres
    finally:
        postgres.kill()
        shutil.rmtree(folder)


@pytest.fixture
def server(postgres: Postgres, tmp_path: Path) -> Iterator[Fleet]:
    url = f"postgresql+asyncpg://prefect@127.0.0.1:{postgres.port}/postgres"
    server = Fleet(tmp_path, free_port(), {"PREFECT_API_DATABASE_CONNECTION_URL": url})
    try:
        server.start_server()
        yield server
    finally:
        server.stop()


def test_the_database_is_killed_in_the_middle(
    server: Fleet, postgres: Postgres, tmp_path: Path, small_clip: Path
) -> None:
    out = tmp_path / "out"
    command = [
        *(sys.executable, "-c", "from flows.cli import main; main()", "stabilize"),
        *(small_clip, out, "--estimator", "tracks", "--json"),
    ]
    run = subprocess.Popen(command, env=server.env, stdout=subprocess.PIPE, text=True)
    wait_for(lambda: [line for line in journal_lines(out) if line["event"] == "stage"], 300, 0.02)
    postgres.kill()
    wait_for(lambda: not postgres.answers(), 60)
    postgres.start()
    summary, _ = run.communicate(timeout=600)
    assert run.returncode == 0
    (outcome,) = json.loads(summary)["outcomes"]
    assert outcome["executed"] == ["probe", "motion", "trajectory", "render", "report"]

    again = subprocess.run(command, env=server.env, capture_output=True, text=True, check=True)
    assert json.loads(again.stdout)["outcomes"][0]["status"] == "up to date"
