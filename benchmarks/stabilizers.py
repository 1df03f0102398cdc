"""The stabilizers that are compared, each run as a user would run it: as a command of its own.

All but gfn end in the same encoder call, so that none is ahead by its encoder.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av
import imageio_ffmpeg

from benchmarks import pypi_vidstab
from benchmarks.timed_command import RunError, timed

ENCODER = ("-c:v", "libx264", "-crf", "18", "-preset", "medium", "-pix_fmt", "yuv420p")
SAME_FRAMES = ("-fps_mode", "passthrough", "-map", "0:v:0", "-an")
VIDEO_SUFFIXES = {".mp4", ".mkv", ".mov", ".avi", ".m4v", ".webm"}


@dataclass(frozen=True)
class Run:
    """What a stabilizer made of a clip."""

    video: Path
    wall_seconds: float
    log: str


class Stabilizer(Protocol):
    """Makes a stabilized copy of a clip in an empty folder."""

    @property
    def name(self) -> str:
        """Name in tables."""

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Stabilize `clip`; `window` is the share of the frame's width to show, where it asks."""


@dataclass(frozen=True)
class Transcode:
    """Decodes and encodes: the floor of every figure, and the shake that is there."""

    name: str = "transcode"

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Encode the clip as it is."""
        del window
        return _ffmpeg(clip, folder, "null")


@dataclass(frozen=True)
class Vidstab:
    """ffmpeg's vid.stab in two passes, with the zoom that it finds best."""

    smoothing: int
    algorithm: str = "opt"  # its default: an L1 path; "gauss" was the only one in older releases

    @property
    def name(self) -> str:
        """Name in tables."""
        return f"vidstab-{self.smoothing}" + ("" if self.algorithm == "opt" else "-gauss")

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Run both passes; the window is vid.stab's own choice."""
        del window
        detect = self.detect(clip, folder)
        apply = f"vidstabtransform=input=transforms.trf:smoothing={self.smoothing}:optzoom=1"
        second = _ffmpeg(clip, folder, f"{apply}:optalgo={self.algorithm}:interpol=bicubic")
        return Run(second.video, detect.wall_seconds + second.wall_seconds, second.log)

    def detect(self, clip: Path, folder: Path) -> Run:
        """Run the first pass alone: analysis."""
        return _ffmpeg(clip, folder, "vidstabdetect=result=transforms.trf", null_output=True)


@dataclass(frozen=True)
class Deshake:
    """ffmpeg's deshake. It never zooms, so the window is cut out of what it makes."""

    name: str = "deshake"

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Stabilize, cut, scale back."""
        return _ffmpeg(clip, folder, f"deshake=rx=64:ry=64,{cut_out(clip, window)}")


@dataclass(frozen=True)
class OpenCvAverage:
    """A moving average of an OpenCV path (benchmarks/opencv_average.py); the window is cut out."""

    radius_frames: int

    @property
    def name(self) -> str:
        """Name in tables."""
        return f"opencv-{self.radius_frames}"

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Run it as a command of its own."""
        video, radius = folder / "out.mkv", str(self.radius_frames)
        program = [sys.executable, "-m", "benchmarks.opencv_average", str(clip.resolve())]
        words = [*program, str(video), cut_out(clip, window), radius]
        return Run(video, *timed(words, Path.cwd()))


@dataclass(frozen=True)
class PypiVidstab:
    """The `vidstab` of PyPI (benchmarks/pypi_vidstab.py), by way of a Motion-JPEG file."""

    smoothing: int

    @property
    def name(self) -> str:
        """Name in tables."""
        return f"pypi-{self.smoothing}"

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Stabilize, then cut and encode."""
        made, seconds = pypi_vidstab.stabilized(clip, folder, self.smoothing)
        second = _ffmpeg(made, folder, cut_out(clip, window))
        return Run(second.video, seconds + second.wall_seconds, second.log)


@dataclass(frozen=True)
class Gfn:
    """The project's own command, at the window of another method."""

    reference: str = "vidstab-30"
    zoom: str = "fixed"
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name in tables."""
        name = "gfn" if self.zoom == "fixed" else f"gfn-{self.zoom}"
        return name if self.reference == "vidstab-30" else f"{name}@{self.reference}"

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Run `gfn stabilize`; a second call on the same folder reuses the stored motion."""
        out = folder / "out"
        crop = f"{min(1.0, window):.4f}"
        gfn = [sys.executable, "-c", "from flows.cli import main; main()"]
        command = [*gfn, "stabilize", str(clip), str(out), "--crop", crop, "--zoom", self.zoom]
        seconds, log = timed([*command, "--no-prefect", *self.options], Path.cwd())
        return Run(_only_video(out), seconds, log)


