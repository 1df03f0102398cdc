"""The ffmpeg command that puts the stabilized picture beside the source's other streams."""

from pathlib import Path, PurePath
from typing import Any, cast

import ffmpeg

from gfn_core.media.contents import Contents
from gfn_core.media.ffmpeg_binary import PROBE_OPTIONS, ffmpeg_path, file_argument, has_option
from gfn_core.media.stream_plan import StreamPlan
from gfn_core.media.tag_options import tag_options, with_tags
from gfn_core.media.video_info import ColorTags, VideoInfo

NO_STREAM = "d:9999?"  # asks for nothing, but makes a file an input, for its metadata
Node = Any  # ffmpeg-python has no types


def picture_input(url: object, info: VideoInfo, earlier_ticks: int, **options: str) -> Node:
    """Frames as an input: never rotated by ffmpeg, tagged with the source's orientation.

    They are presented `earlier_ticks` of the source's time base before their own timestamps.
    """
    chosen: dict[str, Any] = {"noautorotate": None, **options, **hdr_options(info.color)}
    if info.rotation_degrees or info.is_mirrored:
        chosen["display_rotation"] = -info.rotation_degrees  # ffmpeg's turn leftwards
    if info.is_mirrored:
        chosen["display_vflip"] = None
    if earlier_ticks:
        chosen["itsoffset"] = f"{-float(earlier_ticks * info.time_base):.9f}"
    return ffmpeg.input(url, **chosen)


def output_command(
    frames: Node,
    picture: Node,
    picture_options: dict[str, Any],
    source: Path,
    info: VideoInfo,
    contents: Contents,
    plan: StreamPlan,
    output: Path,
) -> list[str | PurePath]:
    """Command that writes `picture`, a stream made of the input `frames`, as `plan` says."""
    whole = ffmpeg.input(file_argument(source), **PROBE_OPTIONS)
    streams = [
        picture if stream.index == info.stream_index else whole[str(stream.index)]
        for stream in plan.streams
    ]
    inputs = [frames[NO_STREAM], whole[NO_STREAM]]  # first, so that the source is input 1
    position = plan.position(info)
    options: dict[str, Any] = {
        "format": plan.muxer,
        "codec": "copy",
        "copyts": None,
        **plan.filters(encoded=info.stream_index),
    }
    marks = contents.streams[info.stream_index].dispositions
    options[f"disposition:{position}"] = "+".join(sorted(marks)) or 0
    if plan.muxer in ("mp4", "mov"):
        options["video_track_timescale"] = info.time_base.denominator
    for name, value in picture_options.items():
        options[f"{name}:{position}"] = value
    command = compiled(ffmpeg.output(*inputs, *streams, filename=file_argument(output), **options))
    tags = tag_options(contents, plan, source_input=1, encoded=info.stream_index)
    return with_tags(command, file_argument(output), tags)


def hdr_options(color: ColorTags) -> dict[str, str]:
    """Options of an input that say on which display its pictures were graded."""
    tags = {"mastering_display": color.mastering_display, "content_light": color.content_light}
    return {name: tag for name, tag in tags.items() if tag and has_option(name)}


def compiled(output: Node) -> list[str | PurePath]:
    """Command line of an output, quiet but for errors."""
    command = output.global_args("-hide_banner", "-nostats", "-nostdin", "-loglevel", "error")
    return cast(
        list[str | PurePath], ffmpeg.compile(command, cmd=ffmpeg_path(), overwrite_output=True)
    )
