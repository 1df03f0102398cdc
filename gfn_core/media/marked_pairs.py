"""Image pairs with marked points, in the folder layouts in which such sets are given away.

DHE (CA-Homo, also called CAHomo): a list of pairs (`Test_List.txt` or `test_list.txt`), frames in
`test/VIDEO/`, `Test/VIDEO/` or `VIDEO/`, points in `Coordinate-v2/` or `Coordinate/` as a pickled
dict in an .npy file named after both frames; five classes by the video. Points are px of 640x360.

homogr: `NAMEA.*`, `NAMEB.*` and `NAME_pts.txt`, whose rows `x y 1 x' y' 1 m` are marked where m is
1. One class. Points are px of the pictures.
"""

import io
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import SettingsError, SourceError
from gfn_core.geometry import FloatArray

Luma = NDArray[np.uint8]

DHE_SIZE = (640, 360)
DHE_POINTS = 6  # the first of each pair count
DHE_LISTS = ("Test_List.txt", "test_list.txt")
DHE_COORDINATES = ("Coordinate-v2", "Coordinate")
DHE_FRAMES = ("test", "Test", "")
LARGE_MOTION = "LM"  # appended to names of pairs further apart
DHE_CLASSES = {  # videos by class, as the set's own evaluation has them
    "RE": "0000011 0000016 00000147 00000155 00000158 00000107 00000239 0000030",
    "LT": "0000038 0000044 0000046 0000047 00000238 00000177 00000188 00000181",
    "LL": "0000085 00000100 0000091 0000092 00000216 00000226",
    "SF": "00000244 00000251 0000026 0000034 00000115",
    "LF": "00000104 0000031 0000035 00000129 00000141 00000200",
}
MODULES = ("numpy.core.multiarray", "numpy._core.multiarray", "numpy")
TYPES = ("_reconstruct", "scalar", "ndarray", "dtype")
PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".ppm")


@dataclass(frozen=True)
class MarkedPair:
    """Two pictures of one size, and points of the first found again in the second."""

    name: str
    scene: str  # class of the pair
    first: Luma
    second: Luma
    points: FloatArray  # (N, 2, 2): point, picture, (x, y) px


def marked_pairs(root: Path) -> Iterator[MarkedPair]:
    """Yield the pairs in `root`, of either layout; raises SettingsError where there are none."""
    lists = [root / name for name in DHE_LISTS if (root / name).is_file()]
    marks = sorted(root.glob("*_pts.txt"))
    if lists:
        lines = [line.split() for line in lists[0].read_text().splitlines() if line.strip()]
        return (_dhe_pair(root, line) for line in lines)
    if marks:
        return (_homogr_pair(path) for path in marks)
    raise SettingsError(f"{root}: neither {' nor '.join(DHE_LISTS)} nor *_pts.txt files in it")


def _dhe_pair(root: Path, line: list[str]) -> MarkedPair:
    if len(line) != 2 or any(name.count("/") != 1 for name in line):
        raise SourceError(f"{root}: a line of its list is not VIDEO/FRAME VIDEO/FRAME: {line}")
    video = line[0].split("/")[0]
    frames = [name.split("/")[1] for name in line]
    points = _existing([root / f / f"{'_'.join(frames)}.npy" for f in DHE_COORDINATES])
    pictures = [
        _gray(_existing([root / f / video / n.removesuffix(LARGE_MOTION) for f in DHE_FRAMES]))
        for n in frames
    ]
    first, second = (np.asarray(cv2.resize(each, DHE_SIZE), np.uint8) for each in pictures)
    marked = _pickled_points(points)[:DHE_POINTS]
    scene = next((name for name, videos in DHE_CLASSES.items() if video in videos.split()), "other")
    return MarkedPair(" ".join(line), scene, first, second, marked)


def _homogr_pair(marks: Path) -> MarkedPair:
    name = marks.name.removesuffix("_pts.txt")
    first, second = (
        _gray(_existing([marks.with_name(f"{name}{side}{end}") for end in PICTURES]))
        for side in "AB"
    )
    try:
        rows = np.loadtxt(marks, ndmin=2)
        marked = rows[rows[:, 6] == 1]
    except (ValueError, IndexError) as error:
        raise SourceError(f"{marks}: its rows are not x y 1 x' y' 1 m") from error
    height, width = (max(sides) for sides in zip(first.shape, second.shape, strict=True))
    points = np.stack([marked[:, 0:2], marked[:, 3:5]], axis=1)
    return MarkedPair(
        name, "homogr", _padded(first, height, width), _padded(second, height, width), points
    )


def _existing(candidates: list[Path]) -> Path:
    for path in candidates:
        if path.is_file():
            return path
    raise SourceError(f"{candidates[0]}: is not there")


def _gray(path: Path) -> Luma:
    picture = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if picture is None:
        raise SourceError(f"{path}: not a picture that can be read")
    return np.asarray(picture, np.uint8)


def _padded(picture: Luma, height: int, width: int) -> Luma:
    """Continue the last row and column, so that both pictures are of one size."""
    below, right = height - picture.shape[0], width - picture.shape[1]
    return np.asarray(
        cv2.copyMakeBorder(picture, 0, below, 0, right, cv2.BORDER_REPLICATE), np.uint8
    )


def _pickled_points(path: Path) -> FloatArray:
    """Read `matche_pts` (N, 2, 2) of the pickled dict; nothing but arrays and builtins is built."""
    try:
        with path.open("rb") as file:
            version = np.lib.format.read_magic(file)
            if version != (1, 0):
                raise SourceError(f"{path}: not points as DHE has them")
            np.lib.format.read_array_header_1_0(file)
            content = _OnlyArrays(io.BytesIO(file.read())).load().item()
        return np.asarray(content["matche_pts"], np.float64).reshape(-1, 2, 2)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pickle.UnpicklingError) as e:
        raise SourceError(f"{path}: not points as DHE has them ({e})") from e


class _OnlyArrays(pickle.Unpickler):
    """A pickle can run any code; these hold a dict of numbers and need none."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401  (as the base class)
        if module in MODULES and name in TYPES:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"holds {module}.{name}")