@dataclass(frozen=True)
class StageOneAlone:
    """The project without its second stage, from the motion that `gfn` has stored."""

    reference: str = "vidstab-30"
    name: str = "gfn-stage-one"

    def run(self, clip: Path, folder: Path, window: float) -> Run:
        """Smooth and render in a copy of gfn's archive; the time is that of these two alone."""
        out, stored = folder / "out", folder.parent / "gfn" / "out"
        if not stored.is_dir():
            raise RunError(f"{self.name}: needs the motion that gfn stores, which has not run")
        shutil.copytree(stored, out, dirs_exist_ok=True)
        program = [sys.executable, "-m", "benchmarks.stage_one_alone"]
        seconds, log = timed([*program, str(clip), str(out), f"{min(1.0, window)}"], Path.cwd())
        return Run(_only_video(out), seconds, log)


def stabilizer(name: str, gfn_options: Sequence[str] = ()) -> Stabilizer:
    """Return the stabilizer of a name, such as vidstab-30 or gfn@vidstab-10."""
    if match := re.fullmatch(r"vidstab-(\d+)(-gauss)?", name):
        return Vidstab(int(match[1]), "gauss" if match[2] else "opt")
    if match := re.fullmatch(r"gfn(?:-(dynamic))?(?:@(.+))?", name):
        return Gfn(match[2] or "vidstab-30", match[1] or "fixed", tuple(gfn_options))
    if match := re.fullmatch(r"(opencv|pypi)-(\d+)", name):
        return (OpenCvAverage if match[1] == "opencv" else PypiVidstab)(int(match[2]))
    others: tuple[Stabilizer, ...] = (Transcode(), Deshake(), StageOneAlone())
    plain = {other.name: other for other in others}
    if name not in plain:
        patterns = "vidstab-N, vidstab-N-gauss, opencv-N, pypi-N, gfn, gfn-dynamic, gfn@METHOD"
        known = f"{', '.join(plain)}, {patterns}"
        raise ValueError(f"no such method: {name}; there are {known}")
    return plain[name]


def window_reference(method: Stabilizer) -> str | None:
    """Name the method whose window `method` must show; None where it chooses itself."""
    if isinstance(method, Gfn | StageOneAlone):
        return method.reference
    is_cut = isinstance(method, Deshake | OpenCvAverage | PypiVidstab)
    return "vidstab-30" if is_cut else None


def ffmpeg_version() -> str:
    """Return the first line that ffmpeg says of itself."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return said.splitlines()[0]


def _ffmpeg(clip: Path, folder: Path, filters: str, *, null_output: bool = False) -> Run:
    video = folder / "out.mkv"
    end = ["-f", "null", "-"] if null_output else [*ENCODER, "-enc_time_base", "demux", str(video)]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-y", "-i"]
    command += [str(clip.resolve()), *SAME_FRAMES, "-vf", filters, *end]
    seconds, log = timed(command, folder)
    return Run(video, seconds, log)


def cut_out(clip: Path, window: float) -> str:
    """Filters that show a window of the middle at full size."""
    width, height = _size(clip)
    cut = f"crop={round(width * window)}:{round(height * window)}:exact=1"
    return f"{cut},scale={width}:{height}:flags=bicubic"


def _only_video(out: Path) -> Path:
    videos = [path for path in sorted(out.iterdir()) if path.suffix in VIDEO_SUFFIXES]
    if len(videos) != 1:
        raise RunError(f"gfn: one video expected under {out}, found {len(videos)}")
    return videos[0]


def _size(clip: Path) -> tuple[int, int]:
    with av.open(str(clip)) as container:
        codec = container.streams.video[0].codec_context
        return codec.width, codec.height
