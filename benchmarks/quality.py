"""Quality of stabilizers on real clips, at equal output window, measured on the videos they made.

    python -m benchmarks.quality CLIP... --out DIR --methods transcode,vidstab-30,gfn

vid.stab chooses its zoom itself, so it runs first; the window that it shows is measured on its
output, and the methods that can be told are run so that their outputs show that very window.
"""

import argparse
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import pandas as pd

from benchmarks.quality_plot import draw
from benchmarks.quality_table import REFERENCE, markdown
from benchmarks.results import Results
from benchmarks.stabilizers import VIDEO_SUFFIXES, Stabilizer, stabilizer, window_reference
from benchmarks.timed_command import RunError
from benchmarks.video_frames import open_video
from gfn_core.metrics.evaluation import evaluate

METHODS = "transcode,vidstab-10,vidstab-30,vidstab-30-gauss,deshake,opencv-30,gfn,gfn-dynamic"
WHOLE_FRAME = 1.0
WINDOW_TOLERANCE, WINDOW_ATTEMPTS = 0.004, 3
SEED = 0  # of OpenCV's robust fits

Row = dict[str, str | float]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 1 where a method failed on a clip."""
    asked = _arguments().parse_args(arguments)
    methods = [stabilizer(name, asked.gfn_options.split()) for name in asked.methods.split(",")]
    methods.sort(key=lambda method: window_reference(method) is not None)
    cv2.setRNGSeed(SEED)
    results, rows = Results(asked.out, "quality", opencv=SEED), list[Row]()
    for clip in _clips(asked.clips):
        run = ClipRun(clip, asked.out / "videos", asked.compared)
        rows += [run.measure(method) for method in methods]
        table = pd.DataFrame(rows)
        results.save(table, markdown(table))  # after each clip: it may take hours
        if REFERENCE in set(table[table["error"] == ""]["method"]):
            draw(table, asked.out / "quality.png")
    return int(any(row["error"] for row in rows))


@dataclass
class ClipRun:
    """One clip on its way through the methods."""

    clip: Path
    folder: Path
    compared: int
    windows: dict[str, float] = field(default_factory=dict)  # measured, by method

    def __post_init__(self) -> None:
        self.source = open_video(self.clip)

    def measure(self, method: Stabilizer) -> Row:
        """Run a method and measure the video it made; a failure becomes a row as well."""
        reference = window_reference(method)
        row: Row = {"clip": self.clip.name, "method": method.name, "error": ""}
        try:
            row |= self._figures(method, self._window(reference))
            self.windows[method.name] = float(row["cropping_ratio"])
        except (RunError, ValueError) as failure:
            row["error"] = str(failure)
        print(_progress(row), file=sys.stderr)
        return row

    def _figures(self, method: Stabilizer, window: float) -> Row:
        """Run and measure; where the window shown is not the one asked for, ask again for more.

        A method may enlarge the picture further than its crop limit alone would.
        """
        workplace = self._workplace(method)
        asked, figures = window, Row()
        for _ in range(WINDOW_ATTEMPTS):
            run = method.run(self.clip.resolve(), workplace, asked)
            evaluation = evaluate(self.source, open_video(run.video), self.compared)
            first_seconds = figures.get("wall_seconds", run.wall_seconds)
            figures = {**evaluation.as_row(), "window": window, "window_asked": asked}
            figures["wall_seconds"] = first_seconds
            shown = evaluation.fidelity.cropping_ratio
            if window_reference(method) is None or abs(shown - window) < WINDOW_TOLERANCE:
                break
            asked = min(WHOLE_FRAME, asked * window / shown)
        return figures

    def _window(self, reference: str | None) -> float:
        if reference is None:
            return WHOLE_FRAME
        if reference not in self.windows:
            raise RunError(f"needs the window of {reference}, which has none on this clip")
        return self.windows[reference]

    def _workplace(self, method: Stabilizer) -> Path:
        workplace = self.folder.resolve() / self.clip.stem / method.name
        shutil.rmtree(workplace, ignore_errors=True)
        workplace.mkdir(parents=True)
        return workplace


def _clips(paths: Sequence[Path]) -> list[Path]:
    files = [
        file for path in paths for file in (sorted(path.rglob("*")) if path.is_dir() else [path])
    ]
    return [file for file in files if file.suffix in VIDEO_SUFFIXES]


def _progress(row: Row) -> str:
    if row["error"]:
        return f"{row['clip']}: {row['method']}: {row['error']}"
    return (
        f"{row['clip']}: {row['method']}: acceleration {row['acceleration_px']:.2f} px, "
        f"jitter {row['jitter_px']:.2f} px, window {row['cropping_ratio']:.3f}"
    )


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clips", nargs="+", type=Path, help="clips, or folders of them")
    parser.add_argument("--out", type=Path, required=True, help="folder for videos and tables")
    parser.add_argument("--methods", default=METHODS, help=f"default: {METHODS}")
    parser.add_argument("--gfn-options", default="", help="more options for gfn stabilize")
    parser.add_argument("--compared", type=int, default=60, help="frames laid over the source's")
    return parser


if __name__ == "__main__":
    sys.exit(main())
