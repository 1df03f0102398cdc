"""A chart that is written to a file when it has been drawn."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

MARKERS = "osD^vPX*<>"  # of methods


@contextmanager
def chart(
    path: Path,
    panels: int = 1,
    size_inches: tuple[float, float] = (6.5, 4),
    *,
    dpi: int = 110,
    share_y: bool = True,
) -> Iterator[Any]:
    """Yield the axes to draw on, an array of them where there are several `panels`, side by side.

    Panels share their vertical axis, unless not `share_y`.
    """
    figure = Figure(figsize=size_inches, layout="constrained")
    yield figure.subplots(1, panels, sharey=share_y)
    figure.savefig(path, dpi=dpi)
