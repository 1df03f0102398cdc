"""Writes a video that is no worse than its source.

What was planned is rendered and looked at. Where it shakes more than the source, or nothing shows
that it does not, stage 1 alone is tried, and then nothing is done at all; so it is, too, where
nothing was to be corrected. What is not changed is copied, unless another codec than the usual one
was asked for.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gfn_core.errors import GfnError
from gfn_core.media.copying import copy_video
from gfn_core.media.encoder_choice import EncoderChoice
from gfn_core.media.encoding import Encoding
from gfn_core.media.pixel_format import PixelFormat, nearest_planar
from gfn_core.media.stream_plan import is_lost_sound
from gfn_core.media.verify import verify_audio, verify_decodes, verify_output
from gfn_core.media.video_info import VideoInfo
from gfn_core.metrics.side_by_side import SideBySide, Steadiness
from gfn_core.motion.model import Motion
from gfn_core.render.renderer import render_video
from gfn_core.smoothing.trajectory import Trajectory, Treatment

Rendered = tuple[tuple[str, ...], SideBySide]  # what was left out, what was seen


@dataclass(frozen=True)
class Written:
    """What became of a video."""

    treatment: Treatment
    left_out: tuple[str, ...]
    notes: tuple[str, ...] = ()


def write_steadier(
    source: Path,
    info: VideoInfo,
    motion: Motion,
    planned: Trajectory,
    destination: Path,
    encoding: Encoding,
    *,
    progress: Callable[[int], None] = lambda done: None,
    rendered: Callable[[Path], Rendered | None] | None = None,
) -> Written:
    """Write `source` as seen along the first treatment that makes it no worse, and check it.

    What was planned may have been `rendered` and checked before. Raises `FramesDiffer` and
    `EncodingFailed` as `render_video` does.
    """
    choice = EncoderChoice.of(encoding, info, destination)
    notes = list(choice.notes)
    for treatment in _treatments(planned):
        trajectory = planned.treated(treatment)
        may_keep = encoding.may_keep(info.codec)
        if treatment is Treatment.UNTOUCHED and may_keep:
            with suppress(GfnError):
                left_out = _copied(source, info, motion, destination)
                said = notes[len(choice.notes) :]  # no encoder was needed
                return Written(treatment, left_out, (*said, "untouched: copied as it is"))
        found = rendered(destination) if rendered and treatment is Treatment.STABILIZED else None
        left_out, watch = found or _in_one_go(
            source, info, motion, trajectory, destination, choice.encoding, progress
        )
        verify_decodes(destination, len(motion), encoding.threads, progress)
        seen = watch.steadiness()
        if treatment is Treatment.UNTOUCHED:
            why = "it cannot be copied" if may_keep else f"{encoding.codec} was asked for"
            notes.append(f"untouched: encoded anew, as {why}")
        if treatment is Treatment.UNTOUCHED or not seen.is_worse:
            break
        notes.append(_worse(treatment, seen))
    return Written(treatment, left_out, tuple(notes))


def _treatments(planned: Trajectory) -> Iterator[Treatment]:
    """Yield what may be done to a video, from most to least."""
    if not planned.untouched.all():
        yield Treatment.STABILIZED
        if planned.residual.any():
            yield Treatment.STAGE_ONE
    yield Treatment.UNTOUCHED


def _in_one_go(
    source: Path,
    info: VideoInfo,
    motion: Motion,
    trajectory: Trajectory,
    destination: Path,
    encoding: Encoding,
    progress: Callable[[int], None],
) -> Rendered:
    watch, keeps_fields = watch_of(info, trajectory), encoding.keeps(info.field_order)
    left_out = render_video(
        source,
        info,
        motion.pts,
        trajectory,
        destination,
        encoding,
        second_fields=trajectory.half_a_frame_later(motion.shot_start) if keeps_fields else None,
        progress=progress,
        watch=watch,
    )
    verify_written(source, info, motion, destination, left_out)
    return left_out, watch


def _copied(source: Path, info: VideoInfo, motion: Motion, destination: Path) -> tuple[str, ...]:
    """Copy a source that the output's container can hold as it is, all frames at their times.

    Raises `GfnError` where it cannot.
    """
    left_out = copy_video(source, info, destination)
    verify_written(source, info, motion, destination, left_out)
    return left_out


def verify_written(
    source: Path, info: VideoInfo, motion: Motion, video: Path, left_out: tuple[str, ...]
) -> None:
    """Raise `EncodingFailed` unless `video` holds all frames at their times, and the sound."""
    verify_output(video, motion.pts_seconds, float(info.time_base))
    verify_audio(video, source, sum(map(is_lost_sound, left_out)))


def watch_of(info: VideoInfo, trajectory: Trajectory) -> SideBySide:
    """Return what looks at a video while it is rendered."""
    bit_depth = PixelFormat.of(nearest_planar(info.pixel_format)).bit_depth
    return SideBySide(trajectory, bit_depth)


def _worse(treatment: Treatment, seen: Steadiness) -> str:
    before, after = seen.source, seen.output
    if np.isnan(after.mean_px):
        return f"{treatment}: nothing in the pictures shows whether it is steadier: not used"
    return (
        f"{treatment}: shakes more than the source (acceleration {after.mean_px:.1f} px, jolts of "
        f"{after.jolt_px:.1f} px; source {before.mean_px:.1f} and {before.jolt_px:.1f} px, of 1920)"
        ": not used"
    )
