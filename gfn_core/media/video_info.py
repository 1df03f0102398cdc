"""What is known of a video file before a frame of it is decoded."""

from dataclasses import dataclass
from fractions import Fraction

from gfn_core.geometry import FrameGeometry


@dataclass(frozen=True)
class StreamInfo:
    """One stream of a container."""

    index: int
    kind: str  # video, audio, subtitle, attachment, data
    codec: str


@dataclass(frozen=True)
class ColorTags:
    """Colour description as ffmpeg names it; None where the file says nothing."""

    range: str | None = None
    matrix: str | None = None
    primaries: str | None = None
    transfer: str | None = None
    chroma_location: str | None = None


@dataclass(frozen=True)
class VideoInfo:
    """The main video stream of a file, and what else the file holds."""

    container: str  # ffmpeg's demuxer name, e.g. "mov,mp4,m4a,3gp,3g2,mj2"
    stream_index: int
    codec: str
    pixel_format: str
    geometry: FrameGeometry
    frame_count: int  # packets that will be presented
    time_base: Fraction  # seconds a tick
    frame_rate: Fraction  # average
    start_pts: int
    duration_seconds: float
    rotation_degrees: int  # display rotation, clockwise, as tagged
    color: ColorTags
    streams: tuple[StreamInfo, ...]
