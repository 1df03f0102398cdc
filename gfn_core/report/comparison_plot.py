"""Paths of two videos below each other, as a strip under their pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from gfn_core.geometry import FloatArray
from gfn_core.motion.similarity import ComplexArray

COLORS = ("#d1495b", "#2e86ab")
DPI = 100
WIDE_PX = 800  # has room for both names in a line


@dataclass(frozen=True)
class NamedPath:
    """Where the centre of a video's picture lies over time."""

    name: str
    pts_seconds: FloatArray  # (N,)
    center: ComplexArray  # (N,) half-widths, x + iy


@dataclass(frozen=True)
class PlotStrip:
    """A plot's size, and where its axes lie in it."""

    width_px: int
    height_px: int
    left_px: int = 60
    right_px: int = 12

    @property
    def span_px(self) -> int:
        """Width of the axes, from the first moment to the last."""
        return self.width_px - self.left_px - self.right_px


def save_path_strip(path: Path, paths: Sequence[NamedPath], strip: PlotStrip) -> None:
    """Draw the paths to the right and down, in % of the width, as a PNG of the strip's size."""
    figure = Figure(figsize=(strip.width_px / DPI, strip.height_px / DPI))
    axes = figure.subplots(2, 1, sharex=True)
    left, right = strip.left_px / strip.width_px, 1 - strip.right_px / strip.width_px
    figure.subplots_adjust(left=left, right=right, top=0.97, bottom=0.16, hspace=0.12)
    first = min(each.pts_seconds[0] for each in paths)
    last = max(each.pts_seconds[-1] for each in paths)
    for axis, label, part in zip(axes, ("right %", "down %"), ("real", "imag"), strict=True):
        for each, color in zip(paths, COLORS, strict=False):
            name = each.name.replace("$", r"\$")
            values = 50 * getattr(each.center, part)
            axis.plot(each.pts_seconds - first, values, color=color, linewidth=1, label=name)
        axis.set_xlim(0, max(last - first, 1e-3))
        axis.set_ylabel(label, fontsize=8)
        axis.tick_params(labelsize=7)
        axis.grid(alpha=0.25)
    columns = 2 if strip.width_px >= WIDE_PX else 1
    axes[0].legend(loc="upper left", fontsize=7, ncols=columns, frameon=False)
    figure.savefig(path, dpi=DPI)
