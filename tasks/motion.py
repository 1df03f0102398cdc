"""Motion: how the camera moved from each frame to the next."""

from collections.abc import Generator, Iterable
from pathlib import Path

from gfn_core import __version__
from gfn_core.errors import DamagedVideo, FramesDiffer
from gfn_core.media.frame_reader import GrayFrame, open_reader
from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.model import Motion
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import load_motion, save_motion
from gfn_core.work_ahead import work_ahead
from tasks.clip import MOTION, Clip, Made
from tasks.confinement import GPU_DRIVER
from tasks.damage import damage
from tasks.estimators import estimator_of
from tasks.making import Notes, make, probed_source, reading_seconds
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

READINGS = 3  # of the whole source: its packets, by each of two decoders, and its frames
SLOWEST_SECONDS_A_FRAME = 2.0
SLOWEST_FRAMES = 60  # decoded and analysed before the first is told of
FRAMES_AHEAD = 8


@stage_task(MOTION)
def motion(clip: Clip) -> Made:
    """Estimate the camera's motion between successive frames.

    Raises `DamagedVideo` for what cannot be decoded as a whole, where the clip's run is strict.
    """
    probed = probed_source(clip)
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
    if clip.strict and (lost := damage(load_motion(clip.archive.path(artifact)), probed.info)):
        raise DamagedVideo(f"{clip.source}: {lost}; leave out --strict to stabilize that much")
    return made


def _estimate(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    probed = probed_source(clip)
    settings = clip.settings.motion
    try:
        estimated, decoder = _estimate_with(clip, probed.info, progress, allow_decord=True)
    except FramesDiffer:  # a damaged file in which decord passes over frames
        estimated, decoder = _estimate_with(clip, probed.info, progress, allow_decord=False)
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


def _estimate_with(
    clip: Clip, info: VideoInfo, progress: Progress, *, allow_decord: bool
) -> tuple[Motion, str]:
    size = info.geometry.fitted(clip.settings.motion.longest_px)
    reader = open_reader(clip.source, info, size, clip.threads, allow_decord)
    frames = work_ahead(_counted(reader, progress), FRAMES_AHEAD)  # decoding takes half the time
    motion = estimate_motion(frames, estimator_of(clip), info.geometry)
    return motion, reader.name


def _counted(frames: Iterable[GrayFrame], progress: Progress) -> Generator[GrayFrame, None, None]:
    for count, frame in enumerate(frames, start=1):
        progress(count)
        yield frame
