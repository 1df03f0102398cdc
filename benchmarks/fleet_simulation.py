"""Simulates a night on a fleet: clips, stages, workers that die, and one orchestrator for all.

    python -m benchmarks.fleet_simulation MEASURED.json --out DIR

MEASURED.json holds what was measured (`Measured`). The first clips are played through event by
event (simpy); what is left of larger archives goes on at the rate of the steady middle.
Writes fleet.json, fleet-throughput.png and fleet-limits.png into DIR.
"""

import argparse
import json
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from benchmarks.fleet_plots import draw

CLIPS = (1_000, 100_000, 10_000_000)
WORKERS = (1, 3, 10, 30, 100, 300, 1_000)
FEWEST_SIMULATED = 800
CLIPS_A_WORKER = 8  # at least, so that there is a steady middle
STAGES = ("probe", "motion", "trajectory", "render", "report")
HOUR = 3600.0


@dataclass(frozen=True)
class Measured:
    """Figures from benchmarks; times in s of one core."""

    frames_median: float = 300.0  # of a clip
    frames_spread: float = 1.0  # standard deviation of the logarithm
    seconds_a_clip: dict[str, float] = field(default_factory=dict)  # by stage, whatever its length
    seconds_a_frame: dict[str, float] = field(default_factory=dict)  # by stage
    work_spread: float = 0.3  # standard deviation of the logarithm, stage by stage
    plan_seconds: float = 0.002  # of the client, a clip
    server_seconds_a_task: float = 0.03  # that the orchestrator is busy, a task; SQLite
    postgres_seconds_a_task: float = 0.02  # likewise on Postgres, each of several servers
    client_seconds_a_task: float = 0.01


@dataclass(frozen=True)
class Fleet:
    """How the work is spread, and what goes wrong."""

    workers: int  # of one core each
    servers: int = 1  # orchestrators' processes that share the load
    partitions: int = 1  # runs side by side, each of which plans and submits for itself
    hours_between_deaths: float = 100.0  # of one worker
    restart_seconds: float = 60.0
    poison_share: float = 0.001  # of clips, which end their process each time
    tries: int = 3


@dataclass
class Tally:
    """What happened."""

    finished_at: list[float] = field(default_factory=list)
    poisoned: int = 0
    deaths: int = 0
    lost_seconds: float = 0.0  # of stages begun again
    worked_seconds: float = 0.0
    server_seconds: float = 0.0
    client_seconds: float = 0.0


@dataclass(frozen=True)
class Night:
    """One archive on one fleet."""

    clips: int
    fleet: Fleet
    hours: float
    clips_an_hour: float
    workers_busy: float  # share
    servers_busy: float
    clients_busy: float
    lost_share: float  # of the work, done again after deaths
    poisoned: int

    @property
    def limit(self) -> str:
        """What would have to be faster."""
        busy = {
            "workers": self.workers_busy,
            "server": self.servers_busy,
            "client": self.clients_busy,
        }
        return max(busy, key=lambda name: busy[name])


def simulate(clips: int, fleet: Fleet, measured: Measured, seed: int = 0) -> Night:
    """Play `clips` through, or as many as show the steady rate."""
    played = min(clips, max(FEWEST_SIMULATED, CLIPS_A_WORKER * fleet.workers))
    world = World(played, fleet, measured, np.random.default_rng(seed))
    tally = world.run()
    ends = np.sort(tally.finished_at)
    first, last = len(ends) // 4, 3 * len(ends) // 4
    rate = (last - first) / max(ends[last] - ends[first], 1e-9)
    seconds = float(ends[-1]) + (clips - played) / rate
    a_clip = clips / seconds / played  # of what all played clips took, each second
    return Night(
        clips,
        fleet,
        seconds / HOUR,
        clips / seconds * HOUR,
        tally.worked_seconds * a_clip / fleet.workers,
        tally.server_seconds * a_clip / fleet.servers,
        tally.client_seconds * a_clip / fleet.partitions,
        tally.lost_seconds / tally.worked_seconds,
        round(tally.poisoned * clips / played),
    )


