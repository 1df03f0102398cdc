"""A stage's process may do its worst: its clip fails with a reason, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
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


def multiply(*, progress: Progress) -> int:
    square = np.ones((1000, 1000))
    square @ square
    return len(list(Path("/proc/self/task").iterdir()))


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


@pytest.mark.skipif(os.cpu_count() == 1, reason="one core, one thread")
def test_sums_use_one_core_of_those_that_stages_share() -> None:
    run = "print(supervised(multiply, label='x', deadline_seconds=60))"
    lines = ["from tasks.supervisor import supervised", f"from {__name__} import multiply", run]
    environment = {k: v for k, v in os.environ.items() if k != "OMP_NUM_THREADS"}
    command = [sys.executable, "-c", "; ".join(lines)]
    assert subprocess.check_output(command, env=environment, text=True).strip() == "1"


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_crash_is_named(number: signal.Signals) -> None:
    with pytest.raises(StageCrashed, match=rf"clip\.mp4: motion: .*{number.name}"):
        supervised(die, int(number), label="clip.mp4: motion", deadline_seconds=60)


def test_a_hang_ends_at_its_deadline_with_all_it_started(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    with pytest.raises(StageTimedOut, match="deadline"):
        supervised(hang, note, label="clip.mp4", deadline_seconds=2)
    pid = int(note.read_text())
    assert eventually(lambda: not is_alive(pid), 5)


def test_an_expected_error_keeps_its_type_and_text() -> None:
    with pytest.raises(DamagedVideo, match=r"clip\.mp4: no frame can be decoded"):
        supervised(refuse, label="x", deadline_seconds=60)


def test_a_bug_is_one_line_that_says_where() -> None:
    with pytest.raises(StageFailed, match=r"internal error: KeyError.*stumble") as caught:
        supervised(stumble, label="x", deadline_seconds=60)
    assert "\n" not in str(caught.value)


VICTIM = """
import sys, time
from gfn_core.media.child_process import Child
from tasks.supervisor import start_early, supervised

def hang(note, *, progress):
    encoder = Child(["sleep", "600"])
    note.write_text(str(encoder.pid))
    time.sleep(600)

if __name__ == "__main__":
    from pathlib import Path
    start_early([])
    supervised(hang, Path(sys.argv[1]), label="x", deadline_seconds=600)
"""


def children(process: int) -> list[int]:
    listed = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for thread in listed for child in thread.read_text().split()]


def descendants(process: int) -> list[int]:
    return [one for child in children(process) for one in (child, *descendants(child))]


def eventually(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("victim", ["the run", "the fork server"])
def test_no_process_outlives_its_parent(
    tmp_path: Path, number: signal.Signals, victim: str
) -> None:
    """Nor one that hangs, and so never notices that nobody listens."""
    script, note = tmp_path / "victim.py", tmp_path / "pid"
    script.write_text(VICTIM)
    run = subprocess.Popen([sys.executable, script, note], stderr=subprocess.DEVNULL)
    try:
        assert eventually(lambda: note.exists() and bool(note.read_text()), 60)
        family = descendants(run.pid)
        server = next(child for child in children(run.pid) if children(child))
        assert int(note.read_text()) in family
        os.kill(run.pid if victim == "the run" else server, number)
        assert eventually(lambda: not any(is_alive(member) for member in family), 5)
    finally:
        run.kill()
        run.wait()
