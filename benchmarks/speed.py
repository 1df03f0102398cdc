"""Speed of whole processes, interleaved, as ratios: analysis, whole jobs, jobs with stored motion.

    python -m benchmarks.speed CLIP --out DIR --repeats 5

A plain transcode is the floor; it and all others end in the same encoder call. Writes
speed.parquet (every run), speed.md (medians and ratios) and speed.png into DIR.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from benchmarks.results import Results
from benchmarks.speed_plot import draw
from benchmarks.speed_table import markdown
from benchmarks.stabilizers import Gfn, Transcode, Vidstab

CROP, OTHER_CROP = 0.9, 0.85


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything as often as asked, and write the tables."""
    asked = _arguments().parse_args(arguments)
    gfn = Gfn(options=("--preset", "medium", "--quality", "18", *asked.gfn_options.split()))
    results, rows = Results(asked.out, "speed"), list[dict[str, str | float | int]]()
    clip, workplace = asked.clip.resolve(), asked.out.resolve() / "runs"
    for repeat in range(asked.repeats):
        for name, seconds in timings(clip, workplace, gfn):
            rows.append({"clip": clip.name, "repeat": repeat, "run": name, "seconds": seconds})
            print(f"{repeat}: {name}: {seconds:.2f} s", file=sys.stderr)
    table = pd.DataFrame(rows)
    results.save(table, markdown(table))
    draw(table, asked.out / "speed.png")
    return 0


def timings(clip: Path, folder: Path, gfn: Gfn) -> Iterator[tuple[str, float]]:
    """Run each method once in an empty folder; yields names and seconds of wall clock."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield "transcode", Transcode().run(clip, folder, 1.0).wall_seconds
    vidstab = Vidstab(30)
    yield "vidstab analysis", vidstab.detect(clip, folder).wall_seconds
    yield "vidstab", vidstab.run(clip, folder, 1.0).wall_seconds
    yield "gfn", gfn.run(clip, folder, CROP).wall_seconds
    for stage, seconds in stage_seconds(folder / "out").items():
        yield f"gfn {stage}", seconds
    yield "gfn, motion stored", gfn.run(clip, folder, OTHER_CROP).wall_seconds
    shutil.rmtree(folder)


def stage_seconds(archive: Path) -> dict[str, float]:
    """Seconds of each stage in the latest run over an archive of one clip."""
    latest = max((archive / "gfn" / "runs").glob("*.json"), key=lambda path: path.stat().st_mtime)
    (outcome,) = json.loads(latest.read_text())["outcomes"]
    return dict(outcome["seconds"])


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="folder for videos and tables")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--gfn-options", default="", help="more options for gfn stabilize")
    return parser


if __name__ == "__main__":
    sys.exit(main())
