"""A training whose log and checkpoints are kept, whatever is trained."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rich.console import Console

from gfn_core.store.checkpoint import save_checkpoint
from gfn_core.store.training_log import append_log
from gfn_core.store.weights import ShippedNetwork
from gfn_core.training.loop import LogLine, LoopSettings, TrainingState, train
from gfn_core.training.objectives import Objective

Network = TypeVar("Network", bound=ShippedNetwork)
Seen = TypeVar("Seen")

LOG = "log.jsonl"


@dataclass(frozen=True)
class Keeping:
    """Where a training is kept, how long it may take, and who is told."""

    out: Path
    minutes: float | None  # stop after these, wherever training is
    notices: Console

    def train(
        self,
        state: TrainingState[Network],
        batches: Iterator[Seen],
        objective: Callable[[Network, Seen, int], Objective],
        settings: LoopSettings,
        export: Callable[[TrainingState[Network]], None],
    ) -> None:
        """Train from `state` on; every checkpoint is also exported."""
        began = time.monotonic()

        def out_of_time() -> bool:
            spent_minutes = (time.monotonic() - began) / 60
            return self.minutes is not None and spent_minutes >= self.minutes

        def log(line: LogLine) -> None:
            append_log(self.out / LOG, line)
            self.notices.print(
                f"step {line.step}/{settings.steps}  loss {line.loss:.3f}  "
                f"{line.seconds_a_step:.2f} s a step"
            )

        def keep(state: TrainingState[Network]) -> None:
            save_checkpoint(state, self.out)
            export(state)

        train(
            state,
            batches,
            objective,
            settings,
            on_log=log,
            on_checkpoint=keep,
            out_of_time=out_of_time,
        )
