"""Damaged files by the thousand through the readers alone: what is raised, and how long it takes.

    python -m benchmarks.fuzz_reading --out DIR [--first 0] [--files 1000] [--seed 1]

Of `benchmarks.fuzz` the part that meets the file's bytes, at a tenth of its cost: each file is
probed, and read as analysis and as rendering read it, in a supervised process like a stage's.
Whatever is raised but `GfnError` would be an internal error of a stage. Prints the totals.
"""

import argparse
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from benchmarks.mutations import make_bases, mutate
from gfn_core.errors import GfnError, StageFailed
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.probe import probe
from gfn_core.settings import MotionSettings
from tasks.confinement import confine
from tasks.memory_limit import limit_memory
from tasks.supervisor import Progress, start_early, supervised

PRELOADED = ["gfn_core.media.frame_reader", "gfn_core.media.plane_reader", "gfn_core.media.probe"]
DEADLINE_SECONDS = 120.0
MOST_FRAMES = 100


def main() -> None:
    """Read the files, and print what became of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bases = make_bases(options.out / "bases")
    start_early(PRELOADED)
    ends, faults, seconds = Counter[str](), list[str](), dict[str, float]()
    for index in range(options.first, options.first + options.files):
        mutant = mutate(bases, options.seed, index)
        path = options.out / mutant.name
        path.write_bytes(mutant.content)
        started = time.monotonic()
        end = read(path)
        seconds[mutant.name] = time.monotonic() - started
        ends[end.partition(":")[0]] += 1
        if ":" in end:
            faults.append(f"{mutant.name}: {end}")
        else:
            path.unlink()
    slowest = max(seconds, key=seconds.__getitem__)
    print(f"{len(seconds)} files in {sum(seconds.values()):.0f} s")
    print(f"slowest: {seconds[slowest]:.1f} s, {slowest}")
    print("\n".join(f"{count:5} {end}" for end, count in ends.most_common()))
    print("\n".join([f"{len(faults)} faults", *faults]))


def read(path: Path) -> str:
    """Read a file in a process of its own; what became of it, with a colon if it is a fault."""
    try:
        return supervised(_read, path, label=path.name, deadline_seconds=DEADLINE_SECONDS)
    except StageFailed as error:
        return f"{type(error).__name__}: {error}"
    except GfnError as error:
        return type(error).__name__


def _read(path: Path, *, progress: Progress) -> str:
    confine(path.parent)
    limit_memory()
    info = probe(path)
    size = info.geometry.fitted(MotionSettings().longest_px)
    analysed = [frame.pts for frame in islice(open_reader(path, info, size, 1), MOST_FRAMES)]
    rendered = [frame.pts for frame in islice(read_planes(path, info, 1), MOST_FRAMES)]
    return "read" if analysed == rendered else "read, but frames differ"


if __name__ == "__main__":
    main()
