"""Smooth: from stored motion to what each frame of the output shows. Decodes nothing."""

from pathlib import Path

from gfn_core import __version__
from gfn_core.smoothing.stage_one import smooth_motion
from gfn_core.store.keys import plain
from gfn_core.store.motion_table import load_motion
from gfn_core.store.trajectory_table import save_trajectory
from tasks.clip import Clip, Made
from tasks.making import Notes, make, probed_source
from tasks.stage_task import stage_task
from tasks.supervisor import Progress

DEADLINE_SECONDS = 120.0
SLOWEST_SECONDS_A_FRAME = 0.1


@stage_task
def smooth(clip: Clip) -> Made:
    """Find the calmest path whose crop window never leaves the source."""
    probed = probed_source(clip)
    frames = probed.info.frame_count
    deadline = DEADLINE_SECONDS + SLOWEST_SECONDS_A_FRAME * frames
    artifact = clip.chain(probed.sha256).trajectory
    return make(clip, artifact, _smooth, deadline_seconds=deadline, frame_count=frames)


def _smooth(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    chain = clip.chain(probed_source(clip).sha256)
    estimated = load_motion(clip.archive.path(chain.motion))
    trajectory = smooth_motion(estimated, clip.settings.smoothing)
    provenance = {
        "software": f"gfn {__version__}",
        "motion_key": chain.motion.key,
        "settings": plain(clip.settings.smoothing),
    }
    save_trajectory(unfinished, trajectory, estimated, provenance)
    return ()
