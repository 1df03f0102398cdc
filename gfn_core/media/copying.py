"""Copying a video as it is: its file, or its streams into another container."""

import shutil
from pathlib import Path

import ffmpeg

from gfn_core.errors import EncodingFailed
from gfn_core.media.child_process import Child
from gfn_core.media.contents import Contents
from gfn_core.media.ffmpeg_binary import PROBE_OPTIONS, ffmpeg_path, file_argument
from gfn_core.media.losses import losses
from gfn_core.media.stream_plan import StreamPlan
from gfn_core.media.tag_options import tag_options, with_tags
from gfn_core.media.video_info import VideoInfo


def copy_video(source: Path, info: VideoInfo, destination: Path) -> tuple[str, ...]:
    """Copy a video bit for bit; returns what the destination's container cannot hold.

    Raises `EncodingFailed` where the container refuses the video stream.
    """
    if source.suffix.lower() == destination.suffix.lower():
        shutil.copyfile(source, destination)
        return ()
    plan = StreamPlan.of(info, source, destination)
    whole = ffmpeg.input(file_argument(source), **PROBE_OPTIONS)
    streams = [whole[str(stream.index)] for stream in plan.streams]
    contents = Contents.of(source)
    options = {"format": plan.muxer, "codec": "copy", "copyts": None, "loglevel": "error"}
    options |= plan.filters()
    copied = ffmpeg.output(*streams, filename=file_argument(destination), **options)
    command = ffmpeg.compile(copied, cmd=ffmpeg_path(), overwrite_output=True)
    tags = tag_options(contents, plan, source_input=0)
    child = Child(with_tags(command, file_argument(destination), tags))
    code, complaint = child.finish()
    if code != 0:
        raise EncodingFailed(f"{source}: cannot be copied to {destination.suffix}: {complaint}")
    return losses(info, contents, plan, destination)
