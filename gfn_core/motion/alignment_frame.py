"""What image alignment keeps of a frame: a pyramid of luma, and points with gradient on it.

Made once per frame; serves as second frame of one pair and as first frame of the next.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import OrthonormalBases

SingleArray = NDArray[np.float32]

BLOCKS_PX = (8, 6, 4)  # one point in each block, at 1, 1/2 and 1/4 of the frame: 3,600 at 640x360
LEAST_GRADIENT = 1.0  # gray levels a px; fainter points show noise, vignetting and compression
BLUR_PX = 0.9  # deviation; bilinear interpolation needs smooth images to be unbiased


@dataclass(frozen=True)
class AlignmentLevel:
    """One level of the pyramid; N points, where the gradient of their block is steepest."""

    geometry: FrameGeometry
    luma: SingleArray  # (h, w) gray levels, 0 to 255
    pixels: NDArray[np.intp]  # (N, 2) row, column
    points: SingleArray  # (N, 3) half-widths, homogeneous
    design: SingleArray  # (N, 10) gray levels per unit of: 8 orthonormal bases, gain, bias

    @property
    def gray(self) -> SingleArray:
        """Luma (N,) at the points."""
        return self.design[:, -2]


@dataclass(frozen=True)
class AlignmentFrame:
    """A frame, ready to be aligned; levels run from coarse to fine."""

    levels: tuple[AlignmentLevel, ...]
    bases: OrthonormalBases


def alignment_frame(
    luma: NDArray[np.uint8], geometry: FrameGeometry, bases: OrthonormalBases
) -> AlignmentFrame:
    """Prepare `luma` (H, W) whose pixels lie as `geometry` says; `bases` belong to all frames."""
    levels = []
    image = luma.astype(np.float32)
    for block_px in BLOCKS_PX:
        blurred = np.asarray(cv2.GaussianBlur(image, (0, 0), BLUR_PX), np.float32)
        scaled = geometry.scaled(image.shape[1], image.shape[0])
        levels.append(_level(blurred, scaled, bases, block_px))
        half = (max(1, image.shape[1] // 2), max(1, image.shape[0] // 2))
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), np.float32)
    return AlignmentFrame(tuple(reversed(levels)), bases)


def _level(
    luma: SingleArray, geometry: FrameGeometry, bases: OrthonormalBases, block_px: int
) -> AlignmentLevel:
    across = np.asarray(cv2.Sobel(luma, cv2.CV_32F, 1, 0, scale=1 / 8), np.float32)
    down = np.asarray(cv2.Sobel(luma, cv2.CV_32F, 0, 1, scale=1 / 8), np.float32)
    # Not by cv2.magnitude, whose last bits depend on where in memory its arguments lie.
    strength = np.sqrt(across * across + down * down)
    pixels = _steepest_in_blocks(strength, block_px)
    rows, columns = pixels.T
    scale, origin = np.diag(geometry.from_pixels)[:2], geometry.from_pixels[:2, 2]
    x, y = ((pixels[:, ::-1] * scale + origin).T).astype(np.float32)
    across_px, down_px = np.diag(geometry.to_pixels)[:2].astype(np.float32)
    gx, gy = across[rows, columns] * across_px, down[rows, columns] * down_px
    outward = x * gx + y * gy
    along_bases = [gx, gy, x * gx, x * gy, y * gx, y * gy, x * outward, y * outward]
    steepest = np.stack(along_bases, axis=-1) @ bases.mixing.astype(np.float32)
    one = np.ones_like(x)
    design = np.hstack([steepest, luma[rows, columns, None], one[:, None]])
    return AlignmentLevel(geometry, luma, pixels, np.stack([x, y, one], axis=-1), design)


def _steepest_in_blocks(strength: SingleArray, block_px: int) -> NDArray[np.intp]:
    """Row and column (N, 2) of the strongest pixel of each whole block, unless it is faint."""
    height, width = (side // block_px for side in strength.shape)
    blocks = strength[: height * block_px, : width * block_px]
    blocks = blocks.reshape(height, block_px, width, block_px).swapaxes(1, 2)
    flat = blocks.reshape(height * width, block_px * block_px)
    best = flat.argmax(axis=1)
    block = np.flatnonzero(flat[np.arange(len(flat)), best] > LEAST_GRADIENT)
    within = best[block]
    rows = block // width * block_px + within // block_px
    columns = block % width * block_px + within % block_px
    return np.stack([rows, columns], axis=-1)
