"""A plot of what the speed benchmark measured: each ratio, its spread and its target."""

from pathlib import Path

import pandas as pd

from benchmarks.chart import chart
from benchmarks.speed_table import RATIOS


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the median of each ratio over the repeats, with the lowest and the highest."""
    by_run = table.pivot_table(index="repeat", columns="run", values="seconds")
    with chart(path, size_inches=(8, 3)) as panel:
        for place, (above, below, name, target) in enumerate(reversed(RATIOS)):
            ratio = by_run[above] / by_run[below]
            panel.barh(place, ratio.median(), color="#2e86ab")
            panel.plot([ratio.min(), ratio.max()], [place, place], "k-")
            label = f"{name} ({target})" if target else name
            panel.text(0.02, place, label, va="center", color="white", fontsize=8)
        panel.set(xlabel="ratio: median, lowest to highest", yticks=[])
        panel.axvline(1, color="gray", linewidth=1)
