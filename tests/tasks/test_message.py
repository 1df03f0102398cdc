"""Messages of children: plain values, our errors and findings, and nothing that runs code."""

import os
import pickle
from pathlib import Path

import pytest

from gfn_core.audit.finding import Finding
from gfn_core.errors import FileTrouble, StageCrashed
from tasks.message import packed, unpacked
from tasks.supervisor import Progress, supervised


class Order:
    """Unpickled, it runs a command."""

    def __init__(self, command: str) -> None:
        self.command = command

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (self.command,)


def send_an_order(path: Path, *, progress: Progress) -> object:
    return Order(f"touch '{path}'")


@pytest.mark.parametrize(
    "value",
    [None, 7, ("left out: chapters", "é"), [Finding("altered", "a.mp4", "said", "b.parquet")]],
)
def test_what_stages_send_comes_back(value: object) -> None:
    assert unpacked(packed("result", value)) == ("result", value)


def test_errors_keep_type_and_text() -> None:
    error = FileTrouble.of(OSError(28, "No space left on device", "/x"), "a.mp4: render")
    kind, read = unpacked(packed("error", error))
    assert (kind, type(read), str(read)) == ("error", FileTrouble, str(error))


@pytest.mark.parametrize(
    "value", [os.system, Path("x"), Order("true")], ids=["function", "path", "order"]
)
def test_nothing_else_is_read(value: object) -> None:
    with pytest.raises(pickle.UnpicklingError):
        unpacked(packed("result", value))


@pytest.mark.parametrize(
    "data", [b"", b"\x80", pickle.dumps(5), pickle.dumps(("error", ("Path", "x")))]
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(pickle.UnpicklingError):
        unpacked(data)


def test_an_order_of_a_child_is_not_obeyed(tmp_path: Path) -> None:
    note = tmp_path / "note"
    with pytest.raises(StageCrashed, match=r"a\.mp4: render: .*posix\.system"):
        supervised(send_an_order, note, label="a.mp4: render", deadline_seconds=60)
    assert not note.exists()
