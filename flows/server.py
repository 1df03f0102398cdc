"""The managed Prefect server: one on this machine's loopback, started when first needed.

An ephemeral server costs 10 to 18 s for every run and fails under load, so one is left running for
all runs to share (docs/decisions/0004); `gfn server stop` ends it. Everything that matters lies in
the archives' own stores: its database can be deleted at any time.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
from filelock import FileLock

from flows.settings import NO_TELEMETRY
from gfn_core.errors import GfnError

HOST = "127.0.0.1"
START_SECONDS = 120.0
STOP_SECONDS = 10.0
POLL_SECONDS = 0.2

# They serve deployments, of which this server has none; idle, they are a third of what it costs.
SERVICES_OF_DEPLOYMENTS = (
    "SCHEDULER",
    "LATE_RUNS",
    "FOREMAN",
    "TRIGGERS",
    "PAUSE_EXPIRATIONS",
    "CANCELLATION_CLEANUP",
)

SERVER_SETTINGS = NO_TELEMETRY | {
    "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
    # 4,000 quick tasks overflow the event queue of the defaults and vanish from the UI
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    # slots of a GPU kept in memory would stay taken for ever once the server is killed
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
    **{f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in SERVICES_OF_DEPLOYMENTS},
}


class ServerUnavailable(GfnError):
    """The managed server did not start."""


@dataclass(frozen=True)
class RunningServer:
    """A managed server, as noted in its state file."""

    pid: int
    port: int

    @property
    def url(self) -> str:
        """Where its UI is."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """Where its API is."""
        return f"{self.url}/api"

    def is_healthy(self) -> bool:
        """Whether it answers."""
        try:
            return httpx.get(f"{self.api_url}/health", timeout=2).is_success
        except httpx.HTTPError:
            return False


def ensure_server(folder: Path) -> RunningServer:
    """Return the running server, starting it if need be; raises `ServerUnavailable`."""
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "server.lock"):
        running = find_server(folder)
        return running if running is not None else _start(folder)


def find_server(folder: Path) -> RunningServer | None:
    """Return the server noted in `folder` if it answers."""
    try:
        server = RunningServer(**json.loads(_note(folder).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    return server if server.is_healthy() else None


def stop_server(folder: Path) -> bool:
    """Stop the server noted in `folder`; says whether there was one."""
    server = find_server(folder)
    if server is None:
        return False
    _end(server.pid)
    _note(folder).unlink(missing_ok=True)
    return True


def _start(folder: Path) -> RunningServer:
    port = _free_port()
    log_path = folder / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "prefect", "server", "start"),
                *("--host", HOST, "--port", str(port)),
            ],
            env=os.environ | SERVER_SETTINGS | {"PREFECT_HOME": str(folder / "prefect")},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    server = RunningServer(process.pid, port)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if server.is_healthy():
            _note(folder).write_text(json.dumps(asdict(server)))
            return server
        time.sleep(POLL_SECONDS)
    _end(process.pid)
    raise ServerUnavailable(f"the Prefect server did not start; its log is {log_path}")


def _end(pid: int) -> None:
    """End the server's whole session: asked first, then told."""
    deadline = time.monotonic() + STOP_SECONDS
    try:
        os.killpg(pid, signal.SIGTERM)
        while time.monotonic() < deadline:
            os.killpg(pid, 0)
            time.sleep(POLL_SECONDS)
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _note(folder: Path) -> Path:
    return folder / "server.json"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
