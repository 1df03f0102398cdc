"""Motion of frame after frame: tracks, guided by a network that looks at times, and in doubt."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.motion.analysis_frame import AnalysisFrame
from gfn_core.motion.bases import orthonormal_bases
from gfn_core.motion.estimator import GrayFrame, PairMotion
from gfn_core.motion.frame_pair import FramePair, TracksSettings, sharpness
from gfn_core.motion.guide import Guide
from gfn_core.motion.shots import is_blank, likeness
from gfn_core.motion.tracks import Luma

DOUBT = 0.5  # confidence below which a network looks again
MOST_VAIN_LOOKS = 3  # in a row, that leave the motion in doubt

Look = Callable[[Luma, Luma], Guide]  # at two frames (H, W)


def followed(
    frames: Iterable[tuple[GrayFrame, Guide | None]],
    geometry: FrameGeometry,
    settings: TracksSettings,
    look: Look | None = None,
) -> Iterator[PairMotion]:
    """Yield one motion a frame; some frames come with a guide to them from the frame before.

    A guide goes on to serve until the next, a cut, or doubt; then `look` makes another. Where looks
    leave doubt again and again, no more are taken until a motion is sure. What is yielded is
    trusted as far as the last look is (docs/decisions/0061).
    """
    last: AnalysisFrame | None = None
    seen: AnalysisFrame | None = None  # the last that was not blank
    guide: Guide | None = None
    vain_looks = 0  # one after the other
    for frame, fresh in frames:
        if last is None:
            height, width = frame.luma.shape
            analysis = geometry.scaled(width, height)
            bases = orthonormal_bases(analysis)
        current = AnalysisFrame(frame.luma, analysis, bases, settings.tracking)
        if last is None:
            motion = PairMotion(shot_start=True, sharpness=sharpness(frame.luma))
        else:
            pair = FramePair(last, current, settings, fresh or guide)
            may_look = vain_looks < MOST_VAIN_LOOKS
            motion, guide = guided_motion(pair, motion.homography, look if may_look else None)
            if seen is not None and seen is not last and is_other_place(seen, current, settings):
                motion = PairMotion(shot_start=True, sharpness=sharpness(frame.luma))
            guide = guide.carried_on() if guide and not motion.shot_start else None
            vain_looks = vain_looks + may_look if motion.confidence < DOUBT else 0
        yield replace(motion, confidence=motion.confidence * guide.trust) if guide else motion
        last = current
        seen = seen if is_blank(current.tracked.thumbnail) else current


def guided_motion(
    pair: FramePair, previous: FloatArray, look: Look | None
) -> tuple[PairMotion, Guide | None]:
    """Motion of a pair, where the one before moved by `previous` (3, 3), and the guide for more.

    Of a motion in doubt and that of a fresh look, the surer one counts; a cut is for fresh eyes.
    """
    if look is None or (pair.guide and pair.guide.is_fresh):
        return pair.motion(previous), pair.guide
    carried = pair.motion(previous) if pair.guide else None
    if carried and not carried.shot_start and carried.confidence >= DOUBT:
        return carried, pair.guide
    guide = look(pair.first.luma, pair.second.luma)
    seen = replace(pair, guide=guide).motion(previous)
    if carried and not carried.shot_start and carried.confidence > seen.confidence:
        return carried, guide
    return seen, guide


def is_other_place(before: AnalysisFrame, after: AnalysisFrame, settings: TracksSettings) -> bool:
    """Whether a blank spell, as of a fade, lay between two shots."""
    thumbnails = before.tracked.thumbnail, after.tracked.thumbnail
    return likeness(*thumbnails) < settings.lost_likeness
