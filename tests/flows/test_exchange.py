"""Export and import through the command: what comes out, and what goes in again."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from flows.auditing import AuditOrder, audit_archive
from flows.cli import app
from flows.export import export
from flows.export_format import ExportFormat
from flows.importing import import_trf
from flows.request import ArchiveRequest
from flows.resmooth import Selection
from flows.run import stabilize_plainly
from flows.stabilizing import Audience
from gfn_core.errors import GfnError, SettingsError, SourceError
from gfn_core.media.ffmpeg_binary import ffmpeg_path
from gfn_core.media.vidstab_file import read_trf
from gfn_core.store.archive import Archive
from gfn_core.store.trajectory_table import load_trajectory

GFN = [sys.executable, "-c", "from flows.cli import main; main()"]


def gfn(*words: object) -> str:
    command = [*GFN, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory, small_clip: Path) -> Path:
    folder = tmp_path_factory.mktemp("exchange") / "out"
    stabilize_plainly(ArchiveRequest((small_clip,), folder), "run")
    return folder


def test_csv_and_json_hold_what_is_stored(out: Path, tmp_path: Path) -> None:
    stored = pd.read_parquet(out / "gfn/trajectory/small.mp4.parquet")
    (written,) = json.loads(gfn("export", out, tmp_path, "--json"))
    table = pd.read_csv(written)
    gfn("export", out, tmp_path, "--format", "json")
    content = json.loads((tmp_path / "small.mp4.json").read_text())
    assert content["motion"]["estimator"] == "globalflownet"
    for frames in (table, pd.DataFrame(content["frames"])):
        assert len(frames) == 45
        np.testing.assert_allclose(frames.path_rotation_rad, stored.path_rotation_rad, atol=1e-12)
        np.testing.assert_array_equal(frames.homography_8, 1)
        step = frames.translation_x[1], frames.camera_translation_x[1]
        assert step[0] == pytest.approx(step[1])


def test_an_st_map_is_the_warp(out: Path, tmp_path: Path) -> None:
    gfn("export", out, tmp_path, "--format", "stmap")
    maps = sorted((tmp_path / "small.mp4.stmap").iterdir())
    assert [path.name for path in maps] == [f"{n:06d}.exr" for n in range(1, 46)]
    command = [ffmpeg_path(), "-v", "error", "-i", maps[20]]
    raw = ["-f", "rawvideo", "-pix_fmt", "gbrpf32le", "-"]
    read = subprocess.run([*command, *raw], capture_output=True, check=True).stdout
    green, blue, red = np.frombuffer(read, "<f4").reshape(3, 180, 320)
    assert not blue.any()
    trajectory = load_trajectory(out / "gfn/trajectory/small.mp4.parquet")
    correction, window = trajectory.correction[20], trajectory.window
    for row, column in ((0, 0), (179, 319), (40, 250)):
        point = (column + 0.5 - 160 + 1j * (row + 0.5 - 90)) / 160 * window
        source = correction.linear * point + correction.translation
        expected = (source.real + 1) / 2, 1 - (source.imag * 160 + 90) / 180
        found = red[row, column], green[row, column]
        assert found == pytest.approx(expected, abs=2e-3)  # the bend is not in `expected`


def test_motion_goes_out_and_in_again_and_is_rendered(
    out: Path, tmp_path: Path, small_clip: Path
) -> None:
    gfn("export", out, tmp_path, "--format", "trf")
    again = tmp_path / "again"
    gfn("import", tmp_path / "small.mp4.trf", small_clip, again)
    assert audited(again) == {"not-rendered"}
    done = gfn("resmooth", again, "--crop", "0.85", "--no-prefect", "--json")
    (outcome,) = json.loads(done)["outcomes"]
    assert outcome["executed"] == ["trajectory", "render", "report"]
    assert not audited(again) & {"not-rendered", "missing", "outdated"}
    assert (again / "small.mp4").exists()
    ours, theirs = (
        pd.read_parquet(folder / "gfn/motion/small.mp4.parquet") for folder in (out, again)
    )
    names = ["translation_x", "translation_y"]
    away_px = 160 * (ours[names] - theirs[names])
    assert np.abs(away_px.to_numpy()).max() < 0.3


def audited(archive: Path) -> set[str]:
    found = audit_archive(archive, AuditOrder(with_prefect=False), Audience(quiet=True)).findings
    return {finding.code for finding in found} - {"abandoned-lock"}


def test_what_is_there_is_not_replaced_unasked(out: Path, tmp_path: Path, small_clip: Path) -> None:
    mine = tmp_path / "small.mp4.csv"
    mine.write_text("my own")
    with pytest.raises(SettingsError, match="is there already"):
        export(Archive(out), Selection(), ExportFormat.CSV, tmp_path, force=False)
    assert mine.read_text() == "my own"
    with pytest.raises(SettingsError, match="store of an archive"):
        export(Archive(out), Selection(), ExportFormat.CSV, out / "gfn" / "motion", force=True)
    for words in (("preview", small_clip), ("compare", small_clip, small_clip)):
        for target in (mine, small_clip, tmp_path / "plain.txt"):
            result = CliRunner().invoke(app, [*map(str, words), str(target)])
            assert isinstance(result.exception, SettingsError)
        result = CliRunner().invoke(app, [*map(str, words), str(small_clip), "--force"])
        assert "is a source" in str(result.exception)


def test_motion_is_not_imported_over_another_video_of_that_name(
    out: Path, tmp_path: Path, other_clip: Path
) -> None:
    entry = (out / "gfn/clips/small.mp4.json").read_text()
    stranger, trf = tmp_path / "small.mp4", tmp_path / "stranger.trf"
    shutil.copyfile(other_clip, stranger)
    trf.write_text("VID.STAB 1\n")
    with pytest.raises(GfnError, match="in this archive already"):
        import_trf(trf, stranger, out)
    assert (out / "gfn/clips/small.mp4.json").read_text() == entry


def test_a_number_of_two_points_is_damage(tmp_path: Path) -> None:
    trf = tmp_path / "a.trf"
    trf.write_text("VID.STAB 1\nFrame 1 (List 1 [(LM 1.2.3 0 5 5 8 0.5 0.5)])\n")
    with pytest.raises(SourceError, match="lacks some of its 1 fields"):
        read_trf(trf)


def test_a_trf_of_another_video_is_refused(out: Path, tmp_path: Path, other_clip: Path) -> None:
    gfn("export", out, tmp_path, "--format", "trf")
    words = ["import", tmp_path / "small.mp4.trf", other_clip, tmp_path / "again"]
    command = [*GFN, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 2
    assert "45 frames, but" in done.stderr
    assert not (tmp_path / "again/gfn/motion").exists()
