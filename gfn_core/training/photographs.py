"""The photographs and cut-outs that synthetic scenes are made of, loaded once, as gray uint8.

Scenes are gray because the networks read luma only. This is the one module of `training` that
opens files; everything else is given a `PhotoLibrary`.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import SettingsError
from gfn_core.training.texture_noise import fractal_noise, smooth_noise

GrayPhoto = NDArray[np.uint8]  # (H, W)

LONGEST_PX = 640
DRAWN_PHOTOGRAPHS = 12
SMALLEST_CONTRAST = 6.0  # gray levels; a photograph flatter than this shows no motion at all
HELD_OUT_IN = 10  # one group of photographs in ten is held out


class PhotoUse(Enum):
    """What the pictures are for, as the folders that their licences allow."""

    SHIPPED_WEIGHTS = ("free",)
    MEASURING = ("free", "research")


class PhotoSplit(Enum):
    """Which part of a library: a tenth is held out, chosen by name, so it never changes."""

    TRAINING = "training"
    HELD_OUT = "held out"
    ALL = "all"


@dataclass(frozen=True)
class Cutout:
    """One object cut out of its picture; `alpha` is 255 inside."""

    gray: GrayPhoto
    alpha: GrayPhoto


@dataclass(frozen=True)
class PhotoLibrary:
    """Photographs (backgrounds, textures) and cut-outs (objects), at most 640 px long."""

    photographs: tuple[GrayPhoto, ...]
    cutouts: tuple[Cutout, ...]

    def __post_init__(self) -> None:
        if len(self.photographs) < 2:
            raise SettingsError(
                f"a scene needs two photographs or more, the library has {len(self.photographs)}"
            )

    @classmethod
    def load(
        cls,
        root: Path,
        use: PhotoUse = PhotoUse.SHIPPED_WEIGHTS,
        split: PhotoSplit = PhotoSplit.TRAINING,
    ) -> "PhotoLibrary":
        """Read `root`/free (and /research where `use` allows it) and `root`/cutouts.

        Raises SettingsError where the folder holds fewer than two usable photographs.
        """
        folders = [root / name for name in use.value]
        photographs = (read_photograph(path) for path in _pictures(folders, split))
        cutouts = (read_cutout(path) for path in _pictures([root / "cutouts"], split))
        try:
            return cls(
                tuple(photo for photo in photographs if photo is not None),
                tuple(cutout for cutout in cutouts if cutout is not None),
            )
        except SettingsError as error:
            raise SettingsError(f"{root}: {error}") from None

    @classmethod
    def load_or_draw(cls, root: Path | None, rng: np.random.Generator) -> "PhotoLibrary":
        """Load the library in `root`, or draw one where there is none."""
        return cls.drawn(rng, DRAWN_PHOTOGRAPHS) if root is None else cls.load(root)

    @classmethod
    def drawn(cls, rng: np.random.Generator, count: int = 8) -> "PhotoLibrary":
        """Draw a library from nothing, for tests and for machines without photographs."""
        photographs = tuple(draw_photograph(rng) for _ in range(count))
        return cls(photographs, tuple(draw_cutout(rng) for _ in range(count)))


def is_held_out(name: str) -> bool:
    """Tell whether the picture of that file name belongs to the held-out tenth.

    A trailing number is left out of the hash, so that `aero1` and `aero3`, two views of one
    scene, fall on the same side.
    """
    group = re.sub(r"(?<=[a-z])\d+$", "", Path(name).stem.lower())
    return hashlib.sha256(group.encode()).digest()[0] % HELD_OUT_IN == 0


def read_photograph(path: Path) -> GrayPhoto | None:
    """Read a picture as gray; None where it cannot be read or is flat."""
    gray = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
    if gray is None or gray.std() < SMALLEST_CONTRAST:
        return None
    return _limited(np.asarray(gray, np.uint8))


def read_cutout(path: Path) -> Cutout | None:
    """Read a picture with an alpha channel; None where it has none."""
    rgba = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if rgba is None or rgba.ndim != 3 or rgba.shape[2] != 4:
        return None
    gray = cv2.cvtColor(rgba[..., :3], cv2.COLOR_BGR2GRAY)
    return Cutout(
        _limited(np.asarray(gray, np.uint8)), _limited(np.ascontiguousarray(rgba[..., 3], np.uint8))
    )


def draw_photograph(rng: np.random.Generator, width: int = 480, height: int = 320) -> GrayPhoto:
    """Draw a picture (H, W) of overlapping textured shapes, with edges and detail at all scales."""
    picture = 128 + 90 * fractal_noise(rng, width, height, width / 4)
    for _ in range(rng.integers(12, 30)):
        center = rng.uniform((0, 0), (width, height))
        corners = center + rng.normal(0, rng.uniform(0.03, 0.15) * width, (rng.integers(3, 7), 2))
        shape = np.zeros((height, width), np.float32)
        cv2.fillConvexPoly(shape, cv2.convexHull(corners.astype(np.int32)), 1.0, cv2.LINE_AA)
        texture = rng.uniform(20, 235) + rng.uniform(5, 40) * smooth_noise(
            rng, width, height, rng.uniform(3, 20)
        )
        picture += shape * (texture - picture)
    return np.clip(picture, 0, 255).astype(np.uint8)


def draw_cutout(rng: np.random.Generator, side_px: int = 160) -> Cutout:
    """Draw a textured ellipse."""
    axes = rng.uniform(0.3, 0.48, 2) * side_px
    alpha = np.zeros((side_px, side_px), np.uint8)
    middle = (side_px // 2, side_px // 2)
    cv2.ellipse(alpha, middle, axes.astype(int).tolist(), 0, 0, 360, 255, -1, cv2.LINE_AA)
    return Cutout(draw_photograph(rng, side_px, side_px), alpha)


def _pictures(folders: Iterable[Path], split: PhotoSplit) -> list[Path]:
    paths = [path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    if split is PhotoSplit.ALL:
        return paths
    wanted = split is PhotoSplit.HELD_OUT
    return [path for path in paths if is_held_out(path.name) == wanted]


def _limited(picture: GrayPhoto) -> GrayPhoto:
    height, width = picture.shape
    scale = LONGEST_PX / max(width, height)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
