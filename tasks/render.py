"""Render: the stabilized video, warped once and encoded once."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from gfn_core.errors import GfnError
from gfn_core.render.steadier import write_steadier
from gfn_core.store.delivery import deliver, is_delivered, load_receipt, may_replace, save_receipt
from gfn_core.store.motion_table import load_motion
from gfn_core.store.trajectory_table import load_trajectory
from tasks.clip import RENDER, Clip, Made
from tasks.making import Notes, make, probed_source
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

DEADLINE_SECONDS = 120.0
SLOWEST_SECONDS_A_FRAME = 20.0  # slow presets at 8K


@stage_task(RENDER)
def render(clip: Clip) -> Made:
    """Write the stabilized video under its final name."""
    probed = probed_source(clip)
    artifact = clip.chain(probed.sha256).render
    receipt = clip.archive.path(artifact)
    if receipt.exists() and not is_delivered(clip.archive, load_receipt(receipt)):
        receipt.unlink(missing_ok=True)  # the video was deleted or replaced since
    frames = probed.info.frame_count
    deadline = DEADLINE_SECONDS + SLOWEST_SECONDS_A_FRAME * frames
    return make(clip, artifact, _render, deadline_seconds=deadline, frame_count=frames)


def _render(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    if not (clip.force or may_replace(clip.archive, clip.output)):
        raise GfnError(f"{clip.output}: is not ours to replace; move it away, or use --force")
    probed = probed_source(clip)
    chain = clip.chain(probed.sha256)
    motion = load_motion(clip.archive.path(chain.motion))
    trajectory = load_trajectory(clip.archive.path(chain.trajectory))
    suffix = PurePosixPath(clip.output_name).suffix
    video = clip.archive.unfinished(f"render-{chain.render.key}{suffix}")
    encoding = replace(clip.settings.encoding, threads=clip.threads)
    try:
        written = write_steadier(
            clip.source, probed.info, motion, trajectory, video, encoding, progress=progress
        )
        receipt = deliver(
            clip.archive,
            video,
            clip.output,
            frames=len(motion),
            seconds=probed.info.duration_seconds,
            left_out=written.left_out,
            treatment=written.treatment,
        )
    finally:
        video.unlink(missing_ok=True)
    save_receipt(unfinished, receipt)
    return (*written.notes, *(f"left out: {what}" for what in written.left_out))
