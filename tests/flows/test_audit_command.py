"""`gfn audit` as a user meets it."""

import subprocess
import sys
from pathlib import Path

import pytest

GFN = [sys.executable, "-c", "from flows.cli import main; main()", "audit"]


@pytest.mark.parametrize(
    ("words", "message"),
    [((), "not an archive of gfn"), (("--yes",), "--yes goes with --gc")],
)
def test_a_mistake_is_told_with_exit_code_2(
    tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    done = subprocess.run(
        [*GFN, str(tmp_path), *words], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())
