"""One plot a style: the path of a clip's picture as filmed, and as each style leads it.

python -m benchmarks.styles CLIP --out DIR
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.chart import chart
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
    asked.out.mkdir(parents=True, exist_ok=True)
    motion = motion_of(asked.clip)
    for style in Style:
        settings = style.applied_to(StageOneSettings(crop=asked.crop))
        plot(motion, settings, asked.out / f"style-{style}.png")


def plot(motion: Motion, settings: StageOneSettings, path: Path) -> None:
    """Draw both coordinates of the paths over time, in % of the frame's width."""
    filmed = accumulate(motion.similarity, motion.shot_start)
    shown = stabilized_path(filmed, smooth_motion(motion, settings).correction)
    with chart(path, 2, (8, 3), dpi=80, share_y=False) as panels:
        for axis, part, label in zip(panels, (np.real, np.imag), ("right", "down"), strict=True):
            of_source, of_output = (50 * part(each.translation) for each in (filmed, shown))
            axis.plot(motion.pts_seconds, of_source, color=FILMED, linewidth=0.9)
            axis.plot(motion.pts_seconds, of_output, color=SHOWN, linewidth=1.8)
            axis.set(xlabel="time (s)", ylabel=f"{label} (% of width)")
            axis.grid(alpha=0.25)


if __name__ == "__main__":
    main()
