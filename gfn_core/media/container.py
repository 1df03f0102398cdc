"""Opening an untrusted video file, its streams and its packets, through PyAV."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from gfn_core.errors import DamagedVideo, NotAVideo, SourceError
from gfn_core.media.ffmpeg_binary import PROBE_OPTIONS, file_url

LARGEST_SIDE_PX = 16384
MOST_PIXELS = 2**27  # decoders refuse larger frames: a bomb must not be unpacked to be noticed
NOT_THE_PICTURE = Disposition.attached_pic | Disposition.timed_thumbnails


@contextmanager
def open_container(path: Path) -> Iterator[InputContainer]:
    """Open a video file for reading; errors while it is open name the file and what is wrong."""
    _refuse_what_is_no_file(path)
    try:
        with av.open(
            file_url(path), "r", options=PROBE_OPTIONS, metadata_errors="replace"
        ) as container:
            yield container
    except av.FFmpegError as error:
        raise _refusal(path, error) from None
    except (MemoryError, OSError) as error:
        raise DamagedVideo(f"{path}: cannot be read ({error}); check the file") from None


def _refusal(path: Path, error: av.FFmpegError) -> SourceError:
    if isinstance(error, av.ArgumentError):  # it knows the format, which is not one of ours
        return NotAVideo(f"{path}: no video but text, a playlist or a picture; name a video file")
    kind = NotAVideo if isinstance(error, av.InvalidDataError) else DamagedVideo
    return kind(f"{path}: cannot be read as a video ({error.strerror}); check the file")


def _refuse_what_is_no_file(path: Path) -> None:
    try:
        status = path.stat()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; check the path and its permissions") from None
    if stat.S_ISDIR(status.st_mode):
        raise NotAVideo(f"{path}: a folder; check its permissions, or name a video file")
    if not stat.S_ISREG(status.st_mode):
        raise NotAVideo(f"{path}: not a regular file; name a video file")
    if status.st_size == 0:
        raise NotAVideo(f"{path}: the file is empty; copy it again from its origin")
    if not os.access(path, os.R_OK):
        raise SourceError(f"{path}: not readable; check its permissions")


def main_video_stream(container: InputContainer, path: Path) -> VideoStream:
    """Return the video stream to stabilize: the first that is no cover art, default ones first."""
    pictures = [s for s in container.streams.video if not s.disposition & NOT_THE_PICTURE]
    if not pictures:
        raise NotAVideo(f"{path}: holds no video stream; name a video file")
    known = [s for s in pictures if s.codec_context]
    if not known:
        raise DamagedVideo(f"{path}: its video is of no known codec; check the file in a player")
    return next((s for s in known if s.disposition & Disposition.default), known[0])


def video_stream(container: InputContainer, index: int) -> VideoStream:
    """Return the video stream whose index in the container is `index`."""
    return next(stream for stream in container.streams.video if stream.index == index)


def decoded_frames(
    container: InputContainer, stream: VideoStream, from_pts: int | None = None
) -> Iterator[VideoFrame]:
    """Decode a stream in presentation order; packets that cannot be decoded are passed over.

    Like ffmpeg, a damaged packet costs its own frames and not those after it, and a container that
    breaks off ends the video there. Frames before `from_pts` that no other frame refers to are
    passed over, too: who waits for a later one need not wait for them.
    """
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.FFmpegError):
            break
        if packet.size:  # an empty packet in mid-stream would tell the decoder that all is over
            is_early = from_pts is not None and packet.pts is not None and packet.pts < from_pts
            stream.codec_context.skip_frame = "NONREF" if is_early else "DEFAULT"
            yield from _frames_of(stream, packet)
    yield from _frames_of(stream, None)


def _frames_of(stream: VideoStream, packet: "av.Packet[VideoStream] | None") -> list[VideoFrame]:
    try:
        return stream.decode(packet)
    except av.FFmpegError:
        return []


def prepare_decoder(stream: VideoStream, threads: int) -> None:
    """Set the number of decoding threads (0: as many as cores) and the limit on frame sizes."""
    stream.thread_type = "AUTO"
    stream.thread_count = threads
    stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
