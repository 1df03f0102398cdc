"""Peak memory of a worker, by the length of the clip.

    python -m benchmarks.memory CLIP --seconds 60 600 --out DIR [--preset veryfast]

CLIP is repeated, without re-encoding, to each length and stabilized by the `gfn` command; the
memory of every process of the run is sampled. A worker is one stage's process with all that it
started (the encoder). Writes memory.parquet, memory.md and memory.png into DIR.
"""

import argparse
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from benchmarks.chart import chart
from benchmarks.results import Results
from gfn_core.media.ffmpeg_binary import ffmpeg_path

SAMPLE_SECONDS = 0.1
MIB = 2**20


@dataclass(frozen=True)
class MemoryFigures:
    """Peaks of one run, MiB of resident memory."""

    seconds: float  # of footage
    worker_peak_mib: float
    command_peak_mib: float
    wall_seconds: float


def main() -> None:
    """Measure each length, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0, 600.0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--preset", default="medium")
    options = parser.parse_args()
    results, rows = Results(options.out, "memory"), []
    for seconds in options.seconds:
        clip = options.out / f"{seconds:g}s{options.clip.suffix}"
        repeat(options.clip, clip, seconds)
        rows.append(asdict(measure(clip, options.out / f"{seconds:g}s", seconds, options.preset)))
        clip.unlink()
    table = pd.DataFrame(rows)
    table["preset"] = options.preset
    results.save(table, markdown(table))
    draw(table, options.out / "memory.png")


def markdown(table: pd.DataFrame) -> str:
    """Return the page: a line for each length."""
    lines = [
        "| seconds of footage | x264 preset | worker, peak MiB | command, peak MiB | seconds |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.seconds:g} | {row.preset} | {row.worker_peak_mib:.0f} "
        f"| {row.command_peak_mib:.0f} | {row.wall_seconds:.1f} |"
        for row in table.itertuples()
    ]
    return "# Memory\n\n" + "\n".join(lines)


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the peaks against the length."""
    with chart(path) as panel:
        for column, label in (("worker_peak_mib", "worker"), ("command_peak_mib", "command")):
            panel.plot(table["seconds"], table[column], "o-", label=label)
        panel.set(xscale="log", xlabel="seconds of footage", ylabel="peak, MiB", ylim=(0, None))
        panel.grid(alpha=0.3)
        panel.legend()


def repeat(clip: Path, longer: Path, seconds: float) -> None:
    """Write `clip` over and over until it is `seconds` long."""
    subprocess.run(
        [
            *(ffmpeg_path(), "-v", "error", "-y", "-stream_loop", "-1", "-i", str(clip)),
            *("-t", str(seconds), "-c", "copy", str(longer)),
        ],
        check=True,
    )


def measure(clip: Path, out: Path, seconds: float, preset: str) -> MemoryFigures:
    """Stabilize `clip` and watch the memory."""
    started = time.monotonic()
    command = "from flows.cli import main; main()"
    run = subprocess.Popen(
        [
            *(sys.executable, "-c", command, "stabilize", str(clip), str(out)),
            *("--no-prefect", "-q", "--preset", preset),
        ]
    )
    worker = main_process = 0
    while run.poll() is None:
        children = children_by_parent()
        main_process = max(main_process, resident_bytes(run.pid))
        for server in children.get(run.pid, []):  # the fork server, whose children are the stages
            for stage in children.get(server, []):
                tree = [stage, *children.get(stage, [])]
                worker = max(worker, sum(resident_bytes(process) for process in tree))
        time.sleep(SAMPLE_SECONDS)
    if run.returncode:
        sys.exit(f"gfn failed on {clip} (exit code {run.returncode})")
    wall_seconds = time.monotonic() - started
    return MemoryFigures(seconds, worker / MIB, main_process / MIB, wall_seconds)


def children_by_parent() -> dict[int, list[int]]:
    """Process ids by that of their parent."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):  # any of which may end meanwhile
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        children.setdefault(parent, []).append(int(entry.name))
    return children


def resident_bytes(process: int) -> int:
    """Resident memory of a process; 0 if it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    main()
