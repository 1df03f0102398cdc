"""Motion that another program has estimated, taken into an archive under its video's name."""

from pathlib import Path

import numpy as np

from flows.locations import archive_at
from gfn_core import __version__
from gfn_core.errors import SettingsError, SourceError
from gfn_core.media.container import open_container, video_stream
from gfn_core.media.timeline import Timeline
from gfn_core.media.vidstab_file import read_trf
from gfn_core.motion.local_motions import motion_from_fields
from gfn_core.motion.model import Motion
from gfn_core.settings import StabilizeSettings
from gfn_core.store.digest import content_sha256
from gfn_core.store.keys import ArtifactRef, plain
from gfn_core.store.motion_table import save_motion
from gfn_core.store.probed import ProbedSource, load_probed
from gfn_core.store.published import CurrentArtifacts, publish
from tasks.claimed_name import refuse_another_source
from tasks.clip import MOTION, Clip
from tasks.probe import probe

ESTIMATOR = "vid.stab"


def import_trf(trf: Path, video: Path, out: Path) -> str:
    """Store the motion of `video` that `trf` holds in the archive `out`; return the video's name.

    Raises `SourceError` where they do not belong together, or the name is another video's.
    """
    if not trf.exists():
        raise SettingsError(f"{trf}: no such file")
    clip = Clip(archive_at(out), video.resolve(), video.name, StabilizeSettings())
    probed = load_probed(clip.archive.path(probe(clip).artifact))
    refuse_another_source(clip, probed.sha256)
    artifact = MOTION.artifact(probed.sha256, content_sha256(trf), settings=ESTIMATOR)
    with clip.archive.claim(artifact) as unfinished:
        if unfinished is not None:
            provenance = {
                "software": f"gfn {__version__}",
                "source_sha256": probed.sha256,
                "estimator": ESTIMATOR,
                "settings": {"file": trf.name},
                "decoder": "none",
                "time_base": str(probed.info.time_base),
            }
            save_motion(unfinished, read_motion(trf, video, probed), provenance)
    _publish(clip, artifact)
    return clip.video


def read_motion(trf: Path, video: Path, probed: ProbedSource) -> Motion:
    """Read the motion of `video`, whose frames are counted without decoding them."""
    fields = [(each.before, each.here) for each in read_trf(trf)]
    with open_container(video) as container:
        pts = Timeline.of(container, video_stream(container, probed.info.stream_index)).frame_pts
    if len(fields) != len(pts):
        raise SourceError(
            f"{trf}: {len(fields)} frames, but {video} has {len(pts)}; "
            "run vidstabdetect with -fps_mode passthrough"
        )
    seconds = np.asarray(pts * float(probed.info.time_base))
    return motion_from_fields(fields, probed.info.geometry, pts, seconds)


def _publish(clip: Clip, artifact: ArtifactRef) -> None:
    settings = plain(clip.settings)
    source = str(clip.source)
    current = CurrentArtifacts(clip.video, clip.output_name, (artifact,), source, settings)
    publish(clip.archive, current, Path())
