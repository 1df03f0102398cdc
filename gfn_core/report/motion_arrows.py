"""Local motion drawn over a picture: an arrow a cell, coloured by its direction."""

import cv2
import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray
from gfn_core.training.scene_preview import flow_colors

SHOWN_SECONDS = 0.15  # an arrow is as long as the way made in it
LEAST_SPEED = 0.01  # half-widths / s of a cell that is drawn
FASTEST = 1.0  # half-widths / s of a full colour
TINT = 0.45


def with_arrows(luma: NDArray[np.uint8], velocity: FloatArray) -> NDArray[np.uint8]:
    """Draw `velocity` (rows, columns, 2), half-widths / s, over `luma` (H, W); RGB (H, W, 3)."""
    height, width = luma.shape
    rows, columns = velocity.shape[:2]
    picture = cv2.cvtColor(luma, cv2.COLOR_GRAY2RGB)
    speed = np.linalg.norm(velocity, axis=-1)
    colors = flow_colors(velocity.astype(np.float32), FASTEST)
    size, strength = (width, height), np.minimum(1, speed / LEAST_SPEED) * TINT
    tint = cv2.resize(colors, size, interpolation=cv2.INTER_LINEAR).astype(np.float32)
    share = cv2.resize(strength.astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    mixed = picture + share[..., None] * (tint - picture)
    drawn = np.ascontiguousarray(np.clip(mixed, 0, 255).astype(np.uint8))
    for row, column in np.argwhere(speed > LEAST_SPEED):
        start = np.array([(column + 0.5) * width / columns, (row + 0.5) * height / rows])
        end = start + velocity[row, column] * SHOWN_SECONDS * width / 2
        points = [tuple(int(value) for value in np.rint(point)) for point in (start, end)]
        cv2.arrowedLine(drawn, points[0], points[1], (255, 255, 255), 2, cv2.LINE_AA, tipLength=0.3)
    return drawn
