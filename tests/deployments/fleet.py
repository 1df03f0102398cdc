"""A fleet as deployments/README.md sets one up: a server, the deployments, a worker; all real."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent
START_SECONDS = 240.0
FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")


def wait_for(condition: Callable[[], Any], seconds: float, poll_seconds: float = 0.5) -> Any:
    """Wait until `condition` returns something; a server that is away counts as nothing."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            found = condition()
        except (httpx.HTTPError, OSError):
            found = None
        if found:
            return found
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(poll_seconds)


@dataclass
class Fleet:
    """A server and a worker of its own, on loopback where nothing else is said."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)  # beside those of server.env
    host: str = "127.0.0.1"  # of the server
    worker_prefix: tuple[str, ...] = ()  # command that starts the worker elsewhere
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def api(self) -> str:
        return f"http://{self.host}:{self.port}/api"

    @property
    def source(self) -> Path:
        return self.folder / "videos"

    @property
    def out(self) -> Path:
        return self.folder / "archive"

    @property
    def env(self) -> dict[str, str]:
        lines = (ROOT / "deployments" / "server.env").read_text().splitlines()
        settings = dict(line.split("=", 1) for line in lines if line and line[0] != "#")
        return (
            os.environ
            | settings
            | {
                "PATH": f"{BIN}:{os.environ['PATH']}",
                "PYTHONPATH": str(ROOT),
                "PREFECT_API_URL": self.api,
                "PREFECT_HOME": str(self.folder / "prefect"),
                "GFN_SOURCE": str(self.source),
                "GFN_OUT": str(self.out),
            }
            | self.settings
        )

    @contextmanager
    def running(self) -> Iterator["Fleet"]:
        """Server, deployments and worker, up; nothing is left of them at the end."""
        self.source.mkdir()
        try:
            self.start_server()
            self.set_up()
            self.start_worker()
            yield self
        finally:
            self.stop()

    def start_server(self) -> None:
        self._start("server", "server", "start", "--host", self.host, "--port", str(self.port))
        wait_for(lambda: httpx.get(f"{self.api}/health").is_success, START_SECONDS)

    def start_worker(self) -> None:
        words = ("worker", "start", "--pool", "gfn-process", "--type", "process", "--limit", "2")
        self._start("worker", *words, prefix=self.worker_prefix)

    def set_up(self) -> None:
        done = subprocess.run(
            [ROOT / "deployments" / "setup.sh", "process"],
            env=self.env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def signal(self, name: str, number: signal.Signals) -> None:
        os.killpg(self.processes[name].pid, number)
        if number is signal.SIGKILL:
            self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def deployment(self, name: str) -> dict[str, Any]:
        return self.get(f"deployments/name/{name}")

    def get(self, path: str) -> dict[str, Any]:
        return httpx.get(f"{self.api}/{path}", timeout=30).raise_for_status().json()

    def trigger(self, name: str, **parameters: object) -> httpx.Response:
        """Trigger a deployment with other parameters than its own."""
        url = f"{self.api}/deployments/{self.deployment(name)['id']}/create_flow_run"
        return httpx.post(url, json={"parameters": parameters}, timeout=60)

    def run(self, name: str, **parameters: object) -> str:
        """Trigger a deployment, again where the server says that its database is busy."""
        return str(
            wait_for(lambda: self.trigger(name, **parameters).raise_for_status().json()["id"], 120)
        )

    def state(self, run: str) -> dict[str, Any]:
        return self.get(f"flow_runs/{run}")["state"]

    def ended(self, run: str, seconds: float = 1200.0) -> dict[str, Any]:
        def final() -> dict[str, Any] | None:
            state = self.state(run)
            return state if state["type"] in FINAL else None

        return wait_for(final, seconds)

    def _start(self, name: str, *words: str, prefix: tuple[str, ...] = ()) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*prefix, BIN / "prefect", *words],
                env=self.env,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def journal_lines(out: Path) -> list[dict[str, Any]]:
    """All lines of all journals of an archive."""
    paths = sorted((out / "gfn" / "runs").glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text().splitlines()]
