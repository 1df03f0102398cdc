"""Watching a folder: a file goes in once nobody writes to it any more."""

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flows.discovery import FoundVideo
from flows.watching import Settling

GFN = [sys.executable, "-c", "from flows.cli import main; main()"]


def test_a_file_settles_and_goes_in_once(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    found = [FoundVideo(path, "a.mp4")]
    settling = Settling(10.0)
    path.write_bytes(b"1")
    assert settling.settled(found, 0.0) == []
    assert settling.settled(found, 9.9) == []
    assert settling.settled(found, 10.0) == found
    assert settling.settled(found, 11.0) == found  # as long as it has not gone in
    settling.take(found)
    assert settling.has_taken(found)
    assert settling.settled(found, 99.0) == []


def test_a_file_that_grows_waits_from_its_last_growth(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    found = [FoundVideo(path, "a.mp4")]
    settling = Settling(10.0)
    for second in range(0, 40, 8):
        path.write_bytes(bytes(second + 1))
        assert settling.settled(found, float(second)) == []
    assert settling.settled(found, 41.9) == []
    assert settling.settled(found, 42.0) == found


def test_a_file_that_is_replaced_goes_in_again(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    found = [FoundVideo(path, "a.mp4")]
    settling = Settling(0.0)
    path.write_bytes(b"1")
    assert settling.settled(found, 0.0) == found
    settling.take(found)
    path.write_bytes(b"22")
    assert not settling.has_taken(found)
    assert settling.settled(found, 1.0) == found


def test_a_file_that_vanishes_is_no_matter(tmp_path: Path) -> None:
    found = [FoundVideo(tmp_path / "a.mp4", "a.mp4")]
    assert Settling(0.0).settled(found, 0.0) == []


@pytest.mark.slow
def test_a_file_that_is_copied_slowly_is_taken_whole(tmp_path: Path, small_clip: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    content = small_clip.read_bytes()
    shutil.copyfile(small_clip, source / "first.mp4")

    def copy_slowly() -> None:
        with (source / "late.mp4").open("wb") as file:
            for part in range(8):
                file.write(content[part * len(content) // 8 : (part + 1) * len(content) // 8])
                file.flush()
                time.sleep(1.0)

    copier = threading.Thread(target=copy_slowly)
    copier.start()
    done = subprocess.run(
        [
            *(*GFN, "watch", str(source), str(out), "--settle", "3", "--every", "0.5", "--once"),
            *("--no-prefect", "--estimator", "tracks"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    copier.join()
    assert done.returncode == 0, done.stderr
    assert {path.name for path in out.glob("*.mp4")} == {"first.mp4", "late.mp4"}
    assert "damaged" not in done.stdout
