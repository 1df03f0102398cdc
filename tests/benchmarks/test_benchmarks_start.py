"""Every benchmark can be started; those that take minutes are not run here."""

from importlib import import_module
from pathlib import Path

import pytest

import benchmarks

MODULES = sorted(path.stem for path in Path(benchmarks.__path__[0]).glob("[!_]*.py"))


@pytest.mark.parametrize("name", MODULES)
def test_its_imports_are_there(name: str) -> None:
    import_module(f"benchmarks.{name}")
