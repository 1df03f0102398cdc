"""`gfn compare`: two videos in one, their measured paths below."""

from itertools import takewhile
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from flows.evaluating import open_video
from gfn_core.media.comparison import Layout, Pane, TimeLine, write_comparison
from gfn_core.media.probe import probe
from gfn_core.report.comparison_plot import NamedPath, PlotStrip, save_path_strip

PANE_PX = 960  # longer side of each picture
STRIP_PX = 220


def compare(
    first: Path, second: Path, target: Path, layout: Layout, names: tuple[str, str] | None = None
) -> None:
    """Write both videos to `target`, with the paths measured on each of them below."""
    pane = Pane.of(probe(first), PANE_PX)
    strip = PlotStrip(pane.width_of(layout), STRIP_PX)
    names = names or told_apart(first, second)
    paths = [_measured(path, name) for path, name in zip((first, second), names, strict=True)]
    seconds = min(float(np.ptp(path.pts_seconds)) for path in paths)
    with TemporaryDirectory() as folder:
        plot = Path(folder) / "paths.png"
        save_path_strip(plot, paths, strip)
        longest = max(float(np.ptp(path.pts_seconds)) for path in paths)
        span = round(strip.span_px * seconds / max(longest, 1e-3))
        line = TimeLine(plot, strip.left_px, span, STRIP_PX, max(seconds, 1e-3))
        write_comparison(first, second, target, pane, layout, line)


def told_apart(first: Path, second: Path) -> tuple[str, str]:
    """Both files' names, with as many of their folders as tell them apart."""
    ends = [path.resolve().parts[::-1] for path in (first, second)]
    shared = len(list(takewhile(lambda parts: parts[0] == parts[1], zip(*ends, strict=False))))
    one, other = (str(Path(*reversed(parts[: shared + 1]))) for parts in ends)
    return one, other


def _measured(path: Path, name: str) -> NamedPath:
    video = open_video(path)
    center = np.cumsum(video.path.similarity.translation)
    return NamedPath(name, video.pts_seconds, center)
