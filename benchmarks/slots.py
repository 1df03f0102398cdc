"""How much quicker a run is with one slot a core than with one slot on one core.

    python -m benchmarks.slots CLIP.mp4 --out DIR [--clips 6] [--repeats 3]

Whole runs of `gfn stabilize` over several clips, of one thread a slot, interleaved. Writes
slots.json into DIR: the seconds of each run, and the speed-up of the medians.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.machine import record

COMMAND = [sys.executable, "-c", "from flows.cli import main; main()", "stabilize"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write slots.json; 0 when done."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("clip", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clips", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=3)
    asked = parser.parse_args(arguments)
    sources = copies(asked.clip, asked.out / "in", asked.clips)
    cores = sorted(os.sched_getaffinity(0))
    runs = {"one": cores[:1], "all": cores}
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(asked.repeats):
        for name, allowed in runs.items():
            seconds[name].append(timed(sources, asked.out / "archive", allowed))
            print(name, seconds[name][-1], file=sys.stderr)
    one, many = (statistics.median(seconds[name]) for name in runs)
    figures = {"slots": len(cores), "seconds": seconds, "speed_up": one / many}
    (asked.out / "slots.json").write_text(
        json.dumps({"machine": record(), "clips": asked.clips} | figures, indent=1)
    )
    print(f"{len(cores)} slots: {one / many:.2f} times as fast as one")
    return 0


def copies(clip: Path, folder: Path, count: int) -> Path:
    """Copies of an MP4 file, each with another empty box at its end: other content, same video."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for index in range(count):
        box = b"free" + index.to_bytes(4, "big")
        size = (4 + len(box)).to_bytes(4, "big")
        (folder / f"{index}{clip.suffix}").write_bytes(clip.read_bytes() + size + box)
    return folder


def timed(sources: Path, out: Path, cores: Sequence[int]) -> float:
    """Seconds of a run that may use `cores`, a slot and a thread for each."""
    shutil.rmtree(out, ignore_errors=True)
    words = [str(sources), str(out), "--slots", str(len(cores)), "--no-prefect", "--quiet"]
    here = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)  # children inherit it, and count their cores by it
    try:
        started = time.monotonic()
        subprocess.run([*COMMAND, *words], check=True)
        return time.monotonic() - started
    finally:
        os.sched_setaffinity(0, here)


if __name__ == "__main__":
    sys.exit(main())
