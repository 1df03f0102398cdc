"""A stage's process may do its worst: its clip fails with a reason, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gfn_core.errors import DamagedVideo, StageCrashed, StageFailed, StageTimedOut
from tasks.supervisor import Progress, supervised


def add(a: int, b: int, *, progress: Progress) -> int:
    progress(1)
    return a + b


def die(number: int, *, progress: Progress) -> None:
    os.kill(os.getpid(), number)


def hang(note: Path, *, progress: Progress) -> None:
    grandchild = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    note.write_text(str(grandchild.pid))
    time.sleep(600)


def refuse(*, progress: Progress) -> None:
    raise DamagedVideo("clip.mp4: no frame can be decoded; it is left out")


def stumble(*, progress: Progress) -> None:
    raise KeyError("first\nsecond line")


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]
    except FileNotFoundError:
        return False


def test_the_result_and_the_progress_come_back() -> None:
    seen: list[int] = []
    answer = supervised(add, 2, 3, label="x", deadline_seconds=60, on_progress=seen.append)
    assert (answer, seen) == (5, [1])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_named(number: signal.Signals) -> None:
    with pytest.raises(StageCrashed, match=rf"clip\.mp4: motion: .*{number.name}"):
        supervised(die, int(number), label="clip.mp4: motion", deadline_seconds=60)


def test_a_hang_ends_at_its_deadline_with_all_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(StageTimedOut, match="deadline"):
        supervised(hang, note, label="clip.mp4", deadline_seconds=2)
    pid = int(note.read_text())
    deadline = time.monotonic() + 5
    while is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(pid)


def test_an_expected_error_keeps_its_type_and_text() -> None:
    with pytest.raises(DamagedVideo, match=r"clip\.mp4: no frame can be decoded"):
        supervised(refuse, label="x", deadline_seconds=60)


def test_a_bug_is_one_line_that_says_where() -> None:
    with pytest.raises(StageFailed, match=r"internal error: KeyError.*stumble") as caught:
        supervised(stumble, label="x", deadline_seconds=60)
    assert "\n" not in str(caught.value)
