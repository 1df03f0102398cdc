"""Plot of an archive's activity: a timeline and a heat map a clip, most active first."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from gfn_core.motion.activity import Activity
from gfn_core.report.course import thinned

LINE_COLOR, SHARE_COLOR = "#d1495b", "#2e86ab"
MOST_CLIPS = 40  # that are drawn
HEAT_WIDTH = 0.22  # of the figure
LEAST_HEAT = 0.05  # half-widths / s at which a heat map is full, at least
LEAST_SHARE = 0.005  # of the frame: from which on something moves


@dataclass(frozen=True)
class ActivitySummary:
    """One clip in brief; speeds in half-widths per second."""

    video: str
    seconds: float
    level: float  # mean speed over frame and time
    busy_share: float  # of the time in which something moves
    moving_share: float  # of the frame, while something does
    mean_speed: float  # of what moves
    peak_speed: float
    busiest_seconds: float  # when most goes on


@dataclass(frozen=True)
class ClipActivity:
    """A clip's activity under its name."""

    video: str
    activity: Activity

    @property
    def level(self) -> float:
        """Mean speed over frame and time."""
        return float(self.activity.level.mean()) if len(self.activity) else 0.0

    @property
    def summary(self) -> ActivitySummary:
        """The clip in figures."""
        seen, busy = self.activity, self.activity.moving_share > LEAST_SHARE
        times = seen.pts_seconds
        return ActivitySummary(
            video=self.video,
            seconds=float(np.ptp(times)) if len(times) else 0.0,
            level=self.level,
            busy_share=float(busy.mean()) if len(times) else 0.0,
            moving_share=float(seen.moving_share[busy].mean()) if busy.any() else 0.0,
            mean_speed=float(seen.mean_speed[busy].mean()) if busy.any() else 0.0,
            peak_speed=float(seen.peak_speed.max(initial=0.0)),
            busiest_seconds=float(times[seen.level.argmax()]) if len(times) else 0.0,
        )


def save_activity_plot(path: Path, clips: Sequence[ClipActivity]) -> None:
    """Draw `clips`, in their order, to `path` (.svg, .png or .pdf)."""
    shown = clips[:MOST_CLIPS]
    figure = Figure(figsize=(11, 1.1 + 1.45 * len(shown)), layout="constrained")
    widths = [1 - HEAT_WIDTH, HEAT_WIDTH]
    panels = figure.subplots(len(shown), 2, squeeze=False, width_ratios=widths)
    hottest = max([LEAST_HEAT, *(float(clip.activity.heat.max()) for clip in shown)])
    for (time, place), clip in zip(panels, shown, strict=True):
        seen = clip.activity
        time.fill_between(
            *thinned(seen.pts_seconds, 100 * seen.moving_share), color=SHARE_COLOR, alpha=0.35
        )
        time.set_ylabel("moving (%)", fontsize=7, color=SHARE_COLOR)
        time.set_ylim(bottom=0)
        speed = time.twinx()
        speed.plot(*thinned(seen.pts_seconds, seen.mean_speed), color=LINE_COLOR, linewidth=1)
        speed.set_ylabel("speed (/s)", fontsize=7, color=LINE_COLOR)
        speed.set_ylim(bottom=0)
        time.set_title(clip.video.replace("$", r"\$"), fontsize=8, loc="left")
        place.imshow(seen.heat, vmin=0, vmax=hottest, cmap="magma", aspect="equal")
        place.set_xticks([])
        place.set_yticks([])
        for axis in (time, speed):
            axis.tick_params(labelsize=7)
        time.grid(alpha=0.25)
    panels[-1, 0].set_xlabel("time (s)", fontsize=8)
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None, dpi=110)
