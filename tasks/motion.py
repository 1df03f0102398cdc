"""Motion: how the camera moved from each frame to the next."""

from pathlib import Path

from gfn_core import __version__
from gfn_core.errors import DamagedVideo
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import load_motion, save_motion
from tasks.claimed_name import refuse_another_source
from tasks.clip import MOTION, Clip, Made
from tasks.confinement import GPU_DRIVER
from tasks.damage import damage
from tasks.estimating import whole_motion
from tasks.making import Notes, make, probed_source, reading_seconds
from tasks.motion_segments import discard_segments, motion_of_segments
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

READINGS = 3  # of the whole source: its packets, by each of two decoders, and its frames
SLOWEST_SECONDS_A_FRAME = 2.0
SLOWEST_FRAMES = 60  # decoded and analysed before the first is told of


@stage_task(MOTION)
def motion(clip: Clip) -> Made:
    """Estimate the camera's motion between successive frames.

    Raises `DamagedVideo` for what cannot be decoded as a whole, where the clip's run is strict, and
    `GfnError` where the archive has a video of this name from another source.
    """
    probed = probed_source(clip)
    refuse_another_source(clip, probed.sha256)
    frames = probed.info.frame_count
    deadline = READINGS * reading_seconds(clip) + SLOWEST_SECONDS_A_FRAME * frames
    artifact = clip.chain(probed.sha256).motion
    made = make(
        clip,
        artifact,
        _estimate,
        deadline_seconds=deadline,
        silence_seconds=READINGS * reading_seconds(clip) + SLOWEST_SECONDS_A_FRAME * SLOWEST_FRAMES,
        frame_count=frames,
        is_confined=not GPU_DRIVER.exists(),
    )
    discard_segments(clip, probed)
    if clip.strict and (lost := damage(load_motion(clip.archive.fetched(artifact)), probed.info)):
        raise DamagedVideo(f"{clip.source}: {lost}; leave out --strict to stabilize that much")
    return made


def _estimate(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    probed = probed_source(clip)
    settings = clip.settings.motion
    estimated, decoder = motion_of_segments(clip, probed, progress) or whole_motion(
        clip, probed.info, progress
    )
    provenance = {
        "software": f"gfn {__version__}",
        "source_sha256": probed.sha256,
        "estimator": settings.estimator,
        "weights_sha256": "".join(settings.weights_digests),
        "settings": plain(settings),
        "decoder": decoder,
        "time_base": str(probed.info.time_base),
    }
    probed_source(clip)
    save_motion(unfinished, estimated, provenance)
    lost = damage(estimated, probed.info)
    return (lost,) if lost else ()
