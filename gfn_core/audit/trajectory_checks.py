"""Whether a stored trajectory keeps its promises, and whether it helps."""

from collections.abc import Iterator

import numpy as np

from gfn_core.audit.finding import Finding
from gfn_core.audit.shake import shake_px, source_warps
from gfn_core.geometry import FloatArray
from gfn_core.motion.homography import transform
from gfn_core.motion.model import Motion
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.trajectory import Trajectory

TOLERATED_PX = 0.01  # of the solver
TOUCHING_PX = 0.5
BOUND_SHARE = 0.5  # of the frames
# Of the source's acceleration; px of 1920. Stricter than the look at pictures, which may err.
WORSE_RATIO, WORSE_FLOOR_PX = 1.05, 0.3


def trajectory_findings(clip: str, motion: Motion, trajectory: Trajectory) -> Iterator[Finding]:
    """Yield what is doubtful about `trajectory`, made of `motion`; both have N frames."""
    if not np.isfinite(source_warps(trajectory)).all():
        yield Finding("not-finite", clip, "the trajectory holds values that are no numbers")
        return
    beyond = beyond_frame_px(trajectory)
    yield from _outside_frame(clip, motion, beyond)
    moved = beyond[~trajectory.untouched]  # what rests is shown to its edges
    share = float((moved > -TOUCHING_PX).mean()) if len(moved) else 0.0
    if share > BOUND_SHARE and trajectory.window < 1:
        yield Finding("crop-bound", clip, f"the window lies at the edge in {share:.0%} of frames")
    before, after = shake_px(motion, trajectory)
    if after > max(WORSE_RATIO * before, WORSE_FLOOR_PX):
        message = f"acceleration {before:.2f} px before, {after:.2f} px after (of 1920)"
        yield Finding("got-worse", clip, message)


def beyond_frame_px(trajectory: Trajectory) -> FloatArray:
    """How far each frame's window reaches beyond the source frame, (N,), px; below 0: room left."""
    window = CropWindow(trajectory.geometry, trajectory.window)
    corners = transform(source_warps(trajectory), window.corners)
    beyond = np.abs(corners) - window.frame_half_size
    half_widths_px = np.diag(trajectory.geometry.to_pixels)[:2]
    return np.asarray((beyond * half_widths_px).max(axis=(-2, -1)))


def _outside_frame(clip: str, motion: Motion, beyond: FloatArray) -> Iterator[Finding]:
    outside = np.flatnonzero(beyond > TOLERATED_PX)
    if len(outside):
        times = motion.pts_seconds[outside]
        yield Finding(
            "outside-frame",
            clip,
            f"{len(outside)} frames reach up to {beyond.max():.2f} px beyond the source",
            start_seconds=float(times[0]),
            end_seconds=float(times[-1]),
        )
