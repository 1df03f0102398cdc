"""Slots of a shared GPU: no more holders than slots, none for stages on the CPU. Needs no GPU."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import tasks.gpu_slot
from gfn_core.device_name import DeviceName
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from gfn_core.store.keys import Stage
from tasks.clip import MOTION, PROBE, RENDER, REPORT, TRAJECTORY, Clip
from tasks.gpu_slot import gpu_slot
from tests.deployments.fleet import Fleet, wait_for


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """A clip whose network runs on the CPU."""
    source = tmp_path / "a.mp4"
    settings = StabilizeSettings()
    return Clip(
        Archive(tmp_path), source, "a.mp4", settings, device=DeviceName.CPU, gpu_limit="gpu"
    )


@pytest.mark.parametrize("stage", [PROBE, TRAJECTORY, RENDER, REPORT])
def test_stages_without_a_network_ask_nobody(
    clip: Clip, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.gpu_slot, "runs_on_gpu", must_not_be_asked)
    entered = False
    with gpu_slot(clip, stage):
        entered = True
    assert entered


def must_not_be_asked(clip: Clip) -> bool:
    raise AssertionError("a stage without a network was to hold a GPU")


def test_a_network_on_the_cpu_holds_none(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")  # nobody there
    started = time.monotonic()
    with gpu_slot(clip, MOTION):
        pass
    assert time.monotonic() - started < 30


HOLDER = """
import sys, time
from pathlib import Path
import tasks.gpu_slot
from gfn_core.errors import GfnError
from gfn_core.settings import StabilizeSettings
from gfn_core.store.archive import Archive
from tasks.clip import MOTION, Clip

tasks.gpu_slot.runs_on_gpu = lambda clip: True
limit, seconds = sys.argv[1], float(sys.argv[2])
clip = Clip(Archive(Path("/nowhere")), Path("a"), "a", StabilizeSettings(), gpu_limit=limit)
try:
    with tasks.gpu_slot.gpu_slot(clip, MOTION):
        print("held", time.time(), flush=True)
        time.sleep(seconds)
        print("given", time.time(), flush=True)
except GfnError as error:
    print("refused", error, flush=True)
"""


@pytest.fixture
def holders(fleet: Fleet) -> Iterator[list[subprocess.Popen[str]]]:
    begun: list[subprocess.Popen[str]] = []
    yield begun
    for holder in begun:
        holder.kill()
        holder.wait()


def hold(fleet: Fleet, limit: str, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLDER, limit, str(seconds)]
    return subprocess.Popen(command, env=fleet.env, stdout=subprocess.PIPE, text=True)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_one_after_the_other(fleet: Fleet, holders: list[subprocess.Popen[str]]) -> None:
    holders += [hold(fleet, "gpu", 3.0) for _ in range(3)]
    lines = [holder.communicate(timeout=600)[0].split() for holder in holders]
    spans = sorted((float(line[1]), float(line[3])) for line in lines)
    assert len(spans) == 3
    for (_, given), (held, _) in pairwise(spans):
        assert held >= given, "two held the one slot at the same time"


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_slot_of_a_dead_holder_is_free_again(
    fleet: Fleet, holders: list[subprocess.Popen[str]]
) -> None:
    dead = hold(fleet, "gpu", 600.0)
    holders.append(dead)
    assert dead.stdout is not None
    assert dead.stdout.readline().startswith("held")
    assert fleet.get("v2/concurrency_limits/gpu")["active_slots"] == 1
    dead.send_signal(signal.SIGKILL)
    next_one = hold(fleet, "gpu", 0.0)
    holders.append(next_one)
    assert next_one.communicate(timeout=300)[0].startswith("held")
    wait_for(lambda: fleet.get("v2/concurrency_limits/gpu")["active_slots"] == 0, 120)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_limit_that_nobody_made_is_named(
    fleet: Fleet, holders: list[subprocess.Popen[str]]
) -> None:
    holders.append(hold(fleet, "nobody-made-this", 0.0))
    said = holders[0].communicate(timeout=300)[0]
    assert said.startswith("refused")
    assert "prefect gcl create nobody-made-this" in said
