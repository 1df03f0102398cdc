"""What a query prints for people."""

from pathlib import Path

import pytest

from flows.querying import answer

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
