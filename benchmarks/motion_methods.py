"""Ways to estimate the global motion between two frames, each as homography on half-widths."""

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from gfn_core.geometry import FloatArray, FrameGeometry
from gfn_core.media.ffmpeg_binary import ffmpeg_path
from gfn_core.motion.analysis_frame import AnalysisFrame
from gfn_core.motion.bases import orthonormal_bases
from gfn_core.motion.fitting import fit_homography
from gfn_core.motion.frame_pair import FramePair, TracksSettings
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.guided_estimator import GuidedSettings, shrunk
from gfn_core.motion.homography import normalized
from gfn_core.motion.pair_methods import RANSAC_PX, lk_homography, lk_points
from gfn_core.motion.rough_flow import rough_flow
from gfn_core.networks.flow_network import FlowNetwork
from gfn_core.networks.resampling import resized
from gfn_core.store.weights import load_flow_network, load_global_flow_net

Luma = NDArray[np.uint8]
Method = Callable[[Luma, Luma], FloatArray]

GRID = (48, 27)  # points at which a dense flow is fitted
CPU = torch.device("cpu")


def motion_methods(weights: Path, teacher: Path | None) -> dict[str, Method]:
    """Return all methods by name; the teacher's where its weights are given."""
    network = load_global_flow_net(weights, CPU)
    estimator = GlobalFlowEstimator(network, CPU, GuidedSettings())
    methods: dict[str, Method] = {
        "LK + RANSAC similarity": lk_similarity,
        "LK + RANSAC homography": lk_homography,
        "LK + MAGSAC homography": lambda a, b: lk_homography(a, b, cv2.USAC_MAGSAC),
        "DIS + robust fit": dis_fit,
        "vid.stab": vidstab,
        "gfn tracks": tracks,
    }
    if teacher is not None:
        methods["teacher + robust fit"] = TeacherFit(load_flow_network(teacher, CPU))
    methods["GlobalFlowNet alone"] = Student(estimator, refined=False)
    methods["gfn globalflownet"] = Student(estimator, refined=True)
    return methods


def lk_similarity(first: Luma, second: Luma) -> FloatArray:
    """OpenCV's textbook recipe."""
    source, target = lk_points(first, second)
    found, _ = cv2.estimateAffinePartial2D(source, target, ransacReprojThreshold=RANSAC_PX)
    matrix = np.eye(3) if found is None else np.vstack([found, [0, 0, 1]])
    return _in_half_widths(matrix, first)


def dis_fit(first: Luma, second: Luma) -> FloatArray:
    """Dense inverse search, and the robust fit of gfn to it."""
    flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(
        first, second, np.empty(0, np.float32)
    )
    return _fitted(np.asarray(flow, np.float64))


def tracks(first: Luma, second: Luma) -> FloatArray:
    """The estimator that needs no network."""
    return _pair(first, second).motion(np.eye(3)).homography


def vidstab(first: Luma, second: Luma) -> FloatArray:
    """What vid.stab's second pass takes the motion to be; it goes from second to first frame."""
    height, width = first.shape
    with tempfile.TemporaryDirectory() as name:
        raw = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", f"{width}x{height}", "-i", "-"]
        detect = "vidstabdetect=result=motions.trf:fileformat=ascii"
        transform = "vidstabtransform=input=motions.trf:debug=1:smoothing=0:optalgo=avg"
        frames = first.tobytes() + second.tobytes()
        for step in (detect, transform):
            command = [ffmpeg_path(), "-v", "error", *raw, "-vf", f"format=yuv420p,{step}"]
            command += ["-f", "null", "-"]
            subprocess.run(command, cwd=name, input=frames, check=True, capture_output=True)
        lines = (Path(name) / "global_motions.trf").read_text().splitlines()
    x, y, angle, zoom = next(
        [float(value) for value in line.split()[1:5]]
        for line in lines[1:]
        if not line.startswith("#")
    )
    scale = 1 + zoom / 100
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    shift = np.array([x, y])
    back = np.eye(3)
    back[:2, :2] = [[cos, sin], [-sin, cos]]
    back[:2, 2] = centre + shift - back[:2, :2] @ centre
    return _in_half_widths(np.linalg.inv(back), first)


@dataclass(frozen=True)
class TeacherFit:
    """The unfiltered flow network, and a robust fit to its flow."""

    network: FlowNetwork

    def __call__(self, first: Luma, second: Luma) -> FloatArray:
        """Estimate at the network's size."""
        height, width = first.shape
        size = FrameGeometry(width, height).fitted(GuidedSettings().longest_px)
        small = [shrunk(luma, size) for luma in (first, second)]
        rough = rough_flow([(small[0], small[1])], CPU)
        with torch.inference_mode():
            levels = self.network(*(_tensor(luma) for luma in small), rough)
        flow = resized(levels[-1].local_flow, GRID[1], GRID[0])[0]
        scale = np.array([width / size.width, height / size.height])
        return _fitted(flow.permute(1, 2, 0).double().numpy() * scale, width, height)


@dataclass(frozen=True)
class Student:
    """GlobalFlowNet, with or without the tracks that make it exact."""

    estimator: GlobalFlowEstimator
    refined: bool

    def __call__(self, first: Luma, second: Luma) -> FloatArray:
        """Estimate as the pipeline does."""
        height, width = first.shape
        geometry = FrameGeometry(width, height)
        size = geometry.fitted(self.estimator.settings.longest_px)
        small = [shrunk(luma, size) for luma in (first, second)]
        guide = self.estimator.guides(small, [1], geometry, orthonormal_bases(geometry))[0]
        if not self.refined:
            return guide.homography
        return replace(_pair(first, second), guide=guide).motion(np.eye(3)).homography


def _pair(first: Luma, second: Luma) -> FramePair:
    settings = TracksSettings()
    height, width = first.shape
    geometry = FrameGeometry(width, height)
    bases = orthonormal_bases(geometry)
    frames = [AnalysisFrame(luma, geometry, bases, settings.tracking) for luma in (first, second)]
    return FramePair(*frames, settings)


def _fitted(flow_px: FloatArray, width: int | None = None, height: int | None = None) -> FloatArray:
    """Robust homography of a flow (rows, columns, 2) in px of a width x height frame."""
    rows, columns = flow_px.shape[:2]
    geometry = FrameGeometry(width or columns, height or rows)
    if width is None:
        flow_px = cv2.resize(flow_px, GRID, interpolation=cv2.INTER_AREA)
    source = geometry.grid(*GRID).reshape(-1, 2)
    target = source + flow_px.reshape(-1, 2) * 2 / geometry.width
    return fit_homography(source, target, orthonormal_bases(geometry)).homography


def _in_half_widths(matrix_px: FloatArray, frame: Luma) -> FloatArray:
    geometry = FrameGeometry(frame.shape[1], frame.shape[0])
    return normalized(geometry.from_pixels @ matrix_px @ geometry.to_pixels)


def _tensor(luma: Luma) -> torch.Tensor:
    return torch.from_numpy(luma)[None, None].float() / 255
