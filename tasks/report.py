"""Report: the clip's page, and its current tables under names that people can read."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from gfn_core.motion.model import Motion
from gfn_core.motion.path import accumulate, stabilized_path
from gfn_core.report.pages import Fact, clip_page
from gfn_core.report.path_plot import path_plot_svg
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.store.delivery import Receipt, load_receipt
from gfn_core.store.motion_table import load_motion
from gfn_core.store.probed import ProbedSource
from gfn_core.store.published import is_published, publish
from gfn_core.store.trajectory_table import load_trajectory
from tasks.clip import Clip, Made
from tasks.making import Notes, make, probed_source
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

DEADLINE_SECONDS = 300.0


@stage_task
def report(clip: Clip) -> Made:
    """Write the clip's page and publish what is current."""
    current = clip.current(probed_source(clip).sha256)
    made = make(clip, current.artifacts[-1], _report, deadline_seconds=DEADLINE_SECONDS)
    if is_published(clip.archive, current):
        return made
    publish(clip.archive, current, clip.archive.path(made.artifact))  # was so once, and is again
    return replace(made, cached=False)


def _report(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    probed = probed_source(clip)
    chain = clip.chain(probed.sha256)
    motion = load_motion(clip.archive.path(chain.motion))
    trajectory = load_trajectory(clip.archive.path(chain.trajectory))
    receipt = load_receipt(clip.archive.path(chain.render))
    raw = accumulate(motion.similarity, motion.shot_start)
    smooth = stabilized_path(raw, trajectory.correction)
    plot = path_plot_svg(motion.pts_seconds, raw, smooth, motion.shot_start)
    page = clip_page(clip.video, _facts(probed, motion, trajectory, receipt), plot)
    unfinished.write_text(page)
    publish(clip.archive, clip.current(probed.sha256), unfinished)
    return ()


def _facts(
    probed: ProbedSource, motion: Motion, trajectory: Trajectory, receipt: Receipt
) -> list[Fact]:
    info, correction = probed.info, trajectory.correction
    shift = np.abs(correction.translation).max(initial=0.0) * info.geometry.width / 2
    least_shown = trajectory.shown.min(initial=trajectory.window)
    turn = np.degrees(np.abs(correction.rotation_rad).max(initial=0.0))
    return [
        Fact("source", f"{info.codec}, {info.geometry.width} x {info.geometry.height} px"),
        Fact("length", f"{len(motion)} frames, {info.duration_seconds:.2f} s"),
        Fact("shots", str(int(motion.shot_start.sum()))),
        Fact(
            "window shown",
            f"{trajectory.window:.1%} of the frame's width, {least_shown:.1%} at least",
        ),
        Fact("largest correction", f"{shift:.1f} px, {turn:.2f} degrees"),
        Fact("confidence of the motion, mean", f"{motion.confidence.mean():.2f}"),
        Fact("stabilized video", receipt.output),
        Fact("left out", ", ".join(receipt.left_out) or "nothing"),
        Fact("source sha256", probed.sha256),
    ]
