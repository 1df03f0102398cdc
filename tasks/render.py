"""Render: the stabilized video, warped once and encoded once."""

import os
from dataclasses import replace
from pathlib import Path, PurePosixPath

from gfn_core.errors import GfnError
from gfn_core.render.steadier import write_steadier
from gfn_core.store.delivery import deliver, is_delivered, load_receipt, may_replace, save_receipt
from gfn_core.store.motion_table import load_motion
from gfn_core.store.probed import ProbedSource
from gfn_core.store.room import require_room
from gfn_core.store.trajectory_table import load_trajectory
from tasks.clip import RENDER, Clip, Made
from tasks.making import Notes, make, probed_source, reading_seconds
from tasks.render_segments import discard_segments, stored_segments
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

READINGS = 5  # of the whole source: its packets, its frames, its sound twice, the output's digest
SLOWEST_SECONDS_A_FRAME = 20.0  # slow presets at 8K
FRAMES_HELD = 60  # by an encoder that looks ahead, and written when all is over
LOSSY_BYTES_A_PIXEL = 0.05  # the most that is to be expected of usual settings


@stage_task(RENDER)
def render(clip: Clip) -> Made:
    """Write the stabilized video under its final name."""
    probed = probed_source(clip)
    artifact = clip.chain(probed.sha256).render
    receipt = clip.archive.fetched(artifact)
    if receipt.exists() and not is_delivered(clip.archive, load_receipt(receipt)):
        clip.archive.discard(artifact)  # the video was deleted or replaced since
    frames = probed.info.frame_count
    reading = READINGS * reading_seconds(clip)
    made = make(
        clip,
        artifact,
        _render,
        deadline_seconds=reading + SLOWEST_SECONDS_A_FRAME * frames,
        silence_seconds=reading + SLOWEST_SECONDS_A_FRAME * FRAMES_HELD,
        frame_count=frames,
        is_confined=True,
    )
    discard_segments(clip, probed)
    return made


def _render(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    _refuse_to_harm(clip)
    probed = probed_source(clip)
    require_room(clip.archive.store, _expected_bytes(clip, probed))
    chain = clip.chain(probed.sha256)
    motion = load_motion(clip.archive.fetched(chain.motion))
    trajectory = load_trajectory(clip.archive.fetched(chain.trajectory))
    suffix = PurePosixPath(clip.output_name).suffix
    video = clip.archive.unfinished(f"render-{chain.render.key}{suffix}")
    encoding = replace(clip.settings.encoding, threads=clip.threads)
    segments = stored_segments(clip, probed, motion, trajectory)

    def watched(frames: int) -> None:
        require_room(clip.archive.store)
        progress(frames)

    try:
        written = write_steadier(
            clip.source,
            probed.info,
            motion,
            trajectory,
            video,
            encoding,
            progress=watched,
            rendered=segments.write if segments else None,
        )
        probed_source(clip)
        _refuse_to_harm(clip)  # once more: rendering takes a while
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


def _refuse_to_harm(clip: Clip) -> None:
    """Refuse to write outside OUT, over a source, or over what is not ours."""
    output, root = clip.output, clip.archive.root
    if not Path(os.path.realpath(output.parent)).is_relative_to(root):
        raise GfnError(f"{output}: a link leads out of {root}; remove it, or name another OUT")
    if output.exists() and output.samefile(clip.source):
        raise GfnError(f"{output}: is the source itself; name another OUT")
    if not (clip.force or may_replace(clip.archive, output)):
        raise GfnError(f"{output}: is not ours to replace; move it away, or use --force")


def _expected_bytes(clip: Clip, probed: ProbedSource) -> float:
    """Room that the output takes, roughly: that of its source, unless it is squeezed far more."""
    if clip.settings.encoding.traits.quality_option != "crf":
        return probed.size_bytes
    frame_pixels = probed.info.geometry.width * probed.info.geometry.height
    return min(probed.size_bytes, LOSSY_BYTES_A_PIXEL * frame_pixels * probed.info.frame_count)
