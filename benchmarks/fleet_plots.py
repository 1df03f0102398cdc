"""Plots of simulated fleets: what more workers bring, and who is busy."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.chart import chart

if TYPE_CHECKING:
    from benchmarks.fleet_simulation import Night


def draw(nights: "Mapping[str, Sequence[Night]]", out: Path) -> None:
    """Write fleet-throughput.png and fleet-limits.png, both for the largest archive."""
    largest = max(night.clips for each in nights.values() for night in each)
    chosen = {
        name: [night for night in each if night.clips == largest] for name, each in nights.items()
    }
    _throughput(chosen, out / "fleet-throughput.png")
    _limits(chosen, out / "fleet-limits.png")


def _throughput(nights: "Mapping[str, Sequence[Night]]", path: Path) -> None:
    with chart(path, size_inches=(8, 4.5)) as axes:
        for name, each in nights.items():
            workers = [night.fleet.workers for night in each]
            axes.loglog(workers, [night.clips_an_hour for night in each], marker="o", label=name)
        one_run = next(iter(nights.values()))
        ideal = [one_run[0].clips_an_hour * night.fleet.workers for night in one_run]
        axes.loglog(workers, ideal, "k:", label="as many times as fast")
        axes.set(xlabel="workers, one core each", ylabel="clips an hour")
        axes.grid(which="both", alpha=0.3)
        axes.legend()


def _limits(nights: "Mapping[str, Sequence[Night]]", path: Path) -> None:
    with chart(path, len(nights), (3 * len(nights), 3.5)) as panels:
        for axes, (name, each) in zip(panels, nights.items(), strict=True):
            workers = [night.fleet.workers for night in each]
            axes.semilogx(workers, [100 * night.workers_busy for night in each], label="workers")
            axes.semilogx(workers, [100 * night.servers_busy for night in each], label="server")
            axes.semilogx(workers, [100 * night.clients_busy for night in each], label="client")
            axes.set(title=name, xlabel="workers")
            axes.grid(alpha=0.3)
        panels[0].set_ylabel("busy, %")
        panels[0].legend()
