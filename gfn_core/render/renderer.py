"""Renders a trajectory: every frame decoded, warped and encoded once, as a stream."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gfn_core.errors import FramesDiffer, GfnError
from gfn_core.geometry import FloatArray
from gfn_core.media.encoding import Encoding
from gfn_core.media.pixel_format import PixelFormat
from gfn_core.media.plane_reader import read_planes
from gfn_core.media.video_info import VideoInfo
from gfn_core.media.video_writer import VideoWriter
from gfn_core.render.warp import Plane, plane_to_luma, plane_warp, warp_plane
from gfn_core.smoothing.crop_window import CropWindow
from gfn_core.smoothing.trajectory import Trajectory

BORDER_TOLERANCE_PX = 1e-6  # rounding of stored parameters


def render_video(
    source: Path,
    info: VideoInfo,
    pts: NDArray[np.int64],
    trajectory: Trajectory,
    destination: Path,
    encoding: Encoding,
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> tuple[str, ...]:
    """Write `source` as seen along `trajectory` to `destination`; returns what was left out.

    `pts` (N,) are the times of the frames analysed. Raises `FramesDiffer` when other frames are
    decoded now, `EncodingFailed` when the encoder does not finish.
    """
    check_border(trajectory)
    warps = trajectory.output_to_source.matrix
    with VideoWriter(destination, source, info, encoding) as writer:
        count = 0
        for frame in read_planes(source, info, encoding.threads):
            if count >= len(pts) or frame.pts != pts[count]:
                raise FramesDiffer(
                    f"{source}: frame {count} is not the one that was analysed; run again"
                )
            planes = warp_frame(frame.planes, frame.pixel_format, warps[count], info)
            writer.write(frame.pts, planes)
            count += 1
            progress(count)
        if count != len(pts):
            raise FramesDiffer(
                f"{source}: {count} frames decoded, {len(pts)} were analysed; run again"
            )
    return writer.left_out


def warp_frame(
    planes: tuple[Plane, ...], pixel_format: PixelFormat, warp: FloatArray, info: VideoInfo
) -> tuple[Plane, ...]:
    """Warp all planes of one frame; `warp` (3, 3) goes from output to source, in half-widths."""
    return tuple(
        warp_plane(
            plane,
            plane_warp(warp, info.geometry, plane_to_luma(subsampling, info.color.chroma_location)),
        )
        for plane, subsampling in zip(planes, pixel_format.log2_subsampling, strict=True)
    )


def check_border(trajectory: Trajectory) -> None:
    """Raise `GfnError` if any output pixel of any frame would show what lies outside the source."""
    window = CropWindow(trajectory.geometry, trajectory.window)
    beyond_px = window.violation(trajectory.correction)
    if len(beyond_px) and beyond_px.max() > BORDER_TOLERANCE_PX:
        frame = int(beyond_px.argmax())
        raise GfnError(
            f"frame {frame}: the window leaves the source by {beyond_px[frame]:.3f} px; "
            "delete the trajectory to redo it"
        )
