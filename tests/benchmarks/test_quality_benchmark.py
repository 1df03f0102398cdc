from pathlib import Path

import imageio_ffmpeg
import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchmarks import quality
from benchmarks.quality_table import markdown
from benchmarks.stabilizers import (
    Deshake,
    Gfn,
    OpenCvAverage,
    PypiVidstab,
    Vidstab,
    stabilizer,
    window_reference,
)

ROWS = [
    {
        "clip": "a.mp4",
        "method": "vidstab-30",
        "error": "",
        "acceleration_px": 2.0,
        "jitter_px": 1.0,
    },
    {"clip": "a.mp4", "method": "gfn", "error": "", "acceleration_px": 1.0, "jitter_px": 2.0},
    {
        "clip": "b.mp4",
        "method": "vidstab-30",
        "error": "",
        "acceleration_px": 1.0,
        "jitter_px": 1.0,
    },
    {"clip": "b.mp4", "method": "gfn", "error": "", "acceleration_px": 2.0, "jitter_px": 8.0},
    {"clip": "c.mp4", "method": "gfn", "error": "it broke"},
]


def test_names_stand_for_methods():
    assert stabilizer("vidstab-10") == Vidstab(10)
    assert stabilizer("vidstab-30-gauss") == Vidstab(30, "gauss")
    assert stabilizer("gfn@vidstab-10") == Gfn("vidstab-10")
    names = "transcode deshake vidstab-30-gauss opencv-30 pypi-15 gfn gfn@vidstab-10"
    for name in names.split():
        assert stabilizer(name).name == name
    with pytest.raises(ValueError, match="no such method: magic"):
        stabilizer("magic")


def test_only_those_that_can_be_told_get_a_window():
    assert window_reference(Vidstab(30)) is None
    for cut in (Deshake(), OpenCvAverage(30), PypiVidstab(30)):
        assert window_reference(cut) == "vidstab-30"
    assert window_reference(Gfn("vidstab-10")) == "vidstab-10"


def test_ratios_are_geometric_means_over_shared_clips():
    others = {"local_jitter_px": 1.0, "nus_minimum": 0.5}
    table = pd.DataFrame([row | others | {"psnr_db": 30.0 + row["jitter_px"]} for row in ROWS[:-1]])
    table = pd.concat([table, pd.DataFrame(ROWS[-1:])])
    page = markdown(table)
    assert "| gfn | 2 | 1.000 | 2.000 | 4.000 | 1.000 | +0.000 | +4.000 |" in page
    assert "| gfn | it broke |" in page


@pytest.mark.slow
def test_peers_run_and_are_measured(tmp_path: Path):
    import subprocess

    clip = tmp_path / "clip.mp4"
    source = "testsrc2=size=320x180:rate=25:duration=1.2"
    sway = "crop=256:144:32+12*sin(n*0.7):18+8*cos(n*0.9)"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-f", "lavfi", "-i", source, "-vf", sway, clip]
    subprocess.run(command, check=True, capture_output=True)
    out = tmp_path / "out"
    methods = "transcode,vidstab-10,vidstab-30,deshake,opencv-30"
    assert quality.main([str(clip), "--out", str(out), "--methods", methods]) == 0
    table = pq.read_table(out / "quality.parquet")
    assert b"machine" in table.schema.metadata
    figures = table.to_pandas().set_index("method")
    assert (figures["stabilized_frames"] == 30).all()
    assert figures["cropping_ratio"]["transcode"] == pytest.approx(1, abs=2e-3)
    assert figures["acceleration_px"]["vidstab-30"] < figures["acceleration_px"]["transcode"]
    for cut in ("deshake", "opencv-30"):
        window = figures["cropping_ratio"]["vidstab-30"]
        assert figures["cropping_ratio"][cut] == pytest.approx(window, abs=0.02)
    assert (out / "quality.md").read_text().startswith("# Quality")
    assert (out / "quality.png").stat().st_size > 0
