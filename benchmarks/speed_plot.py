"""A plot of what the speed benchmark measured: each ratio, its spread and its target."""

from pathlib import Path

import pandas as pd

from benchmarks.chart import chart
from benchmarks.speed_table import RATIOS


def draw(table: pd.DataFrame, path: Path) -> None:
    """Draw the median of each ratio over the repeats, with the lowest and the highest."""
    by_run = table.pivot_table(index="repeat", columns="run", values="seconds")
    with chart(path, size_inches=(8, 3)) as panel:
        labels = []
        for place, (above, below, name, target) in enumerate(reversed(RATIOS)):
            ratio = by_run[above] / by_run[below]
            panel.barh(place, ratio.median(), color="#2e86ab")
            panel.plot([ratio.min(), ratio.max()], [place, place], "k-")
            labels.append(f"{name}\n({target})" if target else name)
        panel.set_yticks(range(len(labels)), labels, fontsize=8)
        panel.set(xlabel="ratio: median, lowest to highest")
        panel.axvline(1, color="gray", linewidth=1)
