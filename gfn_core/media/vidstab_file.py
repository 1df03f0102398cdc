"""Motion in vid.stab's text format, "VID.STAB 1": what `vidstabdetect=fileformat=ascii` writes.

Every frame has a list of local motions `(LM vx vy x y size contrast match)`: the field around pixel
(x, y) of this frame was at (x + vx, y + vy) in the frame before. All are whole px; so that
fractions survive, what is written is rounded up in some fields and down in others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import SourceError
from gfn_core.geometry import FloatArray
from gfn_core.motion.homography import transform
from gfn_core.motion.model import Motion

HEADER = "VID.STAB 1"
COLUMNS, ROWS = 16, 12  # of the fields written
BORDER = 0.06  # share of the frame's width kept free of fields, as vid.stab does
CONTRAST, MATCH = 0.5, 1.0  # above every threshold of vid.stab
NUMBER = r"(-?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)"
FIELD = re.compile(r"\(LM " + " ".join([NUMBER] * 7) + r"\)")
FRAME = re.compile(r"Frame (\d+) \(List (\d+) \[(.*)\]\)")
# Steps of the golden ratio's generalization to two dimensions: thresholds as even as can be.
DITHER = np.array([0.7548776662466927, 0.5698402909980532])


@dataclass(frozen=True)
class LocalMotions:
    """Fields of one frame: where they are, and where they were in the frame before."""

    here: FloatArray  # (M, 2) px
    before: FloatArray  # (M, 2) px


def write_trf(path: Path, motion: Motion) -> None:
    """Write the motion of one video; the first frames of shots have no fields."""
    here, size = _fields(motion)
    from_pixels, to_pixels = motion.geometry.from_pixels, motion.geometry.to_pixels
    points = transform(from_pixels, here)
    inverse = np.linalg.inv(motion.homography)
    with path.open("w") as file:
        file.write(f"{HEADER}\n#      accuracy = 15\n#     shakiness = 5\n")
        for t in range(len(motion)):
            lines: list[str] = []
            if not motion.shot_start[t]:
                shift = transform(to_pixels, transform(inverse[t], points)) - here
                lines = _written(here, _dithered(shift, t), size)
            file.write(f"Frame {t + 1} (List {len(lines)} [{','.join(lines)}])\n")


def read_trf(path: Path) -> list[LocalMotions]:
    """Read a file; raises `SourceError` where it is none."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(
            f"{path}: not a text file; write it with vidstabdetect=fileformat=ascii"
        ) from error
    if not text.startswith(HEADER):
        raise SourceError(f"{path}: does not begin with {HEADER!r}; is it one of vid.stab's?")
    return list(_frames(path, text.splitlines()[1:]))


def _frames(path: Path, lines: list[str]) -> Iterator[LocalMotions]:
    count = 0
    for line in lines:
        if not line.strip() or line.startswith("#"):
            continue
        found, count = FRAME.fullmatch(line.strip()), count + 1
        if found is None or int(found[1]) != count:
            raise SourceError(f"{path}: line of frame {count} is damaged: {line[:40]!r}")
        values = np.array(FIELD.findall(found[3]), float).reshape(-1, 7)
        if len(values) != int(found[2]):
            raise SourceError(f"{path}: frame {count} lacks some of its {found[2]} fields")
        yield LocalMotions(values[:, 2:4], values[:, 2:4] + values[:, :2])


def _fields(motion: Motion) -> tuple[FloatArray, int]:
    """Centres (M, 2) of the fields in whole px, and their size in px."""
    width, height = motion.geometry.width, motion.geometry.height
    edge = BORDER * width
    x = np.linspace(edge, width - 1 - edge, COLUMNS).round()
    y = np.linspace(edge, height - 1 - edge, ROWS).round()
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2), int(edge)


def _dithered(shift: FloatArray, frame: int) -> NDArray[np.int64]:
    """Round (M, 2) to whole px, so that the mean over any part of the frame stays exact."""
    steps = np.arange(len(shift))[:, None] + frame * len(shift)
    return np.asarray(np.floor(shift + (steps * DITHER) % 1), np.int64)


def _written(here: FloatArray, shift: NDArray[np.int64], size: int) -> list[str]:
    return [
        f"(LM {vx} {vy} {x:.0f} {y:.0f} {size} {CONTRAST:f} {MATCH:f})"
        for (vx, vy), (x, y) in zip(shift, here, strict=True)
    ]
