"""Whole runs over several clips, with one slot on one core and with one on each core."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.rerun import COMMAND

ONE, ALL = "one slot on one core", "a slot on each core"


def slot_runs(clip: Path, folder: Path, clips: int, repeats: int) -> Iterator[tuple[str, float]]:
    """Run `gfn stabilize` both ways in turn, a thread a slot; yields names and seconds."""
    sources = copies(clip, folder / "in", clips)
    cores = sorted(os.sched_getaffinity(0))
    for _ in range(repeats):
        for name, allowed in ((ONE, cores[:1]), (ALL, cores)):
            yield name, run_seconds(sources, folder / "archive", allowed)
    shutil.rmtree(folder)


def copies(clip: Path, folder: Path, count: int) -> Path:
    """Copies of an MP4 file, each with another empty box at its end: other content, same video."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for index in range(count):
        box = b"free" + index.to_bytes(4, "big")
        size = (4 + len(box)).to_bytes(4, "big")
        (folder / f"{index}{clip.suffix}").write_bytes(clip.read_bytes() + size + box)
    return folder


def run_seconds(sources: Path, out: Path, cores: Sequence[int]) -> float:
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
