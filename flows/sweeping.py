"""`gfn sweep` for a person: progress, a table, a plot."""

import json
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
from rich.progress import track
from rich.table import Table

from flows.interrupt import leave_at_once_on_interrupt
from flows.markup import escape
from flows.settings import RunSettings
from flows.stabilizing import Audience
from flows.sweep import SweepRequest, SweptClip, sweep
from flows.target import write_plot
from gfn_core.errors import GfnError
from gfn_core.report.sweep_plot import SweepCurve, knee, median_curve, save_sweep_plot

SHAKES_PX = 2.0  # of the source, at 1920: of what stands still, no share of shake can be told


def show_sweep(
    request: SweepRequest, run: RunSettings, plot: Path | None, audience: Audience
) -> int:
    """Predict, tell `audience`, draw the plot; return the exit code."""
    leave_at_once_on_interrupt(lambda: audience.notices.print("gfn: interrupted"))
    started = time.monotonic()
    jobs = request.jobs()
    clips = sorted(
        track(
            sweep(jobs, run.slots_for(len(jobs))),
            "smoothing",
            len(jobs),
            console=audience.notices,
            transient=True,
        ),
        key=lambda clip: clip.video,
    )
    good = [clip for clip in clips if not clip.error]
    for clip in clips:
        if clip.error:
            audience.notices.print(f"{escape(clip.video)}: {escape(clip.error)}", soft_wrap=True)
    if not good:
        raise GfnError(f"{request.out}: no clip's motion can be read")
    shaking = [clip for clip in good if clip.source_jitter_px >= SHAKES_PX]
    counted = shaking or good
    curves = [curve_of(clip) for clip in counted]
    best = knee(median_curve(curves))
    if audience.as_json:
        at_knee = None if best is None else request.crops[best]
        content = {"crops": request.crops, "knee": at_knee}
        print(json.dumps(content | {"clips": [asdict(clip) for clip in clips]}, indent=1))
    audience.results.print(_table(counted, request.crops, best))
    drawn = write_plot(
        request.archive, "sweep", plot, lambda path: save_sweep_plot(path, curves, request.crops)
    )
    audience.results.print(
        f"{len(good)} clips in {time.monotonic() - started:.1f} s; {_counted(shaking, good)}; "
        f"plot: {escape(str(drawn))}",
        soft_wrap=True,
    )
    return 1 if len(good) < len(clips) else 0


def _counted(shaking: list[SweptClip], good: list[SweptClip]) -> str:
    if not shaking:
        return f"none shakes by {SHAKES_PX:g} px, so all are counted"
    return f"the {len(shaking)} of them that shake by {SHAKES_PX:g} px or more are counted"


def curve_of(clip: SweptClip) -> SweepCurve:
    """Return the clip's curve for the plot."""
    view = np.array([1 - each.lost_view for each in clip.by_crop])
    return SweepCurve(clip.video, view, np.array(clip.shake_left))


def _table(clips: list[SweptClip], crops: tuple[float, ...], best: int | None) -> Table:
    table = Table(
        *("crop", "shake left", "at most", "jitter", "acceleration", "correction", "view lost", ""),
        box=None,
        padding=(0, 1, 0, 0),
        caption="medians; at most: of any clip; correction: the largest; px at 1920",
        caption_justify="left",
    )
    for index, crop in enumerate(crops):
        at = [clip.by_crop[index] for clip in clips]
        table.add_row(
            f"{crop:g}",
            f"{np.median([clip.shake_left[index] for clip in clips]):.1%}",
            f"{max(clip.shake_left[index] for clip in clips):.1%}",
            f"{np.median([each.jitter_px for each in at]):.2f}",
            f"{np.median([each.acceleration_px for each in at]):.3f}",
            f"{np.median([each.largest_correction_px for each in at]):.0f}",
            f"{np.median([each.lost_view for each in at]):.1%}",
            "<- knee" if index == best else "",
        )
    return table
