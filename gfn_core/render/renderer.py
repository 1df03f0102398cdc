"""Renders a trajectory: every frame decoded, warped and encoded once, as a stream.

Decoding, warping and writing have a thread each and the encoder a process, so that none of them
waits for another as long as a core is free.
"""

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import FramesDiffer, GfnError
from gfn_core.geometry import FloatArray
from gfn_core.media.encoding import Encoding
from gfn_core.media.pixel_format import PlaneArray
from gfn_core.media.plane_reader import PlanarFrame, read_planes
from gfn_core.media.video_info import VideoInfo
from gfn_core.media.video_writer import VideoWriter
from gfn_core.render.warp import plane_to_luma, plane_warp, warp_fields, warp_plane
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.work_ahead import work_ahead

BORDER_TOLERANCE_PX = 1e-6  # rounding of stored parameters
FRAMES_AHEAD = 2  # of each thread

Frames = Generator[PlanarFrame, None, None]
Watch = Callable[[int, PlaneArray, PlaneArray], None]


def render_video(
    source: Path,
    info: VideoInfo,
    pts: NDArray[np.int64],
    trajectory: Trajectory,
    destination: Path,
    encoding: Encoding,
    *,
    second_fields: Trajectory | None = None,
    progress: Callable[[int], None] = lambda done: None,
    watch: Watch = lambda index, source, output: None,
) -> tuple[str, ...]:
    """Write `source` as seen along `trajectory` to `destination`; returns what was left out.

    `pts` (N,) are the times of the frames analysed. Where `second_fields` are given, frames stay
    woven, and the field that comes second is seen along these. `watch` is shown every frame's first
    plane, as it was and as it is written. Raises `FramesDiffer` when other frames are decoded now,
    `EncodingFailed` when the encoder does not finish.
    """
    fields = (trajectory,) if second_fields is None else (trajectory, second_fields)
    for seen_along in fields:
        check_border(seen_along)
    warps = np.stack([seen_along.output_to_source for seen_along in fields])
    if info.field_order == "bff":  # the first field's rows are 1, 3, 5...
        warps = warps[::-1]
    planes = read_planes(source, info, encoding.threads, keep_fields=len(fields) == 2)
    decoded = work_ahead(planes, FRAMES_AHEAD)
    warped = work_ahead(warped_frames(decoded, pts, warps, source, info, watch), FRAMES_AHEAD)
    count = 0
    with closing(warped), VideoWriter(destination, source, info, encoding) as writer:
        for count, frame in enumerate(warped, start=1):
            writer.write(frame.pts, frame.planes)
            progress(count)
        if count != len(pts):
            raise FramesDiffer(
                f"{source}: {count} frames decoded, {len(pts)} were analysed; run again"
            )
    return writer.left_out


def warped_frames(
    frames: Frames,
    pts: NDArray[np.int64],
    warps: FloatArray,
    source: Path,
    info: VideoInfo,
    watch: Watch,
) -> Frames:
    """Warp each frame, after a look whether it is the one that was analysed."""
    with closing(frames):
        for frame in frames:
            index = frame.index
            if index >= len(pts) or frame.pts != pts[index]:
                raise FramesDiffer(
                    f"{source}: frame {index} is not the one that was analysed; run again"
                )
            warped = warp_frame(frame, warps[:, index], info)
            watch(index, frame.planes[0], warped.planes[0])
            yield warped


def warp_frame(frame: PlanarFrame, warps: FloatArray, info: VideoInfo) -> PlanarFrame:
    """Warp all planes of a frame; `warps` (F, 3, 3) go from output to source, in half-widths.

    There is one for the whole frame, or one for its even rows and one for its odd ones.
    """
    bit_depth = frame.pixel_format.bit_depth
    planes = []
    for plane, subsampling in zip(frame.planes, frame.pixel_format.log2_subsampling, strict=True):
        to_luma = plane_to_luma(subsampling, info.color.chroma_location)
        warps_px = np.stack([plane_warp(warp, info.geometry, to_luma) for warp in warps])
        if len(warps) == 1:
            planes.append(warp_plane(plane, warps_px[0], bit_depth))
        else:
            planes.append(warp_fields(plane, warps_px, bit_depth))
    return replace(frame, planes=tuple(planes))


def check_border(trajectory: Trajectory) -> None:
    """Raise `GfnError` if any output pixel of any frame would show what lies outside the source."""
    window = CropWindow(trajectory.geometry, trajectory.window)
    beyond_px = window.violation(trajectory.correction, trajectory.bend)
    if len(beyond_px) and beyond_px.max() > BORDER_TOLERANCE_PX:
        frame = int(beyond_px.argmax())
        raise GfnError(
            f"frame {frame}: the window leaves the source by {beyond_px[frame]:.3f} px; "
            "delete the trajectory to redo it"
        )
