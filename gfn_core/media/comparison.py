"""Two videos in one picture, with a strip of plots under them and a line that shows the time."""

import subprocess
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import ffmpeg

from gfn_core.errors import EncodingFailed
from gfn_core.media.ffmpeg_binary import PROBE_OPTIONS, ffmpeg_path, file_argument
from gfn_core.media.video_info import VideoInfo
from gfn_core.whole_file import whole_file

ENCODING = {"vcodec": "libx264", "crf": 18, "preset": "veryfast", "pix_fmt": "yuv420p"}
LINE_PX = 2


class Layout(StrEnum):
    """How two pictures share the frame."""

    SIDE = "side"
    SPLIT = "split"


@dataclass(frozen=True)
class Pane:
    """Size of each picture, px."""

    width: int
    height: int

    @classmethod
    def of(cls, info: VideoInfo, longest_px: int) -> "Pane":
        """Fit a video as it is displayed: upright, with square pixels."""
        geometry = info.geometry
        width, height = float(geometry.width), float(geometry.height / geometry.pixel_aspect)
        if info.rotation_degrees % 180:
            width, height = height, width
        scale = min(1.0, longest_px / max(width, height))
        return cls(2 * round(width * scale / 2), 2 * round(height * scale / 2))

    def width_of(self, layout: Layout) -> int:
        """Width of the whole picture."""
        return self.width * (2 if layout is Layout.SIDE else 1)


@dataclass(frozen=True)
class TimeLine:
    """The line over the plots: where it starts, how far it goes, in how many seconds."""

    plot: Path
    left_px: int
    span_px: int
    height_px: int
    seconds: float


def write_comparison(
    first: Path, second: Path, target: Path, pane: Pane, layout: Layout, line: TimeLine
) -> None:
    """Write both videos to `target` with the sound of the first, for as long as the shorter.

    Raises `EncodingFailed` when ffmpeg does not finish.
    """
    inputs = [ffmpeg.input(file_argument(each), **PROBE_OPTIONS) for each in (first, second)]
    left, right = (_fitted(each.video, pane) for each in inputs)
    whole = left.filter("pad", pane.width_of(layout), pane.height + line.height_px)
    half = pane.width // 2
    if layout is Layout.SIDE:
        pictures = whole.overlay(right, x=pane.width, y=0)
    else:
        cut = right.filter("crop", pane.width - half, pane.height, half, 0)
        edge = {"x": half, "y": 0, "w": LINE_PX, "h": pane.height, "color": "white", "t": "fill"}
        pictures = whole.overlay(cut, x=half, y=0).filter("drawbox", **edge)
    plot = ffmpeg.input(file_argument(line.plot))
    stacked = pictures.overlay(plot, x=0, y=pane.height)  # keeps the times of the first video
    mark = ffmpeg.input(
        f"color=black:size={LINE_PX}x{line.height_px}", format="lavfi", t=line.seconds + 1
    )
    x = f"{line.left_px}+{line.span_px}*t/{line.seconds:.6f}"
    marked = ffmpeg.overlay(stacked, mark, x=x, y=pane.height, eof_action="pass")
    with whole_file(target) as unfinished:
        output = ffmpeg.output(
            marked,
            inputs[0]["a?"],
            filename=file_argument(unfinished),
            **ENCODING,
            acodec="aac",
            shortest=None,
        )
        run_ffmpeg(output, target)


def cut_out(source: Path, target: Path, pts_seconds: float, seconds: float, pane: Pane) -> None:
    """Write a part of `source`, scaled to `pane`, with its sound.

    It begins with the first frame at `pts_seconds` or later. Raises `EncodingFailed` when ffmpeg
    does not finish.
    """
    span = {"ss": pts_seconds, "t": seconds, "seek_timestamp": 1}
    part = ffmpeg.input(file_argument(source), **span, **PROBE_OPTIONS)
    picture = _fitted(part.video, pane)
    run_ffmpeg(
        ffmpeg.output(picture, part["a?"], filename=file_argument(target), **ENCODING), target
    )


def run_ffmpeg(output: Any, target: Path) -> None:  # noqa: ANN401 - ffmpeg-python has no types
    """Run a command to its end; raises `EncodingFailed`."""
    quiet = output.global_args("-v", "error", "-nostdin")
    command = ffmpeg.compile(quiet, cmd=ffmpeg_path(), overwrite_output=True)
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise EncodingFailed(f"{target}: could not be written ({' '.join(last)})")


def _fitted(video: Any, pane: Pane) -> Any:  # noqa: ANN401 - as above
    at_zero = video.filter("setpts", "PTS-STARTPTS")
    scaled = at_zero.filter("scale", pane.width, pane.height, flags="bicubic")
    return scaled.filter("setsar", 1).filter("format", "yuv420p")
