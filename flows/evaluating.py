"""Measures of a stabilized video beside its source, whoever made it."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from gfn_core.errors import DamagedVideo
from gfn_core.media.frame_reader import open_reader
from gfn_core.media.gray_frame import FrameReader
from gfn_core.media.probe import probe
from gfn_core.metrics.evaluation import Evaluation, Video, evaluate


class LumaFrames:
    """Luma of a video at its full size; each iteration decodes it anew."""

    def __init__(self, path: Path) -> None:
        self._path, self._info = path, probe(path)
        self.pixel_aspect = self._info.geometry.pixel_aspect

    def reader(self) -> FrameReader:
        """Open the video at its first frame; one decoder for all, so that all compare."""
        return open_reader(self._path, self._info, self._info.geometry, allow_decord=False)

    def __iter__(self) -> Iterator[NDArray[np.uint8]]:
        return (frame.luma for frame in self.reader())


def open_video(path: Path) -> Video:
    """Read the times of a video's frames; its pixels are read when they are looked at."""
    frames = LumaFrames(path)
    pts_seconds = np.array([frame.pts_seconds for frame in frames.reader()])
    return Video(frames, pts_seconds, frames.pixel_aspect)


def evaluate_video(source: Path, stabilized: Path, *, as_json: bool) -> None:
    """Measure `stabilized` against `source`, and print every figure."""
    try:
        figures = evaluate(open_video(source), open_video(stabilized))
    except ValueError as error:
        raise DamagedVideo(f"{stabilized}: cannot be compared with {source} ({error})") from error
    if as_json:
        print(json.dumps(figures.as_row(), indent=1))
    else:
        _show(figures)


def _show(figures: Evaluation) -> None:
    table = Table("measure", "value", box=None, pad_edge=False)
    for name, value in figures.as_row().items():
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
    Console().print(table)
    Console().print("formulas, units and pitfalls: docs/measures.md")
