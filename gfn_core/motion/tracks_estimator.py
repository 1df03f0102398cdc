"""Global motion from sparse tracks and a robust fit: needs no weights, runs anywhere."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from gfn_core.geometry import FrameGeometry
from gfn_core.motion.bases import orthonormal_bases
from gfn_core.motion.estimator import GrayFrame, PairMotion
from gfn_core.motion.frame_pair import FramePair, TracksSettings, sharpness
from gfn_core.motion.guide import Guide
from gfn_core.motion.shots import is_blank, likeness
from gfn_core.motion.tracks import TrackedFrame, prepare


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


def followed(
    frames: Iterable[tuple[GrayFrame, Guide | None]],
    geometry: FrameGeometry,
    settings: TracksSettings,
) -> Iterator[PairMotion]:
    """Yield one motion a frame; each comes with a guide from the frame before, or none."""
    last: TrackedFrame | None = None
    seen: TrackedFrame | None = None  # the last that was not blank
    motion = PairMotion()
    for frame, guide in frames:
        current = prepare(frame.luma, settings.tracking)
        if last is None:
            height, width = frame.luma.shape
            analysis = geometry.scaled(width, height)
            bases = orthonormal_bases(analysis)
            motion = PairMotion(shot_start=True, sharpness=sharpness(frame.luma))
        else:
            pair = FramePair(last, current, analysis, bases, settings, guide)
            motion = pair.motion(motion.homography)
            if seen is not None and seen is not last and is_other_place(seen, current, settings):
                motion = PairMotion(shot_start=True, sharpness=sharpness(frame.luma))
        yield motion
        last = current
        seen = seen if is_blank(current.thumbnail) else current


def is_other_place(before: TrackedFrame, after: TrackedFrame, settings: TracksSettings) -> bool:
    """Whether a blank spell, as of a fade, lay between two shots."""
    return likeness(before.thumbnail, after.thumbnail) < settings.lost_likeness
