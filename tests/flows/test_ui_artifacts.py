"""What Prefect's pages show of a run, whatever the clips are called."""

from pathlib import Path

from flows.outcome import Outcome, RunSummary
from flows.ui_artifacts import MOST_ROWS, escaped, run_markdown
from gfn_core.store.archive import Archive

HOSTILE = "[click](javascript:alert(1)) <b>*bold*</b> `code` | ![x](y).mp4"


def test_a_name_means_nothing_to_markdown() -> None:
    shown = escaped(HOSTILE)
    assert shown.replace("\\", "") == HOSTILE
    for sign in "[]()<>*`|!":
        assert shown.count(sign) == shown.count(f"\\{sign}")


def test_a_run_is_summed_up_with_its_failures(tmp_path: Path) -> None:
    outcomes = [Outcome("good.mp4", "done"), Outcome(HOSTILE, "failed", error=f"{HOSTILE}: bad")]
    text = run_markdown(Archive(tmp_path), RunSummary(tuple(outcomes), 12.34))
    assert "# 2 clips in 12.3 s" in text
    assert "1 done, 0 up to date, 1 failed" in text
    assert escaped(f"{HOSTILE}: bad") in text
    assert (tmp_path / "gfn" / "report" / "index.html").as_uri() in text


def test_a_thousand_failures_stay_readable(tmp_path: Path) -> None:
    outcomes = tuple(Outcome(f"{n}.mp4", "failed", error="bad") for n in range(1000))
    text = run_markdown(Archive(tmp_path), RunSummary(outcomes, 1.0))
    assert text.count("**failed**") == MOST_ROWS
