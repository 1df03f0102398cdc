"""What a file holds besides its pictures: tags, streams, chapters, and data at the frames."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import cast

import av
from av.container import InputContainer
from av.sidedata.sidedata import SideData
from av.stream import Disposition
from av.video.stream import VideoStream

from gfn_core.media.container import decoded_frames, main_video_stream, open_container

Tags = Mapping[str, str]

# Of the container itself, which the next one writes anew.
NO_TAGS = (
    *("major_brand", "minor_version", "compatible_brands", "encoder", "vendor_id", "alpha_mode"),
)
STATISTICS = ("bps", "duration", "number_of_bytes", "number_of_frames", "_statistics")  # mkvmerge's
ALPHA = "alpha_mode"
ALIASES = {"name": "title", "location-eng": "location"}  # QuickTime's own names
SAYS_NOTHING = {("language", "und"), ("handler_name", "videohandler"), ("handler_name", "")}
DATA_OF_FEW_FRAMES = 3  # are looked at: captions begin with the second
# Of the encoder, of every MPEG-2 frame, or carried in another way: as the tag of orientation.
NO_LOSS = {"SEI_UNREGISTERED", "VIDEO_ENC_PARAMS", "VIDEO_HINT", "PANSCAN", "DISPLAYMATRIX"}
GOP_CLOCK = 0x0FFEFFF  # bits of an MPEG timecode that tell a time: hours, minutes, seconds, frames


@dataclass(frozen=True)
class StreamContents:
    """What a container says of one stream."""

    index: int
    kind: str
    tags: Tags  # as they are
    dispositions: frozenset[str]

    @property
    def outdated_once_encoded(self) -> tuple[str, ...]:
        """Names of the tags that count its bytes or frames, or speak of its alpha channel."""
        return tuple(name for name in self.tags if _is_statistic(name) or name.lower() == ALPHA)

    @property
    def has_alpha_beside(self) -> bool:
        """Whether an alpha channel is coded beside the pictures (WebM), which no decoder shows."""
        return any(name.lower() == ALPHA and tag == "1" for name, tag in self.tags.items())

    @property
    def title(self) -> str:
        """What the stream is called."""
        return telling(self.tags).get("title", "")


@dataclass(frozen=True)
class Chapter:
    """A named stretch of time."""

    start_seconds: float
    title: str


@dataclass(frozen=True)
class Contents:
    """What a file holds besides its pictures."""

    tags: Tags  # as they are
    streams: tuple[StreamContents, ...]
    chapters: tuple[Chapter, ...]
    frame_data: frozenset[str]  # FFmpeg's names for what hangs at the main stream's frames

    @classmethod
    def of(cls, path: Path) -> "Contents":
        """Read them; raises `SourceError` where the file cannot be read."""
        with open_container(path) as container:
            return cls(
                tags=dict(container.metadata),
                streams=tuple(
                    StreamContents(
                        stream.index,
                        stream.type,
                        dict(stream.metadata),
                        frozenset(flag.name or "" for flag in Disposition(stream.disposition)),
                    )
                    for stream in container.streams
                ),
                chapters=_chapters(container),
                frame_data=_frame_data(container, main_video_stream(container, path)),
            )


def telling(tags: Tags) -> Tags:
    """Return the tags that say something, named in lower case as containers disagree about it."""
    named = {ALIASES.get(name.lower(), name.lower()): value for name, value in tags.items()}
    return {
        name: value
        for name, value in named.items()
        if name not in NO_TAGS
        and not _is_statistic(name)
        and (name, value.lower()) not in SAYS_NOTHING
    }


def _is_statistic(name: str) -> bool:
    return name.lower().startswith(STATISTICS)


def _chapters(container: InputContainer) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(
            float(chapter["start"] * (chapter["time_base"] or 0)),
            chapter["metadata"].get("title", ""),
        )
        for chapter in container.chapters()
    )


def _frame_data(container: InputContainer, stream: VideoStream) -> frozenset[str]:
    try:
        frames = list(islice(decoded_frames(container, stream), DATA_OF_FEW_FRAMES))
    except av.FFmpegError:
        frames = []
    hanging = [data for frame in frames for data in cast(Iterable[SideData], frame.side_data)]
    return frozenset(data.type.name for data in hanging if _tells(data)) - NO_LOSS


def _tells(data: SideData) -> bool:
    """Most MPEG-2 has timecodes of groups, and in most they only count from 0."""
    if data.type.name != "GOP_TIMECODE":
        return True
    return bool(int.from_bytes(bytes(data)[:4], "little") & GOP_CLOCK)
