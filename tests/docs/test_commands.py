"""Commands of the README and of docs/: those in blocks are run as they stand, of the rest the
options are looked up.

They are run by a shell whose home holds two clips in ~/videos, and the archive ~/steady of them.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from runpy import run_module

import pytest
from typer.main import get_command

from flows.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
SETS_UP = "python3 bootstrap.py "  # what follows is run in the environment that is there already
MODULE = "python -m benchmarks."
TIMED_OUT_BY_CTRL_C = "timeout --preserve-status --signal=INT 6 "
NOT_RUN = ("pytest", "gfn stabilize s3://")  # is this very run; needs a server of buckets


def commands_in_blocks() -> list[str]:
    """Lines of indented blocks that start a program of ours."""
    lines = [line for page in PAGES for line in page.read_text().splitlines()]
    shown = [line[4:].removeprefix(SETS_UP) for line in lines if line.startswith("    ")]
    ours = [line for line in shown if line.startswith(("gfn ", "pytest", MODULE))]
    return list(dict.fromkeys(re.sub(r"\s+# .*", "", line) for line in ours))


def commands_in_text() -> list[str]:
    """What stands between backticks and starts a program of ours."""
    quoted = [" ".join(found.split()) for page in PAGES for found in _quoted(page.read_text())]
    return list(dict.fromkeys(line for line in quoted if line.startswith(("gfn ", MODULE))))


def _quoted(text: str) -> list[str]:
    return re.findall(r"(?<!`)`([^`]+)`(?!`)", text)


RUN = [line for line in commands_in_blocks() if not line.startswith((MODULE, *NOT_RUN))]
PARSED = [line for line in [*commands_in_blocks(), *commands_in_text()] if line not in RUN]


@pytest.fixture(scope="module")
def home(
    tmp_path_factory: pytest.TempPathFactory, small_clip: Path, other_clip: Path
) -> Iterator[Path]:
    """A home with two videos; the server that its commands started ends with it."""
    folder = tmp_path_factory.mktemp("home")
    for name, clip in (("beach.mp4", small_clip), ("wedding/dance.mp4", other_clip)):
        video = folder / "videos" / name
        video.parent.mkdir(parents=True, exist_ok=True)
        video.write_bytes(clip.read_bytes())
    (folder / "incoming").mkdir()
    assert shell("gfn stabilize ~/videos ~/steady --quiet", folder).returncode == 0
    yield folder
    shell("gfn server stop", folder)


def shell(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    places = [str(Path(sys.executable).parent), os.environ["PATH"]]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return subprocess.run(
        ["bash", "-c", line],
        cwd=home,
        env=kept | {"HOME": str(home), "PATH": os.pathsep.join(places)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("line", RUN)
def test_it_runs(home: Path, line: str) -> None:
    expected = {0}
    if line.startswith("gfn watch"):
        line, expected = TIMED_OUT_BY_CTRL_C + line, {130}
    if "--deadline" in line:
        expected = {0, 4}  # at six in the morning there is no time left
    done = shell(line, home)
    assert done.returncode in expected, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.filterwarnings("ignore:.*found in sys.modules:RuntimeWarning")  # runs modules again
@pytest.mark.parametrize("line", PARSED)
def test_it_can_be_said(line: str, monkeypatch, capsys) -> None:
    words = shlex.split(line.replace("...", " "))
    options = {word.split("=")[0] for word in words if word.startswith("--")}
    if line.startswith(MODULE):
        monkeypatch.setattr(sys, "argv", [words[2], "--help"])
        with pytest.raises(SystemExit, match="0"):
            run_module(words[2], run_name="__main__")
        assert options <= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    elif words[0] == "gfn":
        assert options <= options_of(words[1:])


def options_of(words: list[str]) -> set[str]:
    """Options of the command that `words` name."""
    command = get_command(app)
    while subcommands := getattr(command, "commands", None):
        if not words or words[0].startswith("--"):
            break
        assert words[0] in subcommands, f"no command {words[0]}"
        command, words = subcommands[words[0]], words[1:]
    named = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
    return named | {"--help"}


def test_there_are_commands_to_look_at() -> None:
    assert len(RUN) > 15
    assert any(line.startswith("gfn evaluate video") for line in PARSED)
