"""Videos that show local motion over the picture, from what is stored."""

from collections.abc import Iterator
from pathlib import Path

from flows.target import free_target
from gfn_core.errors import SourceError
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.media.rgb_video import Picture, write_rgb_video
from gfn_core.media.video_info import VideoInfo
from gfn_core.motion.activity import Activity
from gfn_core.report.motion_arrows import with_arrows
from gfn_core.store.activity_table import load_activity
from gfn_core.store.archive import Archive
from gfn_core.store.catalogue import CatalogueEntry
from tasks.clip import ACTIVITY

LONGEST_PX = 960


def write_overlay(archive: Archive, entry: CatalogueEntry, folder: Path, *, force: bool) -> Path:
    """Write FOLDER/video.mp4: the clip as filmed, in gray, and what moves in colour."""
    source = Path(entry.source)
    if not source.exists():
        raise SourceError(f"{source}: is not there; an overlay needs the video as filmed")
    activity = load_activity(archive.view(ACTIVITY.name, entry.video, ACTIVITY.suffix))
    info = probe(source)
    size = info.geometry.fitted(LONGEST_PX)
    target = free_target(folder / f"{entry.video}.mp4", force=force)
    target.parent.mkdir(parents=True, exist_ok=True)
    rate = max(1, round(info.frame_rate))
    pictures = _pictures(source, info, activity)
    write_rgb_video(target, pictures, (size.width, size.height), rate)
    return target


def _pictures(source: Path, info: VideoInfo, activity: Activity) -> Iterator[Picture]:
    reader = open_reader(source, info, info.geometry.fitted(LONGEST_PX), allow_decord=False)
    for frame, velocity in zip(reader, activity.velocity, strict=False):
        yield with_arrows(frame.luma, velocity)
