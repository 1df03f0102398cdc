"""Plot of a sweep: shake left against field of view, a curve a clip and the median on top."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from gfn_core.geometry import FloatArray

CLIP_COLOR, MEDIAN_COLOR, KNEE_COLOR = "#8fb8cc", "#14506b", "#d1495b"
NAMED_CLIPS = 8  # more curves than that get no names


@dataclass(frozen=True)
class SweepCurve:
    """One clip: by crop, in the order of the crops."""

    video: str
    view: FloatArray  # share of the frame's area shown
    shake_left: FloatArray  # jitter of the output / jitter of the source


def median_curve(curves: Sequence[SweepCurve]) -> SweepCurve:
    """The archive's median at each crop."""
    return SweepCurve(
        "median",
        np.median([curve.view for curve in curves], axis=0),
        np.median([curve.shake_left for curve in curves], axis=0),
    )


def knee(curve: SweepCurve) -> int | None:
    """Index of the point farthest below the line between the ends of the curve; None of two points.

    From there on, more field of view costs more than its share of steadiness. Points that show
    less than another, and are no steadier, are not looked at.
    """
    if len(curve.view) < 3:
        return None
    widest_first = np.argsort(-curve.view)
    steadiest_so_far = np.minimum.accumulate(curve.shake_left[widest_first])
    is_steadier = np.diff(steadiest_so_far, prepend=np.inf) < 0
    order = widest_first[is_steadier][::-1]
    view, shake = curve.view[order], curve.shake_left[order]
    across = np.array([np.ptp(view), np.ptp(shake)])
    if len(view) < 3 or not across.all():
        return int(order[len(order) // 2])
    chord = shake[0] + (shake[-1] - shake[0]) * (view - view[0]) / across[0]
    return int(order[np.argmax(chord - shake)])


def save_sweep_plot(path: Path, curves: Sequence[SweepCurve], crops: Sequence[float]) -> None:
    """Draw `curves`, whose points belong to `crops`, to `path` (.svg, .png or .pdf)."""
    figure = Figure(figsize=(8, 5.5))
    axis = figure.subplots()
    figure.subplots_adjust(left=0.1, right=0.97, bottom=0.1, top=0.96)
    for curve in curves:
        axis.plot(curve.view, curve.shake_left, color=CLIP_COLOR, linewidth=1, alpha=0.8)
        if len(curves) <= NAMED_CLIPS:
            end = int(np.argmax(curve.view))
            place = curve.view[end], curve.shake_left[end]
            axis.annotate(
                _plain(curve.video),
                place,
                (0, 4),
                textcoords="offset points",
                ha="right",
                fontsize=7,
            )
    middle = median_curve(curves)
    best = knee(middle)
    label = f"median of {len(curves)} clips"
    axis.plot(middle.view, middle.shake_left, "o-", color=MEDIAN_COLOR, linewidth=2.2, label=label)
    for crop, x, y in zip(crops, middle.view, middle.shake_left, strict=True):
        axis.annotate(f"{crop:g}", (x, y), (0, 8), textcoords="offset points", ha="center")
    if best is not None:
        axis.plot(
            middle.view[best],
            middle.shake_left[best],
            "o",
            markersize=14,
            fillstyle="none",
            color=KNEE_COLOR,
            markeredgewidth=2,
            label=f"knee: crop {crops[best]:g}",
        )
    axis.set_xlabel("field of view (share of the frame's area shown)")
    axis.set_ylabel("shake left (share of the source's jitter)")
    for each in (axis.xaxis, axis.yaxis):
        each.set_major_formatter(PercentFormatter(1, decimals=0))
    axis.set_ylim(bottom=0)
    axis.grid(alpha=0.25)
    axis.legend(frameon=False, loc="upper left")
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)


def _plain(name: str) -> str:
    """A file's name as it is: `$` would start a formula."""
    return name.replace("$", r"\$")
