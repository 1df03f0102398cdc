"""Which files are taken, and under which names they come out."""

import ctypes
import subprocess
import sys
from pathlib import Path

import pytest

from flows.discovery import find_videos
from gfn_core.errors import SettingsError


def touch(*paths: Path) -> None:
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def names(sources: list[Path], out: Path) -> list[str]:
    return [item.video for item in find_videos(sources, out)]


def test_a_folder_is_searched_and_its_tree_kept(tmp_path: Path) -> None:
    root = tmp_path / "in"
    touch(root / "b.MP4", root / "sub" / "deep" / "a.mov", root / "notes.txt", root / ".hidden.mp4")
    assert names([root], tmp_path / "out") == ["b.MP4", "sub/deep/a.mov"]


def test_a_named_file_is_taken_whatever_its_name(tmp_path: Path) -> None:
    touch(tmp_path / "clip.unknown")
    assert names([tmp_path / "clip.unknown"], tmp_path / "out") == ["clip.unknown"]


def test_out_inside_the_source_is_left_alone(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4", tmp_path / "out" / "a.mp4")
    assert names([tmp_path], tmp_path / "out") == ["a.mp4"]


def test_another_archive_inside_the_source_is_passed_over(tmp_path: Path) -> None:
    for name in ("in/a.mp4", "in/steady/a.mp4", "in/steady/gfn/clips/a.mp4.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = find_videos([tmp_path / "in"], tmp_path / "out")
    assert [item.video for item in found] == ["a.mp4"]


def test_several_folders_keep_apart(tmp_path: Path) -> None:
    touch(tmp_path / "x" / "a.mp4", tmp_path / "y" / "a.mp4")
    assert names([tmp_path / "x", tmp_path / "y"], tmp_path / "out") == ["x/a.mp4", "y/a.mp4"]


def test_two_sources_of_one_name_are_refused(tmp_path: Path) -> None:
    touch(tmp_path / "x" / "a.mp4", tmp_path / "y" / "a.mp4")
    with pytest.raises(SettingsError, match=r"both be written as a\.mp4"):
        find_videos([tmp_path / "x" / "a.mp4", tmp_path / "y" / "a.mp4"], tmp_path / "out")


def test_a_missing_source_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="nowhere: no such file"):
        find_videos([tmp_path / "nowhere"], tmp_path / "out")


def test_links_between_folders_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "in"
    touch(root / "a.mp4")
    (root / "loop").symlink_to(root)
    assert names([root], tmp_path / "out") == ["a.mp4"]


def test_a_folder_named_like_the_store_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "gfn" / "a.mp4")
    with pytest.raises(SettingsError, match="mix with the store"):
        find_videos([tmp_path / "in"], tmp_path / "out")


def test_out_that_is_the_source_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "a.mp4")
    (tmp_path / "link").symlink_to(tmp_path / "in")
    for out in (tmp_path / "in", tmp_path / "in" / ".." / "in", tmp_path / "link"):
        with pytest.raises(SettingsError, match="is SOURCE and OUT"):
            find_videos([tmp_path / "in"], out)


def test_a_source_in_the_place_of_its_output_is_refused(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.mp4").symlink_to(tmp_path / "a.mp4")
    for source in (tmp_path / "a.mp4", tmp_path / "elsewhere" / "a.mp4"):
        with pytest.raises(SettingsError, match="is a source and would be written over"):
            find_videos([source], tmp_path)


def test_two_sources_of_one_output_are_refused(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "a.avi", tmp_path / "in" / "a.avi.mkv")
    with pytest.raises(SettingsError, match=r"both be written as a\.avi\.mkv"):
        find_videos([tmp_path / "in"], tmp_path / "out")


def test_a_folder_and_a_file_in_it_are_one_video(tmp_path: Path) -> None:
    touch(tmp_path / "a.mp4")
    assert names([tmp_path, tmp_path / "a.mp4"], tmp_path / "out") == ["a.mp4"]


def test_loops_of_links_are_found_and_passed_on(tmp_path: Path) -> None:
    """The file's own run says that it is not there; the others go on."""
    root = tmp_path / "in"
    touch(root / "a.mp4")
    (root / "self.mp4").symlink_to(root / "self.mp4")
    (root / "one").symlink_to(root / "two")
    (root / "two").symlink_to(root / "one")
    assert names([root], tmp_path / "out") == ["a.mp4", "self.mp4"]


@pytest.mark.parametrize("out", ["notes.txt", "new.mp4"])
def test_out_is_a_folder(tmp_path: Path, out: str) -> None:
    touch(tmp_path / "a.mp4", tmp_path / "notes.txt")
    with pytest.raises(SettingsError, match="the last path is OUT, a folder"):
        find_videos([tmp_path / "a.mp4"], tmp_path / out)


def test_a_folder_named_like_a_video_is_searched(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "folder.mp4" / "a.mp4")
    assert names([tmp_path / "in"], tmp_path / "out") == ["folder.mp4/a.mp4"]


@pytest.mark.parametrize("folder", ["lost+found", "$RECYCLE.BIN"])
def test_what_was_thrown_away_stays_there(tmp_path: Path, folder: str) -> None:
    touch(tmp_path / "in" / folder / "old.mp4", tmp_path / "in" / "a.mp4")
    assert names([tmp_path / "in"], tmp_path / "out") == ["a.mp4"]


OVERRIDE_PERMISSIONS = (1, 2)  # capabilities of root, and how to give them up: linux/prctl.h
DROP_FROM_BOUNDING_SET = 24


def give_up_privileges() -> None:
    for capability in OVERRIDE_PERMISSIONS:
        ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


def test_a_folder_that_cannot_be_read_is_named_and_not_left_out_in_silence(tmp_path: Path) -> None:
    touch(tmp_path / "in" / "a.mp4", tmp_path / "in" / "private" / "b.mp4")
    (tmp_path / "in" / "private").chmod(0)
    code = (
        "import sys; from pathlib import Path; from flows.discovery import find_videos\n"
        "print([item.video for item in find_videos([Path(sys.argv[1])], Path('out'))])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "in"],
        capture_output=True,
        text=True,
        check=True,
        preexec_fn=give_up_privileges,
    )
    (tmp_path / "in" / "private").chmod(0o700)
    assert done.stdout.strip() == "['a.mp4', 'private']"
