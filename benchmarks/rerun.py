"""A second run over very many finished clips: how long until it says that nothing is to be done.

    python -m benchmarks.rerun CLIP 1000 10000 --out DIR

CLIP, a short one, is stabilized once; all clips share its files (benchmarks/finished_archive.py).
Writes rerun.json into DIR: wall clock, processor time and peak memory of the command.
"""

import argparse
import json
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.finished_archive import finished_archive
from benchmarks.machine import record

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "stabilize"]


@dataclass(frozen=True)
class RerunFigures:
    """One second run."""

    clips: int
    seconds: float
    cpu_seconds: float
    peak_mib: float  # of the largest so far


def main() -> None:
    """Measure each number of clips."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("clips", type=int, nargs="+")
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    figures = []
    for clips in sorted(asked.clips):
        folder = asked.out / f"rerun-{clips}"
        sources, out = finished_archive(asked.clip.resolve(), folder, clips)
        figures.append(asdict(rerun(sources, out, clips)))
        shutil.rmtree(folder)
        content = {"machine": record(), "figures": figures}
        (asked.out / "rerun.json").write_text(json.dumps(content, indent=1))
        print(figures[-1])


def rerun(sources: Path, out: Path, clips: int) -> RerunFigures:
    """Run the command over an archive in which all is done."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    said = subprocess.run(
        [*COMMAND, str(sources), str(out), "--json"], capture_output=True, text=True, check=True
    )
    seconds = time.monotonic() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    statuses = [outcome["status"] for outcome in json.loads(said.stdout)["outcomes"]]
    assert statuses == ["up to date"] * clips, f"{len(statuses)} clips, {set(statuses)}"
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return RerunFigures(clips, seconds, cpu, after.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
