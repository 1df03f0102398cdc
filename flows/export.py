"""Stored motion for other programs: CSV, JSON, vid.stab's .trf, STMaps."""

from collections.abc import Callable
from pathlib import Path

from flows.export_format import ExportFormat
from flows.resmooth import Selection
from flows.target import free_target
from gfn_core.media.exr_file import write_exr
from gfn_core.media.vidstab_file import write_trf
from gfn_core.render.st_map import st_map
from gfn_core.smoothing.trajectory import Trajectory
from gfn_core.store.archive import Archive
from gfn_core.store.export import write_csv, write_json
from gfn_core.store.motion_table import load_motion
from gfn_core.store.trajectory_table import load_trajectory
from gfn_core.whole_file import whole_file


def export(
    archive: Archive, selection: Selection, form: ExportFormat, folder: Path, *, force: bool
) -> list[Path]:
    """Write the selected clips' motion to `folder`, in the sources' own tree; return what."""
    videos = [entry.video for entry in selection.entries(archive)]
    targets = [free_target(folder / f"{video}.{form}", force=force) for video in videos]
    return [
        _export(archive, video, form, target) for video, target in zip(videos, targets, strict=True)
    ]


def _export(archive: Archive, video: str, form: ExportFormat, target: Path) -> Path:
    tables: dict[ExportFormat, Callable[[Archive, str, Path], None]] = {
        ExportFormat.CSV: write_csv,
        ExportFormat.JSON: write_json,
    }
    if form is ExportFormat.STMAP:
        write_st_maps(load_trajectory(archive.view("trajectory", video, ".parquet")), target)
        return target
    with whole_file(target) as unfinished:
        if form in tables:
            tables[form](archive, video, unfinished)
        else:
            write_trf(unfinished, load_motion(archive.view("motion", video, ".parquet")))
    return target


def write_st_maps(trajectory: Trajectory, folder: Path) -> None:
    """Write `folder`/000001.exr and so on, one a frame."""
    warps = trajectory.output_to_source
    for index in range(len(trajectory)):
        channels = st_map(warps[index], trajectory.geometry)
        with whole_file(folder / f"{index + 1:06d}.exr") as unfinished:
            write_exr(unfinished, channels)
