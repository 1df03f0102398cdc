"""Quality of stabilizers on the first frames of clips, at equal window, without any encoder.

`python -m benchmarks.unencoded CLIP... --out DIR --frames 100`

What `benchmarks.quality` measures on finished videos, in a tenth of the time: each clip is analysed
once by the default estimator, and every stabilizer's luma is measured as it leaves its warp. What
gfn would deliver is decided as it is when it renders: stabilized, stage 1 alone or untouched.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import imageio_ffmpeg
import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from benchmarks import pypi_vidstab
from benchmarks.quality_plot import draw
from benchmarks.quality_table import markdown
from benchmarks.results import Results
from benchmarks.stabilizers import cut_out
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.probe import probe
from gfn_core.metrics.evaluation import Video, evaluate
from gfn_core.metrics.side_by_side import SideBySide
from gfn_core.motion.estimator import estimate_motion
from gfn_core.motion.global_flow_estimator import GlobalFlowEstimator
from gfn_core.motion.guided_estimator import GuidedSettings
from gfn_core.motion.model import Motion
from gfn_core.render.warp import plane_warp, warp_plane
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.smoothing.settings import DYNAMIC_ZOOM_SHARE, StageOneSettings, StageTwoSettings
from gfn_core.smoothing.smoother import smooth_motion
from gfn_core.smoothing.trajectory import Trajectory, Treatment
from gfn_core.store.motion_table import load_motion, save_motion
from gfn_core.store.weights import load_global_flow_net

Lumas = NDArray[np.uint8]  # (N, H, W)

WHOLE = 1.0
FULL, ALONE, NOTHING = "gfn", "gfn-stage-one", "source"
SEED = 0  # of OpenCV's robust fits
VIDSTAB = "vidstabtransform=input=transforms.trf:smoothing={}:optzoom=1:interpol=bicubic"
METHODS = "source,vidstab-30,gfn,gfn-stage-one"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the clips, and write unencoded.parquet, unencoded.md and unencoded.png."""
    asked = _arguments().parse_args(arguments)
    results = Results(asked.out, "unencoded", opencv=SEED)
    found = asked.out / "unencoded.parquet"
    rows = pd.read_parquet(found).to_dict("records") if found.exists() else []
    for clip in asked.clips:
        if any(row["clip"] == clip.name for row in rows):
            continue
        rows += ClipBench(clip, asked.frames, asked.out).rows(asked.methods.split(","))
        table = pd.DataFrame(rows)
        results.save(table, markdown(table))
    draw(pd.DataFrame(rows), asked.out / "unencoded.png")


class ClipBench:
    """The first frames of one clip."""

    def __init__(self, clip: Path, frames: int, out: Path) -> None:
        self.clip, self.frames, self.out = clip, frames, out
        self.info = probe(clip)
        self.source = self._lumas("null", Path.cwd())
        self.motion = self._motion()

    def rows(self, methods: Sequence[str]) -> list[dict[str, str | float]]:
        """Measure each method at the window that vidstab-30 chose; it comes before gfn."""
        window, rows = WHOLE, []
        for method in methods:
            cv2.setRNGSeed(SEED)
            lumas, treatment = self._made_by(method, window)
            row = self._measured(lumas) | {"treatment": treatment}
            rows.append({"clip": self.clip.name, "method": method, "error": ""} | row)
            if method == "vidstab-30":
                window = min(WHOLE, float(row["cropping_ratio"]))
            print(json.dumps(rows[-1]), file=sys.stderr)
        return rows

    def _made_by(self, method: str, window: float) -> tuple[Lumas, str]:
        kind, _, detail = method.partition("-")
        if method == NOTHING:
            return self.source, ""
        if kind == "vidstab":
            with TemporaryDirectory() as folder:
                self._lumas("vidstabdetect=result=transforms.trf", Path(folder))
                return self._lumas(VIDSTAB.format(detail), Path(folder)), ""
        if kind in ("deshake", "pypi"):
            seen = f"{cut_out(self.clip, window)},format=yuv420p"
            if kind == "deshake":
                return self._lumas(f"format=yuv420p,deshake=rx=64:ry=64,{seen}", Path.cwd()), ""
            with TemporaryDirectory() as folder:
                made, _ = pypi_vidstab.stabilized(self.clip, Path(folder), int(detail))
                return self._lumas(f"format=yuv420p,{seen}", Path(folder), made), ""
        share = DYNAMIC_ZOOM_SHARE if detail == "dynamic" else 0.0
        bend = StageTwoSettings("off" if method == ALONE else "mean")
        settings = StageOneSettings(crop=window, zoom_share=share, bend=bend)
        return self.delivered(smooth_motion(self.motion, settings))

    def delivered(self, planned: Trajectory) -> tuple[Lumas, str]:
        """What `gfn_core.render.steadier` would write."""
        for treatment in (Treatment.STABILIZED, Treatment.STAGE_ONE):
            trajectory = planned.treated(treatment)
            watch = SideBySide(trajectory, 8)
            warped = np.stack(list(self._warped(trajectory)))
            for index, pair in enumerate(zip(self.source, warped, strict=True)):
                watch(index, *pair)
            if not watch.steadiness().is_worse:
                return warped, treatment
        return self.source, Treatment.UNTOUCHED

    def _warped(self, trajectory: Trajectory) -> Iterator[NDArray[np.uint8]]:
        for luma, warp in zip(self.source, trajectory.output_to_source, strict=True):
            yield warp_plane(luma, plane_warp(warp, self.motion.geometry, np.eye(3)))

    def _measured(self, lumas: Lumas) -> dict[str, float]:
        times = self.motion.pts_seconds
        return evaluate(Video(self.source, times), Video(lumas, times), compared=10).as_row()

    def _motion(self) -> Motion:
        """Estimate, or read what was estimated before."""
        table = self.out / f"{self.clip.name}.parquet"
        if not table.exists():
            torch.set_num_threads(1)
            network = load_global_flow_net(SHIPPED_WEIGHTS, torch.device("cpu"))
            estimator = GlobalFlowEstimator(network, torch.device("cpu"), GuidedSettings())
            size = self.info.geometry.fitted(640)
            frames = islice(open_reader(self.clip, self.info, size, 1, False), len(self.source))
            save_motion(table, estimate_motion(frames, estimator, self.info.geometry), {})
        return load_motion(table)

    def _lumas(self, filters: str, folder: Path, video: Path | None = None) -> Lumas:
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin"]
        command += [
            "-i",
            str((video or self.clip).resolve()),
            "-map",
            "0:v:0",
            "-fps_mode",
            "passthrough",
        ]
        command += ["-vf", f"{filters},extractplanes=y", "-frames:v", str(self.frames)]
        command += ["-f", "rawvideo", "-"]
        raw = subprocess.run(command, cwd=folder, capture_output=True, check=True).stdout
        geometry = self.info.geometry
        return np.frombuffer(raw, np.uint8).reshape(-1, geometry.height, geometry.width)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("clips", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--frames", type=int, default=100)
    parser.add_argument("--methods", default=METHODS, help=f"default: {METHODS}")
    return parser


if __name__ == "__main__":
    main()
