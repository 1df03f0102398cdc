"""STMaps: for each pixel of the output, where in the source it comes from.

Convention of compositors (Nuke's STMap, Fusion's Texture): red is x, green is y, both 0 to 1 from
the lower left corner of the frame to its upper right, pixel centres at half-integers; blue is 0.
"""

import numpy as np
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.homography import transform


def st_map(output_to_source: FloatArray, geometry: FrameGeometry) -> dict[str, NDArray[np.float32]]:
    """Return channels R, G and B, (H, W) each, of a warp (3, 3) on half-widths."""
    points = geometry.grid(geometry.width, geometry.height)  # (H, W, 2)
    source = transform(output_to_source, points)
    s = (source[..., 0] + 1) / 2
    t = (1 - source[..., 1] / geometry.half_height) / 2
    channels = {"R": s, "G": t, "B": np.zeros_like(s)}
    return {name: values.astype(np.float32) for name, values in channels.items()}
