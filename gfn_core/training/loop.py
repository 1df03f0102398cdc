"""The loop that trains a network: any objective, any source of batches, from any step on."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import nn

from gfn_core.training.objectives import Objective

Network = TypeVar("Network", bound=nn.Module)
Seen = TypeVar("Seen")  # what the network is given for a step


@dataclass(frozen=True)
class LoopSettings:
    """How a network is trained."""

    steps: int = 20_000
    learning_rate: float = 5e-4
    final_share: float = 0.02  # of the learning rate, at the last step
    warmup_steps: int = 200
    weight_decay: float = 1e-4
    largest_gradient: float = 1.0
    average_decay: float = 0.998  # of the running mean of the weights, which is what ships
    reduced_precision: bool = True  # bfloat16 where it is safe
    log_every: int = 50
    checkpoint_every: int = 500

    def learning_rate_at(self, step: int) -> float:
        """Rise linearly, then fall as half a cosine."""
        if step < self.warmup_steps:
            return self.learning_rate * (step + 1) / self.warmup_steps
        progress = min(1.0, (step - self.warmup_steps) / max(1, self.steps - self.warmup_steps))
        falling = (1 + math.cos(math.pi * progress)) / 2
        return self.learning_rate * (self.final_share + (1 - self.final_share) * falling)


@dataclass
class TrainingState(Generic[Network]):
    """All that a checkpoint holds."""

    network: Network
    averaged: Network  # running mean of the weights
    optimizer: torch.optim.Optimizer
    step: int = 0

    @classmethod
    def start(cls, network: Network, settings: LoopSettings) -> "TrainingState[Network]":
        """Begin with `network` as it is."""
        trained = [values for values in network.parameters() if values.requires_grad]
        optimizer = torch.optim.AdamW(
            trained, settings.learning_rate, weight_decay=settings.weight_decay
        )
        averaged = copy.deepcopy(network).requires_grad_(False)
        return cls(network, averaged, optimizer)


@dataclass(frozen=True)
class LogLine:
    """Means over the steps since the line before."""

    step: int
    learning_rate: float
    loss: float
    seconds_a_step: float
    figures: dict[str, float]


def train(
    state: TrainingState[Network],
    batches: Iterator[Seen],
    objective: Callable[[Network, Seen, int], Objective],
    settings: LoopSettings,
    *,
    on_log: Callable[[LogLine], None],
    on_checkpoint: Callable[[TrainingState[Network]], None],
    out_of_time: Callable[[], bool] = lambda: False,
) -> None:
    """Train until `settings.steps`, the end of the batches, or `out_of_time`; always checkpoint."""
    done: list[tuple[float, dict[str, float]]] = []
    since = time.perf_counter()
    while state.step < settings.steps and not out_of_time():
        batch = next(batches, None)
        if batch is None:
            break
        done.append(_step(state, batch, objective, settings))
        state.step += 1
        if state.step % settings.log_every == 0 or state.step == settings.steps:
            seconds = (time.perf_counter() - since) / len(done)
            on_log(_log_line(state.step, settings, done, seconds))
            done, since = [], time.perf_counter()
        if state.step % settings.checkpoint_every == 0:
            on_checkpoint(state)
    on_checkpoint(state)


def _step(
    state: TrainingState[Network],
    batch: Seen,
    objective: Callable[[Network, Seen, int], Objective],
    settings: LoopSettings,
) -> tuple[float, dict[str, float]]:
    """Take one step; a batch whose gradient is not finite changes nothing."""
    for group in state.optimizer.param_groups:
        group["lr"] = settings.learning_rate_at(state.step)
    state.network.train()
    kind = next(state.network.parameters()).device.type
    with torch.autocast(kind, torch.bfloat16, enabled=settings.reduced_precision):
        result = objective(state.network, batch, state.step)
    state.optimizer.zero_grad(set_to_none=True)
    result.loss.backward()  # type: ignore[no-untyped-call]
    norm = nn.utils.clip_grad_norm_(state.network.parameters(), settings.largest_gradient)
    if torch.isfinite(norm):
        state.optimizer.step()
        _average(state, settings)
    return result.loss.item(), {**result.figures, "gradient": norm.item()}


@torch.no_grad()
def _average(state: TrainingState[Network], settings: LoopSettings) -> None:
    """Move the running mean; young means move faster."""
    decay = min(settings.average_decay, (1 + state.step) / (10 + state.step))
    for mean, value in zip(state.averaged.parameters(), state.network.parameters(), strict=True):
        mean.lerp_(value, 1 - decay)


def _log_line(
    step: int, settings: LoopSettings, done: list[tuple[float, dict[str, float]]], seconds: float
) -> LogLine:
    gathered: dict[str, list[float]] = {}
    for _, step_figures in done:
        for name, value in step_figures.items():
            gathered.setdefault(name, []).append(value)
    figures = {name: sum(values) / len(values) for name, values in gathered.items()}
    loss = sum(loss for loss, _ in done) / len(done)
    return LogLine(step, settings.learning_rate_at(step - 1), loss, seconds, figures)
