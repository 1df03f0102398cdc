"""The command as a user meets it: options, exit codes, one line for every error."""

import json
import subprocess
import sys
from pathlib import Path

import av
import pytest

TRACKS = ("--estimator", "tracks")  # loads quickest, where the estimator does not matter
GFN = [sys.executable, "-c", "from flows.cli import main; main()"]


def gfn(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*GFN, *map(str, words)], capture_output=True, text=True, timeout=120, check=False
    )


def test_help_loads_nothing_heavy() -> None:
    check = (
        "import sys; import flows.cli; heavy = {'prefect', 'torch', 'cvxpy', 'cv2', 'pandas', "
        "'pyarrow', 'decord', 'av'} & set(sys.modules); sys.exit(', '.join(heavy) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nowhere", "out"), "nowhere: no such file"),
        ((".", "out", "--crop", "1.5"), "crop is 1.5; it can be 0.3 to 1"),
        ((".", "out", "--codec", "h266"), "codec 'h266'"),
        ((".", "out", "--slots", "-1"), "slots is -1"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path: Path, words, message: str) -> None:
    done = subprocess.run(
        [*GFN, "stabilize", *words], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith("gfn: ")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_folder_without_videos_says_so(tmp_path: Path) -> None:
    done = gfn("stabilize", tmp_path, tmp_path / "out")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "no videos found" in done.stderr


def test_a_dry_run_does_nothing(tmp_path: Path, small_clip: Path) -> None:
    done = gfn("stabilize", small_clip, tmp_path / "out", "--dry-run", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)[0]["missing"][0] == "probe"
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_good_and_bad_files_together(tmp_path: Path, small_clip: Path) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "good.mp4").write_bytes(small_clip.read_bytes())
    (source / "empty.mp4").touch()
    (source / "text.mp4").write_text("[b]not a video[/b]")
    before = {path.name: path.read_bytes() for path in source.iterdir()}
    done = gfn("stabilize", source, tmp_path / "out", "--no-prefect", "--json", *TRACKS)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    outcomes = {entry["video"]: entry for entry in json.loads(done.stdout)["outcomes"]}
    assert outcomes["good.mp4"]["status"] == "done"
    assert "empty" in outcomes["empty.mp4"]["error"]
    assert "no video but text" in outcomes["text.mp4"]["error"]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {"good.mp4", "gfn"}
    assert {path.name: path.read_bytes() for path in source.iterdir()} == before


@pytest.mark.slow
def test_a_file_that_was_cut_off_is_stabilized_and_reported(
    tmp_path: Path, small_clip: Path
) -> None:
    whole = tmp_path / "whole.mkv"
    with av.open(str(small_clip)) as source, av.open(str(whole), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = stream
                target.mux(packet)
    cut = tmp_path / "cut.mkv"
    content = whole.read_bytes()
    cut.write_bytes(content[: len(content) // 3])
    done = gfn("stabilize", cut, tmp_path / "out", "--no-prefect", "--json", *TRACKS)
    assert done.returncode == 0
    (outcome,) = json.loads(done.stdout)["outcomes"]
    assert outcome["status"] == "done"
    assert "damaged: only" in outcome["notes"][0]
    with av.open(str(tmp_path / "out" / "cut.mkv")) as output:
        assert 0 < sum(1 for _ in output.decode(video=0)) < 45
