"""The one place that owns the pixel convention.

Convention: points are (x, y) in *half-widths*: origin at the frame centre, unit half the frame
width, y down. A pixel's index names its centre, so pixel 0 of a frame W wide lies at
(0.5 - W/2) / (W/2). Coordinates are those of square pixels: with a pixel aspect other than 1, y is
scaled so that a circle stays a circle. They do not depend on the resolution at which a frame is
looked at, so motion measured on a frame scaled to 640 px holds for the 1920 px original.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import SettingsError

FloatArray = NDArray[np.float64]
SQUARE = Fraction(1)  # pixel aspect


@dataclass(frozen=True)
class FrameGeometry:
    """Size of a frame as coded (before display rotation), in px, and the shape of its pixels."""

    width: int
    height: int
    pixel_aspect: Fraction = SQUARE  # width of a pixel / its height

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1 or self.pixel_aspect <= 0:
            raise SettingsError(f"not a frame: {self}")

    @property
    def half_height(self) -> float:
        """Half the frame's height, in half-widths."""
        return self.height / (self.width * float(self.pixel_aspect))

    def scaled(self, width: int, height: int) -> "FrameGeometry":
        """Return the geometry of the same picture resampled to `width` x `height` px."""
        aspect = self.pixel_aspect * Fraction(self.width * height, width * self.height)
        return FrameGeometry(width, height, aspect)

    def fitted(self, longest_px: int, multiple: int = 2) -> "FrameGeometry":
        """Return a geometry whose longer side is at most `longest_px`; never enlarged."""
        scale = min(1.0, longest_px / max(self.width, self.height))
        width, height = (
            max(multiple, multiple * round(side * scale / multiple))
            for side in (self.width, self.height)
        )
        return self.scaled(width, height)

    @property
    def to_pixels(self) -> FloatArray:
        """Matrix (3, 3) that takes half-widths to pixel indices."""
        scale_x = self.width / 2
        scale_y = scale_x * float(self.pixel_aspect)
        return np.array(
            [
                [scale_x, 0.0, (self.width - 1) / 2],
                [0.0, scale_y, (self.height - 1) / 2],
                [0.0, 0.0, 1.0],
            ]
        )

    @property
    def from_pixels(self) -> FloatArray:
        """Matrix (3, 3) that takes pixel indices to half-widths."""
        return np.asarray(np.linalg.inv(self.to_pixels), np.float64)

    def grid(self, columns: int, rows: int) -> FloatArray:
        """Return cell centres of a columns x rows grid over the frame, (rows, columns, 2)."""
        x = (np.arange(columns) + 0.5) / columns * 2 - 1
        y = ((np.arange(rows) + 0.5) / rows * 2 - 1) * self.half_height
        return np.stack(np.meshgrid(x, y), axis=-1)
