"""What a network knows of a pair of frames: roughly how the camera moved, and what it saw."""

from dataclasses import dataclass

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry

LEAST_WEIGHT = 0.02  # a network may be wrong; nothing that tracks show is ignored altogether


@dataclass(frozen=True)
class Guide:
    """A rough motion, and where background is seen."""

    homography: FloatArray  # (3, 3) half-widths, first to second frame
    background: FloatArray  # (rows, columns) over the first frame, 0 to 1
    confidence: float  # in the homography, 0 to 1

    def weights(self, points: FloatArray, geometry: FrameGeometry) -> FloatArray:
        """Background weight (N,) at `points` (N, 2), in half-widths, of a frame of `geometry`."""
        if len(points) == 0:
            return np.zeros(0)
        rows, columns = self.background.shape
        to_cells = geometry.scaled(columns, rows).to_pixels[:2]
        x, y = to_cells[:, :2] @ points.T + to_cells[:, 2:]
        sampled = cv2.remap(
            self.background.astype(np.float32),
            x.astype(np.float32),
            y.astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.maximum(np.asarray(sampled, np.float64).ravel(), LEAST_WEIGHT)
