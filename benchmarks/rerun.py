"""A second run over very many finished clips: how long until it says that nothing is to be done."""

import json
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.finished_archive import finished_archive

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "stabilize"]


@dataclass(frozen=True)
class Rerun:
    """One second run."""

    seconds: float
    cpu_seconds: float
    peak_mib: float  # of the largest child so far


def rerun(clip: Path, folder: Path, clips: int) -> Rerun:
    """Run the command over `clips` that are all done; they share the files of one."""
    sources, out = finished_archive(clip, folder, clips)
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    said = subprocess.run(
        [*COMMAND, str(sources), str(out), "--json"], capture_output=True, text=True, check=True
    )
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    statuses = [outcome["status"] for outcome in json.loads(said.stdout)["outcomes"]]
    assert statuses == ["up to date"] * clips, f"{len(statuses)} clips, {set(statuses)}"
    shutil.rmtree(folder)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Rerun(seconds, cpu, after.ru_maxrss / 1024)