class World:
    """Workers that take clips from one queue, through an orchestrator that all share."""

    def __init__(
        self, clips: int, fleet: Fleet, measured: Measured, rng: np.random.Generator
    ) -> None:
        self._fleet, self._measured, self._rng = fleet, measured, rng
        self._env, self._tally = simpy.Environment(), Tally()
        self._server = simpy.Resource(self._env, fleet.servers)
        self._client = simpy.Resource(self._env, fleet.partitions)
        frames = rng.lognormal(np.log(measured.frames_median), measured.frames_spread, clips)
        self._clips: Iterator[float] = iter(frames.tolist())

    def run(self) -> Tally:
        """Return what happened until the last clip had ended."""
        for _ in range(self._fleet.workers):
            self._env.process(self._worker())
        self._env.run()
        return self._tally

    def _worker(self) -> Generator[Any, Any, None]:
        for frames in self._clips:  # the queue is shared: each clip is taken once
            yield from self._held(self._client, self._measured.plan_seconds, "client_seconds")
            is_poison = self._rng.random() < self._fleet.poison_share
            for stage in STAGES:
                yield from self._told()
                if is_poison and stage == "motion":
                    yield from self._poisoned(stage, frames)
                    break
                yield from self._stage(stage, frames)
            self._tally.finished_at.append(self._env.now)

    def _told(self) -> Generator[Any, Any, None]:
        """Client and server deal with a task."""
        measured = self._measured
        yield from self._held(self._client, measured.client_seconds_a_task, "client_seconds")
        yield from self._held(self._server, measured.server_seconds_a_task, "server_seconds")

    def _stage(self, stage: str, frames: float) -> Generator[Any, Any, None]:
        """Work on a stage until a try of it is not cut short."""
        needed = self._seconds(stage, frames)
        while True:
            until_death = self._rng.exponential(self._fleet.hours_between_deaths * HOUR)
            worked = min(needed, until_death)
            yield self._env.timeout(worked)
            self._tally.worked_seconds += worked
            if until_death >= needed:
                return
            self._tally.deaths += 1
            self._tally.lost_seconds += worked
            yield self._env.timeout(self._fleet.restart_seconds)

    def _poisoned(self, stage: str, frames: float) -> Generator[Any, Any, None]:
        for _ in range(self._fleet.tries):
            worked = self._rng.random() * self._seconds(stage, frames)
            yield self._env.timeout(worked)
            self._tally.worked_seconds += worked
            self._tally.lost_seconds += worked
        self._tally.poisoned += 1

    def _held(
        self, resource: simpy.Resource, seconds: float, account: str
    ) -> Generator[Any, Any, None]:
        with resource.request() as turn:
            yield turn
            yield self._env.timeout(seconds)
        setattr(self._tally, account, getattr(self._tally, account) + seconds)

    def _seconds(self, stage: str, frames: float) -> float:
        measured, spread = self._measured, self._measured.work_spread
        a_frame = measured.seconds_a_frame.get(stage, 0.0)
        mean = measured.seconds_a_clip.get(stage, 0.0) + frames * a_frame
        return mean * float(self._rng.lognormal(-(spread**2) / 2, spread))


def main() -> None:
    """Simulate every size on every fleet."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("measured", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    measured = Measured(**json.loads(asked.measured.read_text()))
    ways = arrangements(measured)
    nights = {
        name: [
            simulate(clips, replace(fleet, workers=workers), figures)
            for clips in CLIPS
            for workers in WORKERS
        ]
        for name, (fleet, figures) in ways.items()
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    rows = {
        name: [asdict(night) | {"limit": night.limit} for night in each]
        for name, each in nights.items()
    }
    (asked.out / "fleet.json").write_text(json.dumps(rows, indent=1))
    draw(nights, asked.out)


def arrangements(measured: Measured) -> dict[str, tuple[Fleet, Measured]]:
    """Ways to spread an archive: one run, several runs, several runs that say less."""
    return {
        "one run": (Fleet(1), measured),
        "16 runs": (Fleet(1, partitions=16), measured),
        "16 runs, 4 servers, Postgres": (
            Fleet(1, servers=4, partitions=16),
            replace(measured, server_seconds_a_task=measured.postgres_seconds_a_task),
        ),
        "partitions of 1,000 clips": (
            Fleet(1, partitions=1_000),
            replace(
                measured,
                server_seconds_a_task=measured.server_seconds_a_task / 1_000,
                client_seconds_a_task=0.0,
            ),
        ),
    }


if __name__ == "__main__":
    main()
