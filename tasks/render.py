"""Render: the stabilized video, warped once and encoded once."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

from gfn_core.errors import GfnError
from gfn_core.media.verify import verify_audio, verify_output
from gfn_core.render.renderer import render_video
from gfn_core.store.delivery import deliver, is_delivered, load_receipt, may_replace, save_receipt
from gfn_core.store.motion_table import load_motion
from gfn_core.store.trajectory_table import load_trajectory
from tasks.clip import Clip, Made
from tasks.making import Notes, make, probed_source
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

DEADLINE_SECONDS = 120.0
SLOWEST_SECONDS_A_FRAME = 20.0  # slow presets at 8K


@stage_task
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
    try:
        left_out = render_video(
            clip.source,
            probed.info,
            motion.pts,
            trajectory,
            video,
            replace(clip.settings.encoding, threads=clip.threads),
            progress=progress,
        )
        verify_output(video, motion.pts_seconds, float(probed.info.time_base))
        verify_audio(video, clip.source, sum("audio" in line for line in left_out))
        receipt = deliver(
            clip.archive,
            video,
            clip.output,
            frames=len(motion),
            seconds=probed.info.duration_seconds,
            left_out=left_out,
        )
    finally:
        video.unlink(missing_ok=True)
    save_receipt(unfinished, receipt)
    return tuple(f"left out: {what}" for what in left_out)
