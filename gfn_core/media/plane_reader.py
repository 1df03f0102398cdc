"""Full frames for rendering, as planes in the source's own pixel format and bit depth."""

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from av.video.frame import VideoFrame

from gfn_core.media.container import decoded_frames, open_container, prepare_decoder, video_stream
from gfn_core.media.deinterlacing import whole_pictures
from gfn_core.media.pixel_format import PixelFormat, PlaneArray, nearest_planar, planes_of
from gfn_core.media.seeking import frames_after_seek
from gfn_core.media.timeline import FrameClock, Timeline
from gfn_core.media.video_info import VideoInfo


@dataclass(frozen=True)
class PlanarFrame:
    """One decoded frame; its planes are views that must be copied to be kept or changed."""

    index: int  # from 0, in the order of presentation
    pts: int  # in ticks of the stream's time base
    planes: tuple[PlaneArray, ...]  # (rows, columns) each, uint8 or uint16
    pixel_format: PixelFormat


def read_planes(
    path: Path, info: VideoInfo, threads: int = 0, first: int = 0, *, keep_fields: bool = False
) -> Generator[PlanarFrame, None, None]:
    """Decode the video in `path`, probed as `info`: the frames that analysis sees, at full size.

    Packed formats are taken apart into the nearest planar one (`nearest_planar`). A frame of
    another size or format than the first is resampled to the first's, as ffmpeg does. With `first`
    they begin at that frame, decoded from a key frame before it; raises FramesDiffer where the
    decoder does not find it there. Woven fields become whole pictures,
    unless `keep_fields`.
    """
    pixel_format = PixelFormat.of(nearest_planar(info.pixel_format))
    with open_container(path) as container:
        timeline = Timeline.of(container, video_stream(container, info.stream_index))
    if first:
        decoded = frames_after_seek(path, info, timeline, first, threads)
        for index, (pts, frame) in enumerate(decoded, start=first):
            planes = planes_of(_uniform(frame, info, pixel_format), pixel_format)
            yield PlanarFrame(index, pts, planes, pixel_format)
        return
    clock = FrameClock(timeline, info.timestamps_rise)
    with open_container(path) as container:
        stream = video_stream(container, info.stream_index)
        prepare_decoder(stream, threads)
        frames = decoded_frames(container, stream)
        uniform = (_uniform(frame, info, pixel_format) for frame in frames)
        for index, frame in enumerate(uniform if keep_fields else whole_pictures(uniform)):
            pts = clock.stamp(frame.pts)
            yield PlanarFrame(index, pts, planes_of(frame, pixel_format), pixel_format)


def _uniform(frame: VideoFrame, info: VideoInfo, pixel_format: PixelFormat) -> VideoFrame:
    size = (info.geometry.width, info.geometry.height)
    is_same_format = nearest_planar(frame.format.name) == frame.format.name.replace("yuvj", "yuv")
    if (
        is_same_format
        and frame.format.name == info.pixel_format
        and (frame.width, frame.height) == size
    ):
        return frame
    return frame.reformat(*size, format=pixel_format.name, interpolation="BICUBIC")
