"""A plot of what the accuracy benchmark measured: each method's mean error on each material."""

from itertools import cycle
from pathlib import Path

import pandas as pd

from benchmarks.chart import MARKERS, chart


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw materials below each other, methods as marks, on a log scale."""
    materials = list(dict.fromkeys(table["material"]))[::-1]
    means = table.groupby(["method", "material"], sort=False)["error_px"].mean()
    with chart(path, size_inches=(9, 1.5 + 0.4 * len(materials))) as panel:
        for method, marker in zip(dict.fromkeys(table["method"]), cycle(MARKERS), strict=False):
            panel.plot(means[method].reindex(materials), materials, marker, label=method, alpha=0.8)
        panel.set(xscale="log", xlabel="mean endpoint error, px at 640x360")
        panel.grid(axis="y", alpha=0.3)
        panel.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
