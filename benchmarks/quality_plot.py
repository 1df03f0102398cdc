"""A plot of what the quality benchmarks measured: each clip's figures against vidstab-30's."""

from itertools import cycle
from pathlib import Path

import pandas as pd

from benchmarks.chart import MARKERS, chart
from benchmarks.quality_table import COLUMNS, REFERENCE

SHOWN = ("acceleration_px", "jitter_px")


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw one panel a figure: clips below each other, methods as marks, ratios on a log scale."""
    good = table[table["error"] == ""]
    methods = [name for name in good["method"].unique() if name != REFERENCE]
    figures = good.pivot_table(index="clip", columns="method", values=list(SHOWN))
    order = figures["jitter_px"][REFERENCE].sort_values().index
    with chart(path, len(SHOWN), (11, 1.5 + 0.28 * len(order))) as panels:
        for panel, name in zip(panels, SHOWN, strict=True):
            for method, marker in zip(methods, cycle(MARKERS), strict=False):
                ratio = figures[name][method] / figures[name][REFERENCE]
                panel.plot(ratio[order], range(len(order)), marker, label=method, alpha=0.8)
            panel.axvline(1, color="gray", linewidth=1)
            panel.set(xscale="log", xlabel=f"{COLUMNS[name][0]} / {REFERENCE}'s")
            panel.grid(axis="y", alpha=0.3)
        panels[0].set_yticks(range(len(order)), order, fontsize=8)
        panels[-1].legend(fontsize=8)
