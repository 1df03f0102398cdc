"""What a file is, by PyAV and by ffmpeg's own words: nothing of gfn is asked."""

import hashlib
import re
import subprocess
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
from av.bitstream import BitStreamFilterContext
from av.stream import Disposition

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
UNSPECIFIED, FULL = 2, 2  # of H.273's code points; of FFmpeg's ranges
HDR = ("MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL")
MUXERS_OWN = {"encoder", "major_brand", "minor_version", "compatible_brands", "vendor_id"}


def run_ffmpeg(*arguments: object, stdin: bytes | None = None) -> bytes:
    command = [FFMPEG, "-v", "error", "-nostdin", "-y", *map(str, arguments)]
    if stdin is not None:
        command.remove("-nostdin")
    done = subprocess.run(command, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


@dataclass(frozen=True)
class StreamFacts:
    kind: str
    codec: str
    dispositions: frozenset[str]
    tags: dict[str, str]
    packets: str  # digest of all of them
    start_seconds: float | None


@dataclass(frozen=True)
class FileFacts:
    times: np.ndarray  # of the main stream's frames, seconds
    tick: float
    duration_seconds: float  # of the main stream
    pixel_format: str
    size: tuple[int, int]
    pixel_aspect: Fraction
    orientation: bytes  # the display matrix
    color: dict[str, int]  # what is said: full range, and code points of H.273
    chroma_location: str
    is_interlaced: bool
    hdr: dict[str, str] = field(default_factory=dict)
    main: int = 0
    streams: tuple[StreamFacts, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    chapters: tuple[tuple[float, str], ...] = ()


@cache
def facts(path: Path) -> FileFacts:
    """Read a file through."""
    main = _main_stream(path)
    with av.open(str(path)) as container:
        stream = container.streams[main]
        frames = [(f, f.pts) for f in container.decode(stream)]
        first, context = frames[0][0], stream.codec_context
        tick = float(stream.time_base)
        data = {d.type.name: bytes(d) for d in first.side_data}
        times, durations = _listing(path, main)
        return FileFacts(
            times=times,
            tick=tick,
            duration_seconds=float(times[-1] - times[0] + durations[-1]),
            pixel_format=first.format.name.replace("yuvj", "yuv"),
            size=(first.width, first.height),
            pixel_aspect=stream.sample_aspect_ratio or Fraction(1),
            orientation=data.get("DISPLAYMATRIX", b""),
            color=_said_colors(context, is_rgb=first.format.is_rgb),
            chroma_location=_chroma_location(path, main),
            is_interlaced=first.interlaced_frame,
            hdr={name: data[name].hex() for name in HDR if name in data},
            main=main,
            streams=_streams(path),
            tags=_telling(container.metadata),
            chapters=tuple(
                (float(c["start"] * c["time_base"]), c["metadata"].get("title", ""))
                for c in container.chapters()
            ),
        )


def _said_colors(context: av.codec.CodecContext, *, is_rgb: bool) -> dict[str, int]:
    said = {"primaries": int(context.color_primaries), "transfer": int(context.color_trc)}
    if not is_rgb:
        said["matrix"] = int(context.colorspace)
    said = {name: code for name, code in said.items() if code != UNSPECIFIED}
    return said if is_rgb or int(context.color_range) != FULL else said | {"range": FULL}


def gray_pictures(path: Path, stream: int, size: tuple[int, int]) -> np.ndarray:
    """Decode all frames (N, H, W) by ffmpeg, as coded: not turned, one for each that there is."""
    options = ("-noautorotate", "-i", path, "-map", f"0:{stream}", "-fps_mode", "passthrough")
    raw = run_ffmpeg(*options, "-pix_fmt", "gray", "-f", "rawvideo", "-")
    return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0])


def _main_stream(path: Path) -> int:
    with av.open(str(path)) as container:
        return next(
            s.index for s in container.streams.video if not s.disposition & Disposition.attached_pic
        )


def _listing(path: Path, stream: int) -> tuple[np.ndarray, np.ndarray]:
    """Times and durations of the frames that ffmpeg decodes, seconds."""
    text = run_ffmpeg(
        *("-copyts", "-i", path, "-map", f"0:{stream}", "-fps_mode", "passthrough"),
        *("-enc_time_base", "demux", "-f", "framemd5", "-"),
    ).decode()
    base = Fraction(re.search(r"^#tb 0: (\S+)", text, re.MULTILINE)[1])
    rows = [line.split(",") for line in text.splitlines() if line and line[0] != "#"]
    times = np.array([float(int(row[2]) * base) for row in rows])
    return times, np.array([float(int(row[3]) * base) for row in rows])


def _streams(path: Path) -> tuple[StreamFacts, ...]:
    with av.open(str(path)) as container:
        digests = {s.index: hashlib.sha256() for s in container.streams}
        starts: dict[int, float] = {}
        for stream in container.streams:
            if stream.type == "attachment":
                digests[stream.index].update(stream.data)
        strippers = {
            s.index: BitStreamFilterContext("aac_adtstoasc", s)  # transport streams wrap AAC
            for s in container.streams.audio
            if s.codec_context.name == "aac"
        }
        for packet in container.demux():
            index = packet.stream_index
            if packet.size and packet.pts is not None:
                starts.setdefault(index, float(packet.pts * packet.time_base))
            for part in strippers[index].filter(packet) if index in strippers else [packet]:
                digests[index].update(bytes(part))
        return tuple(
            StreamFacts(
                stream.type,
                stream.codec_context.codec.canonical_name if stream.codec_context else "",
                frozenset(str(flag.name) for flag in Disposition(stream.disposition)),
                _telling(stream.metadata),
                digests[stream.index].hexdigest(),
                starts.get(stream.index),
            )
            for stream in container.streams
        )


def _telling(tags: dict[str, str]) -> dict[str, str]:
    kept = {name.lower(): value for name, value in tags.items()}
    return {
        name: value
        for name, value in kept.items()
        if name not in MUXERS_OWN
        and not name.startswith(("duration", "bps", "number_of", "_statistics"))
        and (name, value) not in {("language", "und"), ("handler_name", "VideoHandler")}
    }


def _chroma_location(path: Path, stream: int) -> str:
    command = [FFMPEG, "-hide_banner", "-v", "verbose", "-i", str(path)]
    text = subprocess.run(command, capture_output=True, check=False).stderr.decode(errors="replace")
    line = re.search(rf"^  Stream #0:{stream}\b.*: Video: (.*)$", text, re.MULTILINE)
    found = re.search(r"\b(left|center|topleft|top|bottomleft|bottom)\)", line[1]) if line else None
    return found[1] if found else "left"
