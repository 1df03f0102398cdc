"""The way into the command."""

import sys
from types import ModuleType

import pytest

from flows import command


class Interrupted(ModuleType):
    """A module that is being imported when the user presses Ctrl-C."""

    def __getattr__(self, name: str) -> object:
        raise KeyboardInterrupt


def test_an_interrupt_while_importing_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "flows.cli", Interrupted("flows.cli"))
    with pytest.raises(SystemExit) as left:
        command.main()
    assert left.value.code == 130
