"""Checkpoints of a training: a folder each, whole or absent; the latest one counts."""

import os
import shutil
from pathlib import Path
from typing import TypeVar

from gfn_core.errors import ArtifactDamaged, WeightsUnusable
from gfn_core.store.weights import (
    ShippedNetwork,
    load_optimizer,
    read_weights,
    save_optimizer,
    save_weights,
)
from gfn_core.training.loop import TrainingState

Network = TypeVar("Network", bound=ShippedNetwork)

NETWORK, AVERAGED, OPTIMIZER = "network.safetensors", "averaged.safetensors", "optimizer.pt"


def save_checkpoint(state: TrainingState[Network], folder: Path) -> Path:
    """Write `folder`/step-N and drop those before it; return its path."""
    target = folder / f"step-{state.step:07d}"
    unfinished = folder / f".unfinished-{os.getpid()}"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    save_weights(state.network, unfinished / NETWORK)
    save_weights(state.averaged, unfinished / AVERAGED)
    save_optimizer(state.optimizer, unfinished / OPTIMIZER)
    shutil.rmtree(target, ignore_errors=True)
    unfinished.replace(target)
    for older in checkpoints(folder)[:-1]:
        shutil.rmtree(older)
    return target


def resume(state: TrainingState[Network], folder: Path) -> bool:
    """Load the latest checkpoint of `folder` into `state`; False where there is none.

    Raises ArtifactDamaged where it cannot be read.
    """
    found = checkpoints(folder)
    if not found:
        return False
    latest = found[-1]
    try:
        state.network.load_state_dict(read_weights(latest / NETWORK).tensors)
        state.averaged.load_state_dict(read_weights(latest / AVERAGED).tensors)
        load_optimizer(state.optimizer, latest / OPTIMIZER)
    except (WeightsUnusable, RuntimeError) as error:
        raise ArtifactDamaged(
            f"{latest}: not a checkpoint of this training; delete it to go on from an earlier one"
        ) from error
    state.step = int(latest.name.removeprefix("step-"))
    return True


def checkpoints(folder: Path) -> list[Path]:
    """Complete checkpoints of `folder`, oldest first."""
    return sorted(folder.glob("step-*"))
