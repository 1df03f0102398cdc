"""Writing a video from RGB pictures that we drew ourselves, and two videos side by side."""

import contextlib
import subprocess
import wave
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import ffmpeg
import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import EncodingFailed
from gfn_core.media.ffmpeg_binary import PROBE_OPTIONS, ffmpeg_path, file_argument
from gfn_core.whole_file import whole_file

Picture = NDArray[np.uint8]  # (H, W, 3) RGB

ENCODING = {"vcodec": "libx264", "crf": 16, "preset": "medium", "pix_fmt": "yuv420p"}
TAGS = {"colorspace": "bt709", "color_primaries": "bt709", "color_trc": "bt709"}
SOUND_RATE_HZ = 48_000


def write_rgb_video(
    path: Path,
    pictures: Iterable[Picture],
    size: tuple[int, int],
    frame_rate: int,
    sound: NDArray[np.int16] | None = None,
) -> None:
    """Write `pictures` of `size` (width, height) px, and mono `sound` at 48 kHz, to `path`.

    Raises `EncodingFailed` when ffmpeg does not finish.
    """
    video = ffmpeg.input(
        "pipe:", format="rawvideo", pix_fmt="rgb24", s=f"{size[0]}x{size[1]}", r=frame_rate
    ).filter("scale", out_color_matrix="bt709")
    streams = [video]
    with TemporaryDirectory() as folder, whole_file(path) as unfinished:
        if sound is not None:
            wav = Path(folder) / "sound.wav"
            _write_wav(wav, sound)
            streams.append(ffmpeg.input(file_argument(wav)))
        command = ffmpeg.output(
            *streams, filename=file_argument(unfinished), **ENCODING, **TAGS, acodec="aac"
        )
        _pipe(command, pictures, path)


def write_side_by_side(left: Path, right: Path, path: Path) -> None:
    """Write both videos next to each other, with the sound of the left one.

    Raises `EncodingFailed` when ffmpeg does not finish.
    """
    first, second = (ffmpeg.input(file_argument(each), **PROBE_OPTIONS) for each in (left, right))
    both = ffmpeg.filter([first.video, second.video], "hstack")
    with whole_file(path) as unfinished:
        command = ffmpeg.output(
            *(both, first.audio),
            filename=file_argument(unfinished),
            **ENCODING,
            **TAGS,
            acodec="copy",
        )
        _pipe(command, (), path)


def _pipe(command: ffmpeg.Stream, pictures: Iterable[Picture], path: Path) -> None:
    arguments = ffmpeg.compile(
        command.global_args("-v", "error", "-nostdin"), cmd=ffmpeg_path(), overwrite_output=True
    )
    process = subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stdin is not None  # noqa: S101  (a pipe was asked for)
    with contextlib.suppress(BrokenPipeError):  # ffmpeg's own message says more
        for picture in pictures:
            process.stdin.write(np.ascontiguousarray(picture).data)
    _, messages = process.communicate()
    if process.returncode:
        last = messages.decode(errors="replace").strip().splitlines()[-1:]
        raise EncodingFailed(f"{path}: could not be written ({' '.join(last)})")


def _write_wav(path: Path, sound: NDArray[np.int16]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SOUND_RATE_HZ)
        file.writeframes(sound.astype("<i2").tobytes())
