"""What a video shows, decoded whole."""

from pathlib import Path

import av
import numpy as np


def frames_of(path: Path) -> tuple[list[np.ndarray], list[float], int]:
    """Pictures (H, W, 3), their times in seconds, and the number of sound tracks."""
    with av.open(str(path)) as container:
        sounds = len(container.streams.audio)
        decoded = list(container.decode(video=0))
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in decoded]
        return pictures, [frame.time for frame in decoded], sounds
