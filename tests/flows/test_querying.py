"""What a query prints for people."""

from pathlib import Path

import pytest

from flows.querying import answer
from gfn_core.errors import SettingsError

NAME = "holiday/2019/a walk along the river with everyone.mp4"


def test_what_is_too_long_for_the_terminal_is_folded_and_not_cut(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gfn" / "clips").mkdir(parents=True)
    monkeypatch.setenv("COLUMNS", "40")
    answer(tmp_path, f"select '{NAME}' as video, 1.5 as seconds", as_json=False, as_csv=False)
    printed = capsys.readouterr().out
    assert max(map(len, printed.splitlines())) <= 40
    first_column = "".join(line[:30] for line in printed.splitlines()[1:])
    assert NAME.replace(" ", "") in first_column.replace(" ", "")


def test_what_is_far_too_wide_is_printed_a_line_a_column(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gfn" / "clips").mkdir(parents=True)
    monkeypatch.setenv("COLUMNS", "40")
    columns = ", ".join(f"{number} as column_{number}" for number in range(20))
    answer(tmp_path, f"select {columns}, null as nothing", as_json=False, as_csv=False)
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines == [[f"column_{number}", str(number)] for number in range(20)]


def test_what_csv_cannot_hold_is_said(tmp_path: Path) -> None:
    (tmp_path / "gfn" / "clips").mkdir(parents=True)
    with pytest.raises(SettingsError, match="not to be written as CSV"):
        answer(tmp_path, "select interval 1 day as span", as_json=False, as_csv=True)
