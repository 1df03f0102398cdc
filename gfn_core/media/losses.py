"""What of a source its stabilized video does not hold: found by reading both, not foreseen."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from av import VideoFormat

from gfn_core.media.contents import Contents, StreamContents, Tags, telling
from gfn_core.media.probe import probe
from gfn_core.media.stream_plan import StreamPlan
from gfn_core.media.video_info import VideoInfo

CHAPTER_TOLERANCE_SECONDS = 0.002
MILLISECOND = Fraction(1, 1000)  # Matroska's tick: starts and lengths are rounded to it
DURATION_TOLERANCE_SECONDS = 0.0015  # where they are; elsewhere one tick
FRAME_DATA = {  # what FFmpeg's names mean to a person; others are named as they are
    "A53_CC": "closed captions in the pictures",
    "DYNAMIC_HDR_PLUS": "HDR10+ metadata",
    "DYNAMIC_HDR_VIVID": "HDR Vivid metadata",
    "DOVI_RPU_BUFFER": "Dolby Vision metadata",
    "DOVI_METADATA": "Dolby Vision metadata",
    "FILM_GRAIN_PARAMS": "film grain parameters",
    "ICC_PROFILE": "ICC profile",
    "AFD": "active format description",
    "SPHERICAL": "spherical projection",
    "STEREO3D": "stereoscopic layout",
    "S12M_TIMECODE": "timecodes of frames",
    "GOP_TIMECODE": "timecodes of groups of pictures",
    "MASTERING_DISPLAY_METADATA": "mastering display",
    "CONTENT_LIGHT_LEVEL": "content light level",
    "AMBIENT_VIEWING_ENVIRONMENT": "ambient viewing environment",
}

FIELDS = {None: "deinterlaced, one picture a frame", "tff": "marked tff", "bff": "marked bff"}
COLOR_TAGS = ("range", "matrix", "primaries", "transfer")
LIMITED_BY_DEFAULT = ("range", "tv", None)


def losses(info: VideoInfo, before: Contents, plan: StreamPlan, output: Path) -> tuple[str, ...]:
    """Name what a source, probed as `info`, holds and `output` does not, one line each."""
    after = Contents.of(output)
    pairs = [
        (before.streams[kept.index], stream)
        for kept, stream in zip(plan.streams, after.streams, strict=False)
    ]
    lines = [
        *plan.left_out,
        *_picture_losses(info, probe(output)),
        *(FRAME_DATA.get(name, name) for name in sorted(before.frame_data - after.frame_data)),
        *(f"tag {name}" for name in _tag_losses(before.tags, after.tags)),
        *(line for pair in pairs for line in _stream_losses(*pair)),
        *_chapter_losses(before, after),
    ]
    return tuple(dict.fromkeys(lines))


def _picture_losses(before: VideoInfo, after: VideoInfo) -> Iterator[str]:
    is_converted = VideoFormat(before.pixel_format).is_rgb != VideoFormat(after.pixel_format).is_rgb
    for name in ("primaries", "transfer") if is_converted else COLOR_TAGS:
        wanted, got = getattr(before.color, name), getattr(after.color, name)
        if wanted not in (None, got) and (name, wanted, got) != LIMITED_BY_DEFAULT:
            yield f"colour {name} {wanted}: {got or 'not tagged'}"
    wanted, got = (info.color.chroma_location or "left" for info in (before, after))
    if wanted != got:
        yield f"chroma location {wanted}: {got}"
    if before.field_order != after.field_order:
        yield f"fields ({before.field_order}): {FIELDS[after.field_order]}"
    if before.geometry.pixel_aspect != after.geometry.pixel_aspect:
        yield f"pixel aspect {before.geometry.pixel_aspect}: {after.geometry.pixel_aspect}"
    if (before.rotation_degrees, before.is_mirrored) != (after.rotation_degrees, after.is_mirrored):
        yield f"orientation {before.rotation_degrees} degrees: {after.rotation_degrees} degrees"
    if not before.timestamps_rise:
        yield "times of frames: missing, repeated or out of order: given in rising order"
    # Frames keep their times; how long the last one stays, the pipe to the encoder cannot tell.
    longer = after.duration_seconds - before.duration_seconds
    tick = max(before.time_base, after.time_base)
    if abs(longer) > (DURATION_TOLERANCE_SECONDS if tick == MILLISECOND else 1.001 * tick):
        yield f"time of the last frame: {abs(longer):.2g} s {'longer' if longer > 0 else 'shorter'}"


def _stream_losses(before: StreamContents, after: StreamContents) -> Iterator[str]:
    for name in _tag_losses(before.tags, after.tags):
        yield f"tag {name} of stream {before.index}"
    for name in sorted(before.dispositions - after.dispositions):
        yield f"mark {name} of stream {before.index}"


def _tag_losses(before: Tags, after: Tags) -> Iterator[str]:
    written = telling(after)
    for name, value in telling(before).items():
        if _value(name, value) != _value(name, written.get(name, "")):
            yield name


def _value(name: str, value: str) -> str:
    """A time may be read from two places at once."""
    return value.split(";", maxsplit=1)[0] if name == "creation_time" else value.strip()


def _chapter_losses(before: Contents, after: Contents) -> Iterator[str]:
    if len(before.chapters) != len(after.chapters):
        yield f"{len(before.chapters)} chapters: {len(after.chapters)} written"
        return
    for number, (one, other) in enumerate(zip(before.chapters, after.chapters, strict=True), 1):
        is_late = abs(one.start_seconds - other.start_seconds) > CHAPTER_TOLERANCE_SECONDS
        if is_late or one.title != other.title:
            yield f"chapter {number}: {other.title} at {other.start_seconds:.3f} s"
