"""Writes stabilized frames, with everything else that the source holds, through ffmpeg."""

from collections.abc import Sequence
from pathlib import Path, PurePath
from types import TracebackType
from typing import Any, Self

import av
import ffmpeg
from av import VideoFormat
from numpy.typing import NDArray

from gfn_core.errors import EncodingFailed
from gfn_core.media.child_process import Child
from gfn_core.media.contents import Contents
from gfn_core.media.encoder_choice import bits_per_second
from gfn_core.media.encoding import Encoding
from gfn_core.media.ffmpeg_binary import file_argument
from gfn_core.media.losses import losses
from gfn_core.media.output_command import compiled, hdr_options, output_command, picture_input
from gfn_core.media.pixel_format import nearest_planar
from gfn_core.media.raw_video_pipe import RawVideoPipe
from gfn_core.media.stream_plan import StreamPlan
from gfn_core.media.video_info import VideoInfo

FROM_RGB = {"out_color_matrix": "bt709", "out_range": "tv"}  # where the codec takes no RGB
LARGEST_ASPECT_TERM = 2**16 - 1  # of H.264's and HEVC's pixel aspects


class VideoWriter:
    """Encodes planar frames into `output` and copies the source's other streams beside them.

    Frames are those of `read_planes`: the planes of `nearest_planar(info.pixel_format)` at the
    source's coded size, never rotated; the display orientation is carried over as a tag. A segment,
    named by the time of its first frame, is written alone, and its times from 0. Use as a
    context manager: leaving it finishes the file, or ends ffmpeg and leaves a torso after an error.
    """

    def __init__(
        self,
        output: Path,
        source: Path,
        info: VideoInfo,
        encoding: Encoding,
        segment_start_pts: int | None = None,
    ) -> None:
        """Start ffmpeg; `encoding` names an encoder that this machine can run (`EncoderChoice`)."""
        self._output, self._source, self._info = output, source, info
        self._plan = StreamPlan.of(info, source, output) if segment_start_pts is None else None
        self._contents = Contents.of(source)
        self._raw_format = nearest_planar(info.pixel_format)
        size = (info.geometry.width, info.geometry.height)
        self._coded_format = encoding.pixel_format_for(self._raw_format, *size)
        # NUT knows no negative times
        start = segment_start_pts
        self._delay = max(0, -info.start_pts) if start is None else -start
        self._is_empty = True
        self._child = Child(self._command(encoding))
        self._pipe = RawVideoPipe(
            self._child.pipe, size, self._raw_format, info.time_base, info.frame_rate
        )

    @property
    def left_out(self) -> tuple[str, ...]:
        """What the finished output does not hold of the source, one line each."""
        lines: list[str] = []
        if self._coded_format not in (self._raw_format, self._info.pixel_format):
            lines += [f"pixel format {self._info.pixel_format}: encoded as {self._coded_format}"]
        if self._contents.streams[self._info.stream_index].has_alpha_beside:
            lines += ["alpha channel: not decoded"]
        if self._plan:  # a segment is looked at when it has been joined
            lines += losses(self._info, self._contents, self._plan, self._output)
        return tuple(lines)

    @property
    def process_id(self) -> int:
        """Id of the ffmpeg process."""
        return self._child.pid

    def write(self, pts: int, planes: Sequence[NDArray[Any]]) -> None:
        """Encode one frame, presented at `pts` ticks of the source's time base.

        Raises:
            EncodingFailed: ffmpeg has died.
        """
        self._is_empty = False
        try:
            self._pipe.write(pts + self._delay, planes)
        except (OSError, av.FFmpegError):
            raise self._failure(self._child.finish()) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error_type is not None:
            self._child.kill()
            return
        if self._is_empty:
            self._child.kill()
            raise EncodingFailed(f"{self._source}: not a frame to write; check it in a player")
        try:
            self._pipe.close()
        except (OSError, av.FFmpegError):
            raise self._failure(self._child.finish()) from None
        outcome = self._child.finish()
        if outcome[0] != 0:
            raise self._failure(outcome)

    def _failure(self, outcome: tuple[int, str]) -> EncodingFailed:
        code, complaint = outcome
        reason = complaint or (f"killed by signal {-code}" if code < 0 else f"exit code {code}")
        return EncodingFailed(f"{self._source}: ffmpeg could not write the output: {reason}")

    def _command(self, encoding: Encoding) -> list[str | PurePath]:
        options = self._picture_options(encoding)
        is_woven = encoding.keeps(self._info.field_order)
        if self._plan is None:
            pipe = ffmpeg.input("pipe:0", format="nut", **hdr_options(self._info.color))
            picture = self._tagged_picture(pipe, is_woven)
            options |= {"format": "matroska", "filename": file_argument(self._output)}
            return compiled(ffmpeg.output(picture, **options))
        pipe = picture_input("pipe:0", self._info, self._delay, format="nut")
        picture = self._tagged_picture(pipe, is_woven)
        return output_command(
            *(pipe, picture, options, self._source, self._info),
            *(self._contents, self._plan, self._output),
        )

    def _tagged_picture(self, pipe: Any, is_woven: bool) -> Any:  # noqa: ANN401 - as above
        """The frames with the source's pixel aspect and colour description, which NUT lacks."""
        aspect, color = self._info.geometry.pixel_aspect, self._info.color
        tags = {
            "range": color.range,
            "colorspace": color.matrix,
            "color_primaries": color.primaries,
            "color_trc": color.transfer,
            "chroma_location": color.chroma_location,
        }
        ratio = f"{aspect.numerator}/{aspect.denominator}"
        picture = pipe.video.filter("setsar", ratio, max=LARGEST_ASPECT_TERM)
        if is_woven:
            tags["field_mode"] = self._info.field_order
        known = {name: tag for name, tag in tags.items() if tag is not None}
        tagged = picture.filter("setparams", **known) if known else picture
        return tagged.filter("scale", **FROM_RGB) if self._leaves_rgb else tagged

    @property
    def _leaves_rgb(self) -> bool:
        raw, coded = VideoFormat(self._raw_format), VideoFormat(self._coded_format)
        return raw.is_rgb and not coded.is_rgb

    def _picture_options(self, encoding: Encoding) -> dict[str, Any]:
        time_base = self._info.time_base
        return {
            "codec": encoding.encoder,
            "pix_fmt": self._coded_format,
            "fps_mode": "passthrough",
            "enc_time_base": f"{time_base.numerator}/{time_base.denominator}",
            **encoding.options(bits_per_second(encoding, self._source, self._info)),
            **encoding.chroma_options(self._coded_format),
            **encoding.field_options(self._info.field_order),
        }
