"""What lies in deployments/ fits together: names, entry points, parameters, templates."""

import importlib
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENTS = ROOT / "deployments"
POOLS = sorted((DEPLOYMENTS / "work-pools").glob("*.json"))
MANIFESTS = sorted((DEPLOYMENTS / "kubernetes").glob("*.yaml"))


def deployments() -> dict[str, dict[str, Any]]:
    content = yaml.safe_load((DEPLOYMENTS / "prefect.yaml").read_text())
    return {one["name"]: one for one in content["deployments"]}


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_there_are_five_and_two_have_schedules() -> None:
    assert set(deployments()) == {"archive-nightly", "archive-now", "resmooth", "audit", "train"}
    scheduled = {name for name, one in deployments().items() if one.get("schedules")}
    assert scheduled == {"archive-nightly", "audit"}


@pytest.mark.parametrize("name", deployments())
def test_parameters_are_what_the_flow_takes(name: str) -> None:
    module, _, flow_name = deployments()[name]["entrypoint"].rpartition(".")
    flow = getattr(importlib.import_module(module), flow_name)
    given = json.loads(json.dumps(deployments()[name]["parameters"]).replace("{{ $GFN", "/{{ $GFN"))
    flow.validate_parameters(given)


@pytest.mark.parametrize("path", POOLS, ids=lambda path: path.stem)
def test_a_template_names_no_variable_that_it_lacks(path: Path) -> None:
    template = json.loads(path.read_text())
    used = set(re.findall(r"\{\{ (\w+) \}\}", " ".join(strings(template["job_configuration"]))))
    assert used <= set(template["variables"]["properties"])
    env = template["variables"]["properties"]["env"]["default"]
    assert env["DO_NOT_TRACK"] == "1"
    assert int(env["PREFECT_FLOWS_HEARTBEAT_FREQUENCY"]) >= 30, "Prefect takes no less"


def test_only_gpu_pools_ask_for_a_gpu() -> None:
    asking = {path.stem for path in POOLS if "nvidia" in path.read_text().lower()}
    assert asking == {"docker-gpu", "kubernetes-gpu"}


def test_a_zombie_has_missed_at_least_three_heartbeats() -> None:
    automation = yaml.safe_load((DEPLOYMENTS / "zombies.yaml").read_text())
    assert automation["trigger"]["within"] >= 3 * 30


@pytest.mark.parametrize("path", MANIFESTS, ids=lambda path: path.stem)
def test_manifests_name_what_they_make(path: Path) -> None:
    for item in yaml.safe_load_all(path.read_text()):
        assert {"apiVersion", "kind", "metadata"} <= set(item)
        spec = item.get("spec", {})
        if "selector" in spec and "template" in spec:
            labels = spec["template"]["metadata"]["labels"]
            assert spec["selector"]["matchLabels"].items() <= labels.items()


def test_the_jobs_mount_the_claims_that_there_are() -> None:
    made = {
        item["metadata"]["name"]
        for path in MANIFESTS
        for item in yaml.safe_load_all(path.read_text())
        if item["kind"] == "PersistentVolumeClaim"
    }
    for path in POOLS:
        variables = json.loads(path.read_text())["variables"]["properties"]
        for name in ("videos_claim", "archive_claim"):
            if name in variables:
                assert variables[name]["default"] in made


def test_no_service_is_published_beyond_this_machine() -> None:
    services = yaml.safe_load((DEPLOYMENTS / "containers" / "compose.yaml").read_text())["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
    for unit in (DEPLOYMENTS / "systemd").glob("*.service"):
        assert "0.0.0.0" not in unit.read_text()


@pytest.mark.skipif(not shutil.which("sh"), reason="needs a shell")
def test_setup_is_posix_shell_and_says_what_it_misses() -> None:
    script = DEPLOYMENTS / "setup.sh"
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    done = subprocess.run(
        ["sh", script], env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "GFN_SOURCE" in done.stderr
