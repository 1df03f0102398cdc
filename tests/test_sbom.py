"""The bill of materials that lies in docs/ is that of constraints.txt."""

import json
from pathlib import Path

from tools.sbom import TARGET, canonical, expression, pinned, required_by

ROOT = Path(__file__).resolve().parent.parent


def test_it_lists_what_is_pinned() -> None:
    bill = json.loads(TARGET.read_text())
    listed = [(part["name"], part["version"]) for part in bill["components"]]
    assert listed == pinned(), "run python -m tools.sbom"
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert len(listed) == sum(line != "" and not line.startswith("#") for line in lines)


def test_each_package_has_one_name_and_a_licence() -> None:
    bill = json.loads(TARGET.read_text())
    urls = [part["purl"] for part in bill["components"]]
    assert len(set(urls)) == len(urls)
    licences = {part["name"]: part["licenses"][0]["expression"] for part in bill["components"]}
    assert "unknown" not in licences.values()
    assert licences["av"] == "BSD-3-Clause"
    assert licences["quadprog"] == "GPL-2.0-or-later"


def test_what_only_development_needs_is_told_apart() -> None:
    scopes = {p["name"]: p["scope"] for p in json.loads(TARGET.read_text())["components"]}
    assert [scopes[name] for name in ("pytest", "mypy", "quadprog")] == ["excluded"] * 3
    assert [scopes[name] for name in ("torch", "av", "numpy")] == ["required"] * 3
    assert canonical("Ruamel.Yaml_clib") == "ruamel-yaml-clib"


def test_needs_of_needs_are_found() -> None:
    from importlib.metadata import distribution

    assert "markdown-it-py" in required_by("rich")
    assert expression(distribution("rich")) == "MIT"
