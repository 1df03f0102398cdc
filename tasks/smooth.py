"""Smooth: from stored motion to what each frame of the output shows. Decodes nothing."""

from dataclasses import replace
from pathlib import Path

from gfn_core import __version__
from gfn_core.errors import ArtifactDamaged
from gfn_core.metrics.mildest_crop import mildest_crop
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import load_motion
from gfn_core.store.provenance import count_rows
from gfn_core.store.trajectory_table import save_trajectory
from tasks.clip import TRAJECTORY, Clip, Made
from tasks.making import Notes, make, probed_source
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

DEADLINE_SECONDS = 120.0
SLOWEST_SECONDS_A_FRAME = 0.1


@stage_task(TRAJECTORY)
def smooth(clip: Clip) -> Made:
    """Find the calmest path whose crop window never leaves the source."""
    chain = clip.chain(_source_sha256(clip))
    if not clip.archive.has(chain.motion):
        raise ArtifactDamaged(f"{clip.video}: its motion is not stored; stabilize it again")
    frames = count_rows(clip.archive.fetched(chain.motion))
    deadline = DEADLINE_SECONDS + SLOWEST_SECONDS_A_FRAME * frames
    artifact = chain.trajectory
    return make(clip, artifact, _smooth, deadline_seconds=deadline, frame_count=frames)


def _smooth(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    chain = clip.chain(_source_sha256(clip))
    estimated = load_motion(clip.archive.fetched(chain.motion))
    smoothing = clip.settings.smoothing
    if smoothing.removed_share > 0:
        smoothing = replace(smoothing, crop=mildest_crop(estimated, smoothing))
    trajectory = smooth_motion(estimated, smoothing)
    provenance = {
        "software": f"gfn {__version__}",
        "motion_key": chain.motion.key,
        "settings": plain(smoothing),
    }
    save_trajectory(unfinished, trajectory, estimated, provenance)
    return ()


def _source_sha256(clip: Clip) -> str:
    """Digest of the source, which need not be there when its motion is."""
    return clip.analysed.sha256 if clip.analysed else probed_source(clip).sha256
