"""Damaged files by the hundred through `gfn stabilize`: what becomes of them, and what is left.

    python -m benchmarks.fuzz --out DIR [--first 0] [--files 1000] [--chunk 100] [--seed 1]

Each chunk is one run over a folder. Nothing may be left of it but whole videos and the store: no
traceback, no internal error, no clip stopped by its deadline, no process, no temporary file, no
file outside OUT, no changed source. Writes fuzz.json into DIR, to which a later call (`--first`)
adds its chunks, and prints the totals.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import av

from benchmarks.mutations import make_bases, mutate

MARK = "GFN_FUZZ_CHUNK"  # in the environment of every process of a chunk
SETTLING_SECONDS = 2.0  # for processes to be gone
TIMED_OUT = re.compile(r"stopped after")
FAULTS = (
    "tracebacks",
    "internal_errors",
    "crashes",
    "timed_out",
    "processes_left",
    "temporary_left",
    "strays",
    "sources_changed",
    "outputs_broken",
)


@dataclass
class ChunkFigures:
    """What became of one chunk; all faults are lists of what was found."""

    first: int
    files: int
    seed: int
    seconds: float = 0.0
    statuses: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    slowest_seconds: float = 0.0  # of one clip, all stages
    tracebacks: list[str] = field(default_factory=list)
    internal_errors: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)  # of a decoder: its clip fails, no more
    timed_out: list[str] = field(default_factory=list)
    processes_left: list[str] = field(default_factory=list)
    temporary_left: list[str] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)  # files in OUT that belong to no outcome
    sources_changed: list[str] = field(default_factory=list)
    outputs_broken: list[str] = field(default_factory=list)


def main() -> None:
    """Run the chunks, and print the totals of all that were ever run into DIR."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--chunk", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    bases = make_bases(options.out / "bases")
    record = options.out / "fuzz.json"
    done = json.loads(record.read_text()) if record.exists() else []
    for first in range(options.first, options.first + options.files, options.chunk):
        count = min(options.chunk, options.first + options.files - first)
        done.append(
            asdict(run_chunk(options.out, bases, options.seed, range(first, first + count)))
        )
        record.write_text(json.dumps(done, indent=1))
    print(totals(done))


def run_chunk(folder: Path, bases: list[Path], seed: int, indices: range) -> ChunkFigures:
    """Damage files, stabilize them in one run, and look at what is left."""
    source, out, temporary = folder / "in", folder / "steady", folder / "temporary"
    for each in (source, out, temporary):
        shutil.rmtree(each, ignore_errors=True)
    source.mkdir(parents=True)
    temporary.mkdir()
    for index in indices:
        mutant = mutate(bases, seed, index)
        (source / mutant.name).write_bytes(mutant.content)
    figures = ChunkFigures(indices.start, len(indices), seed)
    digests, mark = _digests(source), uuid4().hex
    started = time.monotonic()
    command = [sys.executable, "-c", "from flows.cli import main; main()", "stabilize"]
    options = ["--no-prefect", "--json", "--estimator", "tracks", "--preset", "ultrafast"]
    done = subprocess.run(
        [*command, str(source), str(out), *options],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {MARK: mark, "TMPDIR": str(temporary)},
    )
    figures.seconds = round(time.monotonic() - started, 1)
    _note_outcomes(figures, done, out)
    time.sleep(SETTLING_SECONDS)
    figures.processes_left = _marked(mark)
    left = [*temporary.rglob("*"), *(out / "gfn" / "tmp").glob("*")]
    figures.temporary_left = sorted(map(str, left))
    figures.sources_changed = [n for n, digest in _digests(source).items() if digests[n] != digest]
    return figures


def totals(chunks: Iterable[dict[str, object]]) -> str:
    """The figures of all chunks together, as text."""
    rows = [ChunkFigures(**chunk) for chunk in chunks]  # type: ignore[arg-type]
    statuses, reasons = Counter[str](), Counter[str]()
    for row in rows:
        statuses.update(row.statuses)
        reasons.update(row.reasons)
    lines = [
        f"{sum(row.files for row in rows)} files in {sum(row.seconds for row in rows):.0f} s, "
        f"slowest clip {max(row.slowest_seconds for row in rows):.1f} s",
        ", ".join(f"{count} {status}" for status, count in statuses.most_common()),
    ]
    lines += [f"{count:5} {reason}" for reason, count in reasons.most_common()]
    for name in FAULTS:
        found = [each for row in rows for each in getattr(row, name)]
        lines += [f"{name}: {len(found)}", *(f"      {each}" for each in found)]
    return "\n".join(lines)


def _note_outcomes(
    figures: ChunkFigures, done: subprocess.CompletedProcess[str], out: Path
) -> None:
    if "Traceback" in done.stderr or done.returncode not in (0, 1):
        figures.tracebacks.append(f"exit code {done.returncode}: {done.stderr[-500:]}")
    outcomes = json.loads(done.stdout)["outcomes"] if done.stdout else []
    errors = {each["video"]: each["error"] for each in outcomes if each["error"]}
    figures.statuses = dict(Counter(each["status"] for each in outcomes))
    figures.reasons = dict(Counter(_kind(each) for each in outcomes))
    figures.slowest_seconds = max((sum(e["seconds"].values()) for e in outcomes), default=0.0)
    figures.internal_errors = [e for e in errors.values() if "internal error" in e]
    figures.crashes = [e for e in errors.values() if "its process" in e]
    figures.timed_out = [e for e in errors.values() if TIMED_OUT.search(e)]
    outputs = {each["output"] for each in outcomes if each["status"] == "done"}
    found = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    figures.strays = sorted(name for name in found - outputs if not name.startswith("gfn/"))
    figures.outputs_broken = [name for name in sorted(outputs) if not _plays(out / name)]


def _kind(outcome: dict[str, object]) -> str:
    """What became of a clip, without its name and its figures."""
    error, notes = str(outcome["error"]), outcome["notes"]
    if not error:
        is_damaged = any("damaged" in note for note in notes)  # type: ignore[attr-defined]
        return "stabilized up to the damage" if is_damaged else "stabilized"
    _, _, reason = error.partition(": ")
    return re.sub(r"[\d.]+", "N", re.sub(r"/\S*/", "", reason))[:100]


def _plays(video: Path) -> bool:
    try:
        with av.open(str(video), metadata_errors="replace") as container:
            return sum(1 for _ in container.decode(video=0)) > 0
    except av.FFmpegError:
        return False


def _digests(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def _marked(mark: str) -> list[str]:
    """Processes that were started, however indirectly, by a chunk's command."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):  # any of which may end meanwhile
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main()
