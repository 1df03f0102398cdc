"""The motion of one video, as estimated and stored: one entry per frame."""

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.similarity import Similarity


@dataclass(frozen=True)
class Motion:
    """Global motion between successive frames; entry t takes points of frame t-1 to frame t.

    The first frame of a shot holds the identity and `shot_start`. N is the number of frames.
    """

    geometry: FrameGeometry  # of the source, not of the frames analysed
    pts: NDArray[np.int64]  # (N,) presentation times, in ticks of the stream's time base
    pts_seconds: FloatArray  # (N,)
    homography: FloatArray  # (N, 3, 3) on half-widths
    shot_start: NDArray[np.bool_]  # (N,)
    confidence: FloatArray  # (N,) 0 to 1
    background_share: FloatArray  # (N,) 0 to 1, of the area in which something can be followed
    inlier_share: FloatArray  # (N,) 0 to 1, of the tracks
    residual: FloatArray  # (N,) half-widths, robust standard deviation of the inliers
    sharpness: FloatArray  # (N,) mean absolute Laplacian of luma, 0 to 1
    luminance_change: FloatArray  # (N,) change of mean luma since frame t-1, -1 to 1
    dct: FloatArray  # (N, 2*K*K) residual DCT coefficients; K = 0 for estimators without

    def __len__(self) -> int:
        return len(self.pts)

    def __getitem__(self, frames: slice) -> "Motion":
        """Return a stretch of the video; its first frame has none before it to have moved from."""
        rows = {f.name: getattr(self, f.name)[frames] for f in fields(self) if f.name != "geometry"}
        stretch = replace(self, **rows)
        homography, shot_start = stretch.homography.copy(), stretch.shot_start.copy()
        homography[:1], shot_start[:1] = np.eye(3), True
        return replace(stretch, homography=homography, shot_start=shot_start)

    @property
    def similarity(self) -> Similarity:
        """Similarity part of the motion, (N,)."""
        return Similarity.from_homography(self.homography, self.geometry)
