"""`gfn preview`: a few seconds of a clip, stabilized small, beside the source."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from flows.comparing import PANE_PX, compare
from gfn_core.errors import GfnError
from gfn_core.media.comparison import Layout, Pane, cut_out
from gfn_core.media.container import open_container, video_stream
from gfn_core.media.encoding import Encoding
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.media.timeline import PtsArray, Timeline
from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.model import Motion
from gfn_core.motion.tracks_estimator import TracksEstimator
from gfn_core.render.renderer import render_video
from gfn_core.settings import MotionSettings
from gfn_core.smoothing.settings import StageOneSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.smoothing.trajectory import Trajectory

ENCODING = Encoding(quality=16, preset="veryfast")
AROUND_SECONDS = 20.0  # of stored motion that are smoothed along: more changes nothing to see


@dataclass(frozen=True)
class Part:
    """A part of a clip: from `start_seconds` after its first frame on."""

    start_seconds: float
    seconds: float

    def within(self, source: Path, info: VideoInfo) -> "Part":
        """Return this part, no longer than the clip; raises `GfnError` where it begins beyond."""
        left = info.duration_seconds - self.start_seconds
        if self.start_seconds < 0 or left <= 0:
            end = f"it ends at {info.duration_seconds:.1f} s"
            raise GfnError(f"{source}: --at {self.start_seconds:g} s, but {end}")
        return replace(self, seconds=min(self.seconds, left))


def preview(
    source: Path,
    target: Path,
    settings: StageOneSettings,
    asked: Part,
    stored: Motion | None = None,
) -> None:
    """Stabilize a part of `source` at the size of a preview, and show it beside the source.

    By the motion that is `stored` of it, and so as it would be rendered, if there is such; else by
    tracks, which take a little longer.
    """
    info = probe(source)
    asked = asked.within(source, info)
    begin = float(info.start_pts * info.time_base) + asked.start_seconds - 0.5 / info.frame_rate
    with TemporaryDirectory() as folder:
        part, steady = Path(folder) / "part.mp4", Path(folder) / "steady.mp4"
        cut_out(source, part, float(begin), asked.seconds, Pane.of(info, PANE_PX))
        try:
            shown, pts = probe(part), _frame_times(part)
        except GfnError as error:
            there = f"at {asked.start_seconds:g} s"
            raise GfnError(
                f"{source}: no frame can be decoded {there}; try another --at"
            ) from error
        trajectory = None
        if stored and not info.rotation_degrees and not info.is_mirrored:
            trajectory = _of_stored(stored, float(begin), shown, pts, settings)
        trajectory = trajectory or _of_tracks(part, shown, settings)
        render_video(part, shown, pts, trajectory, steady, ENCODING)
        compare(part, steady, target, Layout.SIDE, ("as filmed", f"crop {settings.crop:g}"))


def _of_stored(
    motion: Motion, begin: float, shown: VideoInfo, pts: PtsArray, settings: StageOneSettings
) -> Trajectory | None:
    """Smooth the stretch around what is shown; None where that has other frames than were stored.

    Players' and ffmpeg's ideas of the times in broken files differ from ours.
    """
    first, early, late = (
        int(np.searchsorted(motion.pts_seconds, begin + away))
        for away in (0.0, -AROUND_SECONDS, AROUND_SECONDS + shown.duration_seconds)
    )
    times = motion.pts_seconds[first : first + len(pts)]
    if len(times) < len(pts):
        return None
    drift = (pts - pts[0]) * float(shown.time_base) - (times - times[0])
    if np.abs(drift).max() > 0.5 / shown.frame_rate:
        return None
    around = replace(motion[early:late], geometry=shown.geometry)
    smoothed = smooth_motion(around, settings)
    frames = slice(first - early, first - early + len(pts))
    return replace(
        smoothed, correction=smoothed.correction[frames], residual=smoothed.residual[frames]
    )


def _of_tracks(part: Path, shown: VideoInfo, settings: StageOneSettings) -> Trajectory:
    size = shown.geometry.fitted(MotionSettings().longest_px)
    frames = open_reader(part, shown, size, allow_decord=False)
    return smooth_motion(estimate_motion(frames, TracksEstimator(), shown.geometry), settings)


def _frame_times(part: Path) -> PtsArray:
    with open_container(part) as container:
        return Timeline.of(container, video_stream(container, 0)).frame_pts
