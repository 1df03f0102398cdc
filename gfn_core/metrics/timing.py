"""Whether a stabilized video has its source's frames, at its source's times."""

from dataclasses import dataclass

import numpy as np

from gfn_core.geometry import FloatArray


@dataclass(frozen=True)
class TimingFigures:
    """Agreement of two lists of presentation times."""

    source_frames: int
    stabilized_frames: int
    largest_shift_seconds: float  # between frames of the same number, start of each taken as 0

    @property
    def same_frame_count(self) -> bool:
        """Whether no frame was lost or made up."""
        return self.source_frames == self.stabilized_frames


def timing(source_seconds: FloatArray, stabilized_seconds: FloatArray) -> TimingFigures:
    """Compare presentation times (N,) and (M,); frames beyond the shorter list are not timed."""
    common = min(len(source_seconds), len(stabilized_seconds))
    shift = 0.0
    if common:
        source = source_seconds[:common] - source_seconds[0]
        stabilized = stabilized_seconds[:common] - stabilized_seconds[0]
        shift = float(np.abs(source - stabilized).max())
    return TimingFigures(len(source_seconds), len(stabilized_seconds), shift)
