"""The segments of a long video's picture: rendered side by side, kept until they are joined."""

from dataclasses import dataclass, replace
from pathlib import Path

from gfn_core.errors import GfnError
from gfn_core.media.encoder_choice import EncoderChoice
from gfn_core.media.joining import join_segments
from gfn_core.motion.model import Motion
from gfn_core.motion.segments import Segment, segments_of
from gfn_core.render.segment import SeamNotes, check_seams, render_segment
from gfn_core.render.steadier import Rendered, verify_written, watch_of
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.store.delivery import is_delivered, load_receipt
from gfn_core.store.keys import ArtifactRef, Stage
from gfn_core.store.motion_table import load_motion
from gfn_core.store.probed import ProbedSource
from gfn_core.store.render_look import RenderLook, load_look, save_look
from gfn_core.store.trajectory_table import load_trajectory
from tasks.clip import Clip, Made
from tasks.making import Notes, make, probed_source
from tasks.stage_task import segment_task
from tasks.supervisor import Progress

RENDER_SEGMENT = Stage("render-segment", version=1, suffix=".mkv")
RENDER_LOOK = Stage("render-look", version=1, suffix=".npz")
DEADLINE_SECONDS = 120.0
SLOWEST_SECONDS_A_FRAME = 20.0


def segments(clip: Clip) -> list[Clip]:
    """Return `clip` once for each segment that is still to be rendered."""
    probed = probed_source(clip)
    bounds = _bounds(clip, probed)
    if not bounds or _is_rendered(clip, probed):
        return []
    if load_trajectory(clip.archive.fetched(clip.chain(probed.sha256).trajectory)).untouched.all():
        return []  # it will be copied
    return [replace(clip, segment=segment) for segment in bounds]


@segment_task(RENDER_SEGMENT, segments)
def render_segment_of(clip: Clip) -> Made:
    """Render one segment of a long video."""
    probed, segment = probed_source(clip), clip.segment
    assert segment is not None  # noqa: S101 - `segments` has set it
    artifact = _artifact(RENDER_SEGMENT, clip, probed, segment)
    frames = segment.stop - segment.first
    deadline = DEADLINE_SECONDS + SLOWEST_SECONDS_A_FRAME * frames
    whole = probed.info.frame_count
    return make(
        clip,
        artifact,
        _render,
        deadline_seconds=deadline,
        frame_count=whole,
        is_confined=True,
    )


@dataclass(frozen=True)
class StoredSegments:
    """All segments of a clip, ready to be joined."""

    clip: Clip
    probed: ProbedSource
    segments: tuple[Segment, ...]
    motion: Motion
    trajectory: Trajectory

    def write(self, destination: Path) -> Rendered | None:
        """Write the whole video and check it; None where the segments do not fit together."""
        source, info, watch = (
            self.clip.source,
            self.probed.info,
            watch_of(self.probed.info, self.trajectory),
        )
        try:
            looks = [load_look(path) for path in self._paths(RENDER_LOOK)]
            check_seams(source, [look.seams for look in looks])
            pts = [self.motion.pts[each.first : each.stop] for each in self.segments]
            left_out = join_segments(self._paths(RENDER_SEGMENT), pts, source, info, destination)
            left_out += looks[0].seams.left_out
            verify_written(source, info, self.motion, destination, left_out)
        except GfnError:
            return None
        for look in looks:
            watch.add(look.pairs)
        return left_out, watch

    def _paths(self, stage: Stage) -> list[Path]:
        archive, clip, probed = self.clip.archive, self.clip, self.probed
        return [archive.fetched(_artifact(stage, clip, probed, each)) for each in self.segments]


def stored_segments(
    clip: Clip, probed: ProbedSource, motion: Motion, trajectory: Trajectory
) -> StoredSegments | None:
    """Return the segments of a clip that was rendered in segments."""
    bounds = _bounds(clip, probed)
    wanted = [_artifact(RENDER_SEGMENT, clip, probed, segment) for segment in bounds]
    if not bounds or not all(map(clip.archive.has, wanted)):
        return None
    return StoredSegments(clip, probed, bounds, motion, trajectory)


def discard_segments(clip: Clip, probed: ProbedSource) -> None:
    """Remove segments that have been joined."""
    for segment in _bounds(clip, probed):
        for stage in (RENDER_SEGMENT, RENDER_LOOK):
            clip.archive.discard(_artifact(stage, clip, probed, segment))


def _bounds(clip: Clip, probed: ProbedSource) -> tuple[Segment, ...]:
    info = probed.info
    if not info.may_be_split:
        return ()
    found = segments_of(info.frame_count, clip.segment_frames)
    return found and (*found[:-1], replace(found[-1], stop=info.frame_count))


def _is_rendered(clip: Clip, probed: ProbedSource) -> bool:
    receipt = clip.chain(probed.sha256).render
    if not clip.archive.has(receipt):
        return False
    return is_delivered(clip.archive, load_receipt(clip.archive.fetched(receipt)))


def _artifact(stage: Stage, clip: Clip, probed: ProbedSource, segment: Segment) -> ArtifactRef:
    return stage.artifact(clip.chain(probed.sha256).render.key, settings=segment)


def _render(clip: Clip, unfinished: Path, progress: Progress) -> Notes:
    probed, segment = probed_source(clip), clip.segment
    assert segment is not None  # noqa: S101 - `segments` has set it
    chain = clip.chain(probed.sha256)
    motion = load_motion(clip.archive.fetched(chain.motion))
    trajectory = load_trajectory(clip.archive.fetched(chain.trajectory))
    watch = watch_of(probed.info, trajectory)
    encoding = replace(clip.settings.encoding, threads=clip.threads)
    try:
        seams = render_segment(
            clip.source,
            probed.info,
            motion.pts,
            trajectory,
            (segment.first, segment.stop),
            unfinished,
            EncoderChoice.of(encoding, probed.info, clip.output).encoding,
            progress=progress,
            watch=watch,
        )
    except GfnError:  # whatever it is, one go over the whole will tell
        seams = SeamNotes(is_whole=False)
        unfinished.touch()
    with clip.archive.claim(_artifact(RENDER_LOOK, clip, probed, segment)) as look:
        if look is not None:
            save_look(look, RenderLook(watch.pairs, seams))
    return ()
