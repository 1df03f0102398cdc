"""What very many clips cost: second runs, slots, the orchestrator.

    python -m benchmarks.scale CLIP.mp4 --out DIR [--finished 1000 10000] [--idle 500]

- second runs over archives of CLIP in which all is done;
- six times CLIP, with one slot on one core and with one on each, in turn;
- clips whose stages do nothing, as a flow and without Prefect (benchmarks/idle_run.py).

Writes scale.parquet (every run), scale.md and scale.png into DIR. What a fleet makes of such
figures is simulated by benchmarks/fleet_simulation.py.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import chain
from pathlib import Path

import pandas as pd

from benchmarks.chart import chart
from benchmarks.rerun import rerun
from benchmarks.results import Results
from benchmarks.scale_table import COLUMNS, SECOND_RUN, TARGET_CLIPS, TARGET_SECONDS, markdown
from benchmarks.slots import slot_runs

Row = dict[str, str | float | int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all three, and write the results; 0 when done."""
    asked = _arguments().parse_args(arguments)
    clip, work = asked.clip.resolve(), asked.out.resolve() / "runs"
    parts = (
        second_runs(clip, work, asked.finished),
        slots(clip, work, asked.clips, asked.repeats),
        orchestrators(work, asked.idle),
    )
    results, rows = Results(asked.out, "scale"), list[Row]()
    for row in chain(*parts):
        print(row, file=sys.stderr)
        rows.append(row)
        table = pd.DataFrame(rows, columns=COLUMNS)
        results.save(table, markdown(table))  # after each: it takes a while
    draw(table, asked.out / "scale.png")
    return 0


def second_runs(clip: Path, work: Path, counts: Sequence[int]) -> Iterator[Row]:
    """Yield one row for each number of finished clips."""
    for clips in sorted(counts):
        yield {"run": SECOND_RUN, "clips": clips} | asdict(rerun(clip, work / f"{clips}", clips))


def slots(clip: Path, work: Path, clips: int, repeats: int) -> Iterator[Row]:
    """Yield one row for each run of several clips."""
    for name, seconds in slot_runs(clip, work / "slots", clips, repeats):
        yield {"run": name, "clips": clips, "seconds": seconds}


def orchestrators(work: Path, clips: int) -> Iterator[Row]:
    """Yield a row without Prefect and one as a flow, of clips that need nothing."""
    program = [sys.executable, "-m", "benchmarks.idle_run", str(clips), "--out", str(work)]
    subprocess.run(program, check=True, stdout=subprocess.DEVNULL)
    for found in json.loads((work / "idle.json").read_text())["figures"]:
        yield {
            "run": f"stages that do nothing, {found['engine']}",
            "clips": clips,
            "seconds": found["seconds"],
            "cpu_seconds": found["client_cpu_seconds"] + found["server_cpu_seconds"],
            "peak_mib": found["client_mib"] + found["server_mib"],
        }


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the second runs against the number of clips."""
    runs = table[table["run"] == SECOND_RUN]
    target = runs["clips"] * TARGET_SECONDS / TARGET_CLIPS
    with chart(path) as panel:
        panel.loglog(runs["clips"], runs["seconds"], "o-", label=SECOND_RUN)
        panel.loglog(runs["clips"], target, "--", color="gray", label="target")
        panel.set(xlabel="finished clips", ylabel="seconds")
        panel.grid(which="both", alpha=0.3)
        panel.legend()


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clip", type=Path, help="a short MP4")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--finished", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--clips", type=int, default=6, help="of the runs with and without slots")
    parser.add_argument("--repeats", type=int, default=3, help="of the same")
    parser.add_argument("--idle", type=int, default=500, help="clips that need nothing")
    return parser


if __name__ == "__main__":
    sys.exit(main())
