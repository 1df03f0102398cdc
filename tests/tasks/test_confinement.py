"""What a confined process can still do, tried by a process of its own."""

import os
import resource
import signal
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gfn_core.errors import FileTrouble, GfnError, StageFailed, StageTimedOut
from tasks.confinement import confine, confinement_version
from tasks.memory_limit import LARGEST_SHARE, limit_memory, machine_bytes
from tasks.supervisor import Progress, supervised

needs_landlock = pytest.mark.skipif(not confinement_version(), reason="no Landlock here")


def confined(folder: Path, attempt: Callable[[Path], object], *, progress: Progress) -> str:
    """What became of an attempt within `folder`."""
    confine(folder)
    try:
        attempt(folder)
    except OSError as error:
        return type(error).__name__
    return "done"


def tried(folder: Path, attempt: Callable[[Path], object]) -> str:
    return supervised(confined, folder, attempt, label="x", deadline_seconds=60)


def write_inside(folder: Path) -> None:
    (folder / "a" / "b").mkdir(parents=True)
    (folder / "a" / "new").write_text("new")
    (folder / "a" / "new").replace(folder / "a" / "b" / "moved")
    subprocess.run(["/bin/sh", "-c", f"echo x > /dev/null; cp '{__file__}' '{folder}'"], check=True)


def write_outside(folder: Path) -> None:
    (folder.parent / "new").write_text("new")


def change_outside(folder: Path) -> None:
    with (folder.parent / "source.mp4").open("r+") as file:
        file.write("changed")


def truncate_outside(folder: Path) -> None:
    os.truncate(folder.parent / "source.mp4", 0)


def remove_outside(folder: Path) -> None:
    (folder.parent / "source.mp4").unlink()


def move_in(folder: Path) -> None:
    (folder.parent / "source.mp4").replace(folder / "source.mp4")


def through_a_link(folder: Path) -> None:
    (folder / "link.mp4").write_text("changed")


def through_a_child(folder: Path) -> None:
    done = subprocess.run(["/bin/sh", "-c", f"echo x > '{folder.parent}/new'"], check=False)
    if done.returncode:
        raise PermissionError


def call_the_network(folder: Path) -> None:
    socket.create_connection(("127.0.0.1", int((folder.parent / "port").read_text())))


def signal_others(folder: Path) -> None:
    os.kill(int((folder.parent / "pid").read_text()), signal.SIGUSR1)


@needs_landlock
def test_out_stays_open(tmp_path: Path) -> None:
    assert tried(tmp_path, write_inside) == "done"


@needs_landlock
@pytest.mark.parametrize(
    "attempt",
    [
        write_outside,
        change_outside,
        truncate_outside,
        remove_outside,
        move_in,
        through_a_link,
        through_a_child,
    ],
)
def test_all_else_is_closed(tmp_path: Path, attempt: Callable[[Path], object]) -> None:
    out, source = tmp_path / "out", tmp_path / "source.mp4"
    out.mkdir()
    source.write_text("as filmed")
    (out / "link.mp4").symlink_to(source)
    assert tried(out, attempt) == "PermissionError"
    assert source.read_text() == "as filmed"
    assert {path.name for path in tmp_path.iterdir()} == {"out", "source.mp4"}


@pytest.mark.skipif(confinement_version() < 4, reason="Landlock here knows no network")
def test_no_connection_leaves(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        (tmp_path / "port").write_text(str(server.getsockname()[1]))
        assert tried(out, call_the_network) == "PermissionError"
        call_the_network(out)  # from here it can be done


@pytest.mark.skipif(confinement_version() < 6, reason="Landlock here knows no signals")
def test_nobody_outside_is_signalled(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with subprocess.Popen(["sleep", "60"]) as other:
        (tmp_path / "pid").write_text(str(other.pid))
        assert tried(out, signal_others) == "PermissionError"
        assert other.poll() is None
        other.kill()


def swell(*, progress: Progress) -> int:
    limit_memory()
    soft, _ = resource.getrlimit(resource.RLIMIT_DATA)
    bytearray(soft)
    return soft


def test_memory_beyond_the_share_is_refused_in_words() -> None:
    with pytest.raises(StageFailed, match=r"^clip\.mp4: probe: ran out of memory$"):
        supervised(swell, label="clip.mp4: probe", deadline_seconds=60)
    assert 0 < LARGEST_SHARE * machine_bytes() < machine_bytes()


def refuse(number: int, *, progress: Progress) -> None:
    raise OSError(number, os.strerror(number), "OUT/a.mp4")


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (28, "No space left on device; free some space and run again"),
        (30, "Read-only file system; make it writable and run again"),
        (122, "Disk quota exceeded; free some of your quota and run again"),
        (13, "Permission denied; check its permissions and run again"),
        (5, "Input/output error; check the disk and run again"),
    ],
)
def test_what_the_system_says_becomes_one_line(number: int, text: str) -> None:
    with pytest.raises(FileTrouble) as caught:
        supervised(refuse, number, label="a.mp4: render", deadline_seconds=60)
    assert str(caught.value) == f"a.mp4: render: OUT/a.mp4: {text}"
    assert isinstance(caught.value, GfnError)


def say_little(seconds: float, *, progress: Progress) -> str:
    import time

    for count in range(6):
        time.sleep(seconds)
        progress(count)
    return "done"


def test_progress_keeps_a_stage_alive_and_silence_ends_it() -> None:
    options = {"label": "x", "deadline_seconds": 60, "silence_seconds": 2.0}
    assert supervised(say_little, 0.5, **options) == "done"
    with pytest.raises(StageTimedOut, match="2 s without progress"):
        supervised(say_little, 30.0, **options)
