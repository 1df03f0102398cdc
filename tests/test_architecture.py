"""The direction of imports: flows -> tasks -> gfn_core, never upward."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FORBIDDEN = {
    "gfn_core": {"tasks", "flows", "prefect", "typer", "rich"},
    "gfn_core/smoothing": {"torch", "cv2", "av", "decord", "pandas", "pyarrow"},
    "gfn_core/motion": {"av", "decord", "pyarrow", "pandas"},
    "gfn_core/store": {"torch", "decord", "av"},
    "tasks": {"flows", "typer", "rich"},
}
TORCH_EDGE = (
    "gfn_core/store/weights.py"  # reads weights into networks; no stage of smoothing needs it
)
STAGES = ("probe", "motion", "smooth", "render", "activity", "report")


def imported_modules(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("package", FORBIDDEN)
def test_no_package_imports_what_lies_above_it(package: str) -> None:
    files = list((ROOT / package).rglob("*.py"))
    assert files
    for path in files:
        roots = {name.split(".")[0] for name in imported_modules(path)}
        if path.relative_to(ROOT).as_posix() == TORCH_EDGE:
            roots -= {"torch"}
        assert not roots & FORBIDDEN[package], f"{path.relative_to(ROOT)} imports upward"


@pytest.mark.parametrize("stage", STAGES)
def test_no_task_imports_another_task(stage: str) -> None:
    others = {f"tasks.{other}" for other in STAGES if other != stage}
    assert not imported_modules(ROOT / "tasks" / f"{stage}.py") & others


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        path.relative_to(ROOT).as_posix()
        for package in ("gfn_core", "tasks", "flows")
        for path in (ROOT / package).rglob("*.py")
        if any(word in path.read_text() for word in ("getenv(", "os.environ["))
        or "os.environ.get" in path.read_text()
    ]
    assert readers == ["flows/settings.py"]


@pytest.mark.parametrize("module", ["tasks.smooth", "tasks.render", "flows.run"])
@pytest.mark.parametrize("package", ["torch", "prefect"])
def test_stages_load_neither_torch_nor_prefect(module: str, package: str) -> None:
    check = f"import sys, {module}; sys.exit({package!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=False).returncode == 0
