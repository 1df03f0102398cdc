"""What a network knows of a pair of frames: roughly how the camera moved, and what it saw."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.bases import OrthonormalBases
from gfn_core.motion.flow_fit import homography_of_flow

TINY = 1e-6
LEAST_WEIGHT = 0.02  # a network may be wrong; nothing that tracks show is ignored altogether


@dataclass(frozen=True)
class Guide:
    """A rough motion, and where background is seen."""

    homography: FloatArray  # (3, 3) half-widths, first to second frame
    background: FloatArray  # (rows, columns) over the first frame, 0 to 1
    confidence: float  # in the homography, 0 to 1
    is_fresh: bool = True  # else it was made for an earlier pair, whose motion this is
    trust: float = 1.0  # what a network's doubt leaves of the tracks' confidence

    @classmethod
    def of_flow(
        cls,
        global_flow_px: FloatArray,
        weight: FloatArray,
        confidence: float,
        seen_px: tuple[int, int],
        geometry: FrameGeometry,
        bases: OrthonormalBases,
    ) -> "Guide":
        """Take what a network says of frames of `seen_px` (height, width).

        Global flow (rows, columns, 2) in px of those frames, weight (rows, columns). A network is
        surer of its weights than it should be, above all where things lie at many depths; their
        square roots serve better.
        """
        height, width = seen_px
        half_widths = np.array([2 / width, 2 * geometry.half_height / height])
        motion = homography_of_flow(global_flow_px * half_widths, geometry, bases)
        background = np.sqrt(weight / max(float(weight.max()), TINY))
        return cls(motion, background, confidence)

    def carried_on(self) -> "Guide":
        """Return it for the pairs to come: background hardly changes, but the motion does."""
        return replace(self, is_fresh=False)

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
