"""Settings of a run that decide no result, and the one place that reads the environment."""

import os
from dataclasses import dataclass
from pathlib import Path

from flows.order import Order
from gfn_core.device_name import DeviceName
from gfn_core.errors import SettingsError
from gfn_core.motion.segments import GRAIN_FRAMES, SEGMENT_FRAMES

MOST_SLOTS = 256


@dataclass(frozen=True)
class RunSettings:
    """How a run uses this machine."""

    slots: int = 0  # clips at a time; 0 chooses by the number of cores
    device: DeviceName = DeviceName.AUTO  # where networks run
    force: bool = False  # replace files at the outputs' names that are not ours
    order: Order = Order.NAME  # in which clips are started
    first: tuple[str, ...] = ()  # patterns of names that go before all others
    until: float | None = None  # the run's deadline, as `time.time` counts
    retry: bool = False  # try clips again that are in quarantine
    gpu_limit: str = ""  # Prefect's concurrency limit that a stage on a GPU holds; empty: none
    strict: bool = False  # refuse damaged sources, instead of stabilizing what of them is left
    dask_address: str | None = None  # of a Dask scheduler; "" starts one; None: threads, no Dask
    segment_frames: int = SEGMENT_FRAMES  # length of what long videos are divided into

    def __post_init__(self) -> None:
        if not 0 <= self.slots <= MOST_SLOTS:
            raise SettingsError(f"slots is {self.slots}; it can be 0 (automatic) to {MOST_SLOTS}")
        if self.segment_frames < GRAIN_FRAMES:
            raise SettingsError(f"segment_frames is {self.segment_frames}; {GRAIN_FRAMES} or more")

    @property
    def most_slots(self) -> int:
        """Stages, of different clips or segments, to run at a time."""
        return self.slots or core_count()

    def slots_for(self, clips: int) -> int:
        """Clips to work on at a time, of `clips` in all."""
        return max(1, min(self.most_slots, clips))

    def threads_for(self, clips: int) -> int:
        """Threads that each clip's process may use: every core busy, none fought over."""
        return max(1, core_count() // self.slots_for(clips))


def core_count() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def state_folder() -> Path:
    """Where what outlives a run, and belongs to no archive, is kept: the managed server."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "gfn"


def mirror_folder() -> Path:
    """Where archives in buckets are worked on; can be removed at any time between runs."""
    chosen = os.environ.get("GFN_MIRROR") or os.environ.get("XDG_CACHE_HOME")
    return (Path(chosen) if chosen else Path.home() / ".cache") / "gfn" / "mirrors"


def prefect_api_url() -> str | None:
    """The Prefect server that the user has chosen, if any."""
    return os.environ.get("PREFECT_API_URL") or None


def quiet_prefect(api_url: str | None) -> None:
    """Set up Prefect for this process; to be called before `prefect` is imported.

    Its logs go to the server, not to the console, and it reports to nobody else. That a task has
    ended its state says; a log line for each is an eighth of what the orchestrator costs.
    """
    os.environ.setdefault("PREFECT_LOGGING_LOGGERS_PREFECT_TASK_RUNS_LEVEL", "WARNING")
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "INFO")
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    os.environ |= NO_TELEMETRY
    if api_url is not None:
        os.environ["PREFECT_API_URL"] = api_url


NO_TELEMETRY = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1"}
