"""`gfn compare` and `gfn preview`: two videos in one, their measured paths below."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from flows.evaluating import open_video
from gfn_core.errors import GfnError
from gfn_core.media.comparison import Layout, Pane, TimeLine, cut_out, write_comparison
from gfn_core.media.encoding import Encoding
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.metrics.tracked_path import tracked_path
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.tracks_estimator import TracksEstimator
from gfn_core.render.renderer import render_video
from gfn_core.report.comparison_plot import NamedPath, PlotStrip, save_path_strip
from gfn_core.settings import MotionSettings
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.smoother import smooth_motion

PANE_PX = 960  # longer side of each picture
STRIP_PX = 220


def compare(
    first: Path, second: Path, target: Path, layout: Layout, names: tuple[str, str] | None = None
) -> None:
    """Write both videos to `target`, with the paths measured on each of them below."""
    pane = Pane.of(probe(first), PANE_PX)
    strip = PlotStrip(pane.width_of(layout), STRIP_PX)
    names = names or (_short(first), _short(second))
    paths = [_measured(path, name) for path, name in zip((first, second), names, strict=True)]
    seconds = min(float(np.ptp(path.pts_seconds)) for path in paths)
    with TemporaryDirectory() as folder:
        plot = Path(folder) / "paths.png"
        save_path_strip(plot, paths, strip)
        longest = max(float(np.ptp(path.pts_seconds)) for path in paths)
        span = round(strip.span_px * seconds / max(longest, 1e-3))
        line = TimeLine(plot, strip.left_px, span, STRIP_PX, max(seconds, 1e-3))
        write_comparison(first, second, target, pane, layout, line)


def preview(
    source: Path, target: Path, settings: StageOneSettings, start_seconds: float, seconds: float
) -> None:
    """Stabilize a part of `source` at the size of a preview, and show it beside the source."""
    info = probe(source)
    end = info.duration_seconds
    if not 0 <= start_seconds < end:
        raise GfnError(f"{source}: --at {start_seconds:g} s, but it ends at {end:.1f} s")
    with TemporaryDirectory() as folder:
        part, steady = Path(folder) / "part.mp4", Path(folder) / "steady.mp4"
        cut_out(source, part, start_seconds, seconds, Pane.of(info, PANE_PX))
        _stabilize(part, steady, settings)
        compare(part, steady, target, Layout.SIDE, ("as filmed", f"crop {settings.crop:g}"))


def _stabilize(source: Path, target: Path, settings: StageOneSettings) -> None:
    info = probe(source)
    size = info.geometry.fitted(MotionSettings().longest_px)
    frames = open_reader(source, info, size, allow_decord=False)
    motion = estimate_motion(frames, TracksEstimator(), info.geometry)
    encoding = Encoding(quality=16, preset="veryfast")
    render_video(source, info, motion.pts, smooth_motion(motion, settings), target, encoding)


def _short(path: Path) -> str:
    """The file's name and its folder's, which tells apart results of the same name."""
    return "/".join(path.resolve().parts[-2:])


def _measured(path: Path, name: str) -> NamedPath:
    video = open_video(path)
    center = np.cumsum(tracked_path(video.frames).similarity.translation)
    return NamedPath(name, video.pts_seconds, center)
