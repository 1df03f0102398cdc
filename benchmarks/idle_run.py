"""What the orchestrator costs by itself: clips whose five stages do nothing, with and without it.

    python -m benchmarks.idle_run 500 --out DIR

They are run by the plain executor, and as a flow against a Prefect server that is started for it;
once a process, since Prefect keeps the server that it was first told of. Writes idle.json into DIR:
seconds, seconds of processor time and peak memory of client and server, requests, rows and bytes of
the server's database, task runs that its UI knows.
"""

import argparse
import json
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import psutil

from benchmarks.machine import record
from flows.pipeline import Runner, process_clips
from flows.server import SERVER_SETTINGS, RunningServer, ensure_server, stop_server
from flows.settings import quiet_prefect
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from gfn_core.store.keys import Stage
from tasks.clip import Clip, Made
from tasks.stage_task import StageTask, stage_task

STAGES = 5
SLOTS = 2
MIB = 2**20
SETTLE_SECONDS = 120.0  # for the server to write down what it was told
TABLES = ("task_run", "task_run_state", "flow_run", "flow_run_state", "events", "log", "artifact")
IDLE = Stage("idle", 1, "")
DONE = Made(IDLE.artifact(), cached=False, seconds=0.0)


@stage_task(IDLE)
def idle(clip: Clip) -> Made:
    """Do nothing."""
    return DONE


@dataclass(frozen=True)
class IdleFigures:
    """One run of clips that need nothing."""

    clips: int
    engine: str
    seconds: float
    client_cpu_seconds: float
    client_mib: float
    server_cpu_seconds: float = 0.0
    server_mib: float = 0.0
    requests: int = 0
    task_runs_known: int = 0
    settled_seconds: float = 0.0  # after the end, until the UI knew all
    database_mib: float = 0.0
    rows: dict[str, int] | None = None


def main() -> None:
    """Run the clips both ways."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clips", type=int)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    both = plain(asked.clips), with_prefect(asked.clips, asked.out / "server")
    content = {"machine": record(), "figures": [asdict(each) for each in both]}
    (asked.out / "idle.json").write_text(json.dumps(content, indent=1))
    print(json.dumps(content["figures"], indent=1))


def plain(clips: int) -> IdleFigures:
    """Run them on a pool of threads."""
    with Meter([psutil.Process()]) as meter, ThreadPoolExecutor(SLOTS) as pool:
        _process(clips, Runner(pool.submit, SLOTS, lambda rivals: 1))
    return IdleFigures(clips, "plain", meter.seconds, meter.cpu_seconds[0], meter.peak_mib[0])


def with_prefect(clips: int, folder: Path) -> IdleFigures:
    """Run them as a flow against a server of their own."""
    SERVER_SETTINGS["PREFECT_LOGGING_SERVER_LEVEL"] = "INFO"  # it then logs each request
    server = ensure_server(folder)
    try:
        quiet_prefect(server.api_url)
        meter = _run_flow(clips, server)
        started = time.monotonic()
        known = _known(server, clips * STAGES)
        settled = time.monotonic() - started
    finally:
        stop_server(folder)
    database = folder / "prefect" / "prefect.db"
    return IdleFigures(
        clips,
        "prefect",
        meter.seconds,
        meter.cpu_seconds[0],
        meter.peak_mib[0],
        meter.cpu_seconds[1],
        meter.peak_mib[1],
        (folder / "server.log").read_text().count("HTTP/1.1"),
        known,
        settled,
        database.stat().st_size / MIB,
        _rows(database),
    )


def _run_flow(clips: int, server: RunningServer) -> "Meter":
    from prefect import flow  # noqa: PLC0415  (after its settings)

    from flows.in_step import in_step  # noqa: PLC0415

    @flow(name="idle-archive", persist_result=False)
    def idle_archive() -> None:
        submit = in_step(lambda stage, clip: stage.submit(clip))
        _process(clips, Runner(submit, SLOTS, lambda rivals: 1))

    with Meter([psutil.Process(), psutil.Process(server.pid)]) as meter:
        idle_archive()
    return meter


def _process(clips: int, runner: Runner) -> None:
    nowhere, settings = Archive(Path("/nowhere")), StabilizeSettings()
    waiting = [Clip(nowhere, Path(f"{n}.mp4"), f"{n}.mp4", settings) for n in range(clips)]
    stages: tuple[StageTask, ...] = (idle,) * STAGES
    ended = list(process_clips(waiting, runner, stages))
    assert [o.status for o in ended] == ["done"] * clips, ended[:1]


def _known(server: RunningServer, expected: int) -> int:
    """Task runs that the server knows to be completed, as soon as it knows all."""
    wanted = {"task_runs": {"state": {"type": {"any_": ["COMPLETED"]}}}}
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        answer = httpx.post(f"{server.api_url}/task_runs/count", json=wanted, timeout=60)
        known = int(answer.json())
        if known >= expected or time.monotonic() > deadline:
            return known
        time.sleep(1)


def _rows(database: Path) -> dict[str, int]:
    with sqlite3.connect(database) as connection:
        return {
            table: connection.execute(f"select count(*) from {table}").fetchone()[0]
            for table in TABLES
        }


class Meter:
    """Wall clock, processor time and peak memory of processes, while a block runs."""

    def __init__(self, processes: list[psutil.Process]) -> None:
        self._processes = processes
        self.seconds = 0.0
        self.cpu_seconds = [0.0] * len(processes)
        self.peak_mib = [0.0] * len(processes)
        self._ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Meter":
        self._before, self._started = self._cpu(), time.monotonic()
        self._watcher.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.seconds = time.monotonic() - self._started
        self._ended.set()
        self._watcher.join()
        pairs = zip(self._cpu(), self._before, strict=True)
        self.cpu_seconds = [after - before for after, before in pairs]

    def _watch(self) -> None:
        while not self._ended.wait(0.5):
            for n, process in enumerate(self._processes):
                self.peak_mib[n] = max(self.peak_mib[n], process.memory_info().rss / MIB)

    def _cpu(self) -> list[float]:
        times = [process.cpu_times() for process in self._processes]
        return [each.user + each.system for each in times]


if __name__ == "__main__":
    main()
