"""Global motion from sparse tracks and a robust fit: needs no weights, runs anywhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.estimator import GrayFrame, PairMotion
from gfn_core.motion.following import followed
from gfn_core.motion.frame_pair import TracksSettings


@dataclass(frozen=True)
class TracksEstimator:
    """Corners tracked by Lucas-Kanade, fitted in the subspace of the homography bases."""

    settings: TracksSettings = field(default_factory=TracksSettings)
    name: str = "tracks"

    def pair_motions(
        self, frames: Iterable[GrayFrame], geometry: FrameGeometry
    ) -> Iterator[PairMotion]:
        """Yield one motion a frame; holds two frames at a time."""
        return followed(((frame, None) for frame in frames), geometry, self.settings)
