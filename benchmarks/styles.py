"""One plot a style: the path of a clip's picture as filmed, and as each style leads it.

python -m benchmarks.styles CLIP --out DIR
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from benchmarks.stage_two import motion_of
from gfn_core.motion.model import Motion
from gfn_core.motion.path import accumulate, stabilized_path
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.smoothing.style import Style

FILMED, SHOWN = "#d1495b", "#2e86ab"


def main(arguments: Sequence[str] | None = None) -> None:
    """Draw style-NAME.png for each style."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--crop", type=float, default=0.85)
    asked = parser.parse_args(arguments)
    motion = motion_of(asked.clip)
    for style in Style:
        settings = style.applied_to(StageOneSettings(crop=asked.crop))
        plot(motion, settings, asked.out / f"style-{style}.png")


def plot(motion: Motion, settings: StageOneSettings, path: Path) -> None:
    """Draw both coordinates of the paths over time, in % of the frame's width."""
    filmed = accumulate(motion.similarity, motion.shot_start)
    shown = stabilized_path(filmed, smooth_motion(motion, settings).correction)
    figure = Figure(figsize=(8, 3))
    for axis, part, label in zip(
        figure.subplots(1, 2), (np.real, np.imag), ("right", "down"), strict=True
    ):
        axis.plot(motion.pts_seconds, 50 * part(filmed.translation), color=FILMED, linewidth=0.9)
        axis.plot(motion.pts_seconds, 50 * part(shown.translation), color=SHOWN, linewidth=1.8)
        axis.set_xlabel("time (s)")
        axis.set_ylabel(f"{label} (% of width)")
        axis.grid(alpha=0.25)
    figure.tight_layout()
    figure.savefig(path, dpi=80)


if __name__ == "__main__":
    main()
