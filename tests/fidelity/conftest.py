"""All cells of a test run go through the command together, as an archive would."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fidelity.cells import Cell
from tests.fidelity.facts import FileFacts, facts
from tests.fidelity.formats_page import Results, formats_page

GFN = (sys.executable, "-c", "from flows.cli import main; main()", "stabilize")
PLAINLY = ("--no-prefect", "--estimator", "tracks", "--slots", "2", "--json", "--quiet")
LEFT_OUT = "left out: "
PASSED = pytest.StashKey[Results]()
CACHED = "fidelity/passed"  # with what earlier runs found


@dataclass(frozen=True)
class Passage:
    """What went in, and what became of it."""

    source: Path
    output: Path
    notes: tuple[str, ...]
    error: str

    @property
    def lost(self) -> tuple[str, ...]:
        return tuple(n.removeprefix(LEFT_OUT) for n in self.notes if n.startswith(LEFT_OUT))

    @property
    def before(self) -> FileFacts:
        return facts(self.source)

    @property
    def after(self) -> FileFacts:
        return facts(self.output)


@pytest.fixture(scope="session")
def passages(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> dict[Cell, Passage]:
    """Every cell that this test run asks for, stabilized: one run for each set of options."""
    wanted = dict.fromkeys(
        item.callspec.params["cell"]
        for item in request.session.items
        if "cell" in getattr(getattr(item, "callspec", None), "params", {})
    )
    found: dict[Cell, Passage] = {}
    for options in dict.fromkeys(cell.command for cell in wanted):
        cells = [cell for cell in wanted if cell.command == options]
        found |= _stabilized(cells, options, tmp_path_factory.mktemp("archive"))
    return found


def _stabilized(cells: list[Cell], options: str, folder: Path) -> dict[Cell, Passage]:
    sources, out = {cell: cell.make(folder) for cell in cells}, folder / "out"
    command = [*GFN, str(folder), str(out), *PLAINLY, *options.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    outcomes = {item["video"]: item for item in json.loads(done.stdout)["outcomes"]}
    return {
        cell: Passage(path, out / outcome["output"], tuple(outcome["notes"]), outcome["error"])
        for cell, path in sources.items()
        for outcome in [outcomes[cell.file]]
    }


@pytest.fixture
def passage(cell: Cell, passages: dict[Cell, Passage]) -> Passage:
    """The cell's own way through the stages, which ended well."""
    found = passages[cell]
    assert not found.error
    return found


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--write-formats", metavar="PATH", help="write the table of formats to PATH")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    cell = item.callspec.params.get("cell") if hasattr(item, "callspec") else None
    if isinstance(cell, Cell) and (report.when == "call" or report.failed):
        passed = item.config.stash.setdefault(PASSED, {}).setdefault(cell.key, {})
        passed[item.originalname] = not report.failed
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    if path := session.config.getoption("--write-formats", None):
        passed = session.config.cache.get(CACHED, {}) | session.config.stash.get(PASSED, {})
        session.config.cache.set(CACHED, passed)
        Path(path).write_text(formats_page(passed))
