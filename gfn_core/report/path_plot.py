"""Plot of a clip's path before and after, one panel a parameter."""

import io
from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.motion.similarity import Similarity

RAW_COLOR, SMOOTH_COLOR, CUT_COLOR = "#d1495b", "#2e86ab", "#888888"
PANELS_PER_CLIP: tuple[tuple[str, Callable[[Similarity], FloatArray]], ...] = (
    ("right (% of width)", lambda path: path.translation.real * 50),
    ("down (% of width)", lambda path: path.translation.imag * 50),
    ("rotation (degrees)", lambda path: np.degrees(np.unwrap(path.rotation_rad))),
    ("zoom (%)", lambda path: 100 * np.expm1(path.log_scale)),
)


def path_plot_svg(
    pts_seconds: FloatArray, raw: Similarity, smooth: Similarity, shot_start: NDArray[np.bool_]
) -> str:
    """Draw the raw and the smooth path (N,) over time; cuts are dotted lines."""
    figure = Figure(figsize=(9, 8))
    axes = figure.subplots(len(PANELS_PER_CLIP), 1, sharex=True)
    figure.subplots_adjust(left=0.1, right=0.985, bottom=0.06, top=0.985, hspace=0.1)
    figure.align_ylabels(axes)
    cuts = pts_seconds[1:][shot_start[1:]]
    for axis, (label, values) in zip(axes, PANELS_PER_CLIP, strict=True):
        axis.plot(pts_seconds, values(raw), color=RAW_COLOR, linewidth=0.9, label="source")
        axis.plot(
            pts_seconds, values(smooth), color=SMOOTH_COLOR, linewidth=1.6, label="stabilized"
        )
        for cut in cuts:
            axis.axvline(cut, color=CUT_COLOR, linestyle=":", linewidth=1)
        axis.set_ylabel(label)
        axis.grid(alpha=0.25)
    axes[0].legend(loc="upper right", ncols=2, frameon=False)
    axes[-1].set_xlabel("time (s)")
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()[text.getvalue().index("<svg") :]
