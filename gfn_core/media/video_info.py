"""What is known of a video file before it is analysed."""

from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from gfn_core.geometry import FrameGeometry


@dataclass(frozen=True)
class StreamInfo:
    """One stream of a container."""

    index: int
    kind: str  # video, audio, subtitle, attachment, data
    codec: str  # ffmpeg's name; "timecode" for a timecode track
    is_cover: bool = False  # a still picture, not footage
    is_default: bool = False  # marked to be played


@dataclass(frozen=True)
class ColorTags:
    """Colour description as ffmpeg names it; None where the file says nothing."""

    range: str | None = None
    matrix: str | None = None
    primaries: str | None = None
    transfer: str | None = None
    chroma_location: str | None = None  # where chroma samples lie: left, center, topleft, ...
    mastering_display: str | None = None  # "G(x,y)B(x,y)R(x,y)WP(x,y)L(most,least)", SMPTE ST 2086
    content_light: str | None = None  # "brightest pixel,brightest frame", cd/m2


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
    is_mirrored: bool = False  # to be shown upside down (about the x axis) before the rotation
    timestamps_rise: bool = True  # in the order in which the decoder puts frames out
    field_order: str | None = None  # frames are woven: which field is first, "tff" or "bff"
    declared_seconds: float | None = None  # what the file says; more than there is if cut off

    @property
    def may_be_split(self) -> bool:
        """Whether its segments can be told apart; woven fields need the frames around them."""
        return self.timestamps_rise and self.field_order is None

    def to_dict(self) -> dict[str, Any]:
        """Return the same as JSON types; fractions become text such as "1/90000"."""
        return {name: _plain(value) for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> "VideoInfo":
        """Invert `to_dict`."""
        geometry = stored["geometry"]
        return cls(
            **{
                **stored,
                "geometry": FrameGeometry(
                    geometry["width"], geometry["height"], Fraction(geometry["pixel_aspect"])
                ),
                "time_base": Fraction(stored["time_base"]),
                "frame_rate": Fraction(stored["frame_rate"]),
                "color": ColorTags(**stored["color"]),
                "streams": tuple(StreamInfo(**stream) for stream in stored["streams"]),
            }
        )


def _plain(value: object) -> object:
    match value:
        case Fraction():
            return str(value)
        case dict():
            return {name: _plain(part) for name, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
    return value
