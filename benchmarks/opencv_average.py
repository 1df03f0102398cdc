"""A stabilizer as tutorials of OpenCV teach it: corners, LK, a moving average of the summed path.

`python -m benchmarks.opencv_average CLIP VIDEO FILTERS RADIUS` writes CLIP, warped and then led
through ffmpeg's FILTERS, to VIDEO. Edges are black and the frame rate is even,
as the tutorials leave them.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from benchmarks.stabilizers import ENCODER
from gfn_core.media.raw_video_pipe import RawVideoPipe

CORNERS, QUALITY, LEAST_DISTANCE_PX = 200, 0.01, 30
FEWEST_CORNERS = 2  # of a similarity


def main(arguments: Sequence[str] | None = None) -> int:
    """Stabilize; the exit code is ffmpeg's."""
    clip, video, filters, radius = sys.argv[1:] if arguments is None else arguments
    moves = smoothed(np.array(list(steps(Path(clip)))), int(radius))
    with av.open(clip) as container:
        stream = container.streams.video[0]
        size = (stream.codec_context.width, stream.codec_context.height)
        rate = stream.average_rate or Fraction(25)
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "nut", "-i", "-"]
        command += ["-fps_mode", "passthrough", "-vf", filters, *ENCODER]
        encoder = subprocess.Popen(
            [*command, "-enc_time_base", "demux", video], stdin=subprocess.PIPE
        )
        assert encoder.stdin is not None
        pipe = RawVideoPipe(encoder.stdin, size, "bgr24", 1 / rate, rate)
        for index, (frame, move) in enumerate(zip(container.decode(stream), moves, strict=True)):
            warped = cv2.warpAffine(frame.to_ndarray(format="bgr24"), matrix(move), size)
            pipe.write(index, [warped])
        pipe.close()
        encoder.stdin.close()
        return encoder.wait()


def steps(clip: Path) -> Iterator[tuple[float, float, float]]:
    """Shift (px) and turn (rad) from each frame to the next; nothing before the first."""
    last: NDArray[Any] | None = None
    with av.open(str(clip)) as container:
        for frame in container.decode(video=0):
            gray = frame.to_ndarray(format="gray")
            yield (0.0, 0.0, 0.0) if last is None else _step(last, gray)
            last = gray


def _step(last: NDArray[Any], gray: NDArray[Any]) -> tuple[float, float, float]:
    corners = cv2.goodFeaturesToTrack(last, CORNERS, QUALITY, LEAST_DISTANCE_PX)
    if corners is None:
        return 0.0, 0.0, 0.0
    moved, found, _ = cv2.calcOpticalFlowPyrLK(last, gray, corners, None)
    followed = found.ravel() == 1
    if followed.sum() < FEWEST_CORNERS:
        return 0.0, 0.0, 0.0
    affine, _ = cv2.estimateAffinePartial2D(corners[followed], moved[followed])
    if affine is None or not np.isfinite(affine).all():
        return 0.0, 0.0, 0.0
    return affine[0, 2], affine[1, 2], float(np.arctan2(affine[1, 0], affine[0, 0]))


def smoothed(found: NDArray[np.float64], radius: int) -> NDArray[np.float64]:
    """Return what moves each frame (N, 3) from the path summed to that path's moving average."""
    path = found.cumsum(axis=0)
    padded = np.pad(path, ((radius, radius), (0, 0)), mode="edge")
    kernel = np.ones(2 * radius + 1) / (2 * radius + 1)
    average = np.stack([np.convolve(column, kernel, mode="valid") for column in padded.T], axis=1)
    return average - path


def matrix(move: NDArray[np.float64]) -> NDArray[np.float64]:
    """Matrix (2, 3) of a shift in px and a turn, about the frame's corner as in `_step`."""
    x, y, turn = move
    return np.array([[np.cos(turn), -np.sin(turn), x], [np.sin(turn), np.cos(turn), y]])


if __name__ == "__main__":
    sys.exit(main())
