"""A group of options is spread over the command line, and comes together again."""

from dataclasses import dataclass
from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from flows.option_group import with_option_groups


@dataclass(frozen=True)
class Size:
    width: Annotated[int, typer.Option(min=1, help="In px.")]
    name: str = "any"


SEEN: list[object] = []


@with_option_groups
def draw(paths: Annotated[list[str], typer.Argument()], size: Size, loud: bool = False) -> None:
    """Draw it."""
    SEEN.append((paths, size, loud))


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(draw)
    SEEN.clear()
    return made


def test_fields_are_options_and_the_command_gets_the_value(app: typer.Typer) -> None:
    words = ["a", "b", "--width", "3", "--loud"]
    assert CliRunner().invoke(app, words).exit_code == 0
    assert [(["a", "b"], Size(3), True)] == SEEN


@pytest.mark.parametrize("words", [["a"], ["a", "--width", "0"], ["a", "--size", "3"]])
def test_they_are_checked_as_any_others(app: typer.Typer, words: list[str]) -> None:
    assert CliRunner().invoke(app, words).exit_code == 2
    assert SEEN == []


def test_the_help_shows_them(app: typer.Typer) -> None:
    shown = CliRunner().invoke(app, ["--help"]).output
    assert "Draw it." in shown
    assert "In px." in shown
