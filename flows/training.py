"""Trains the teacher or the student, resumably, and leaves weights, card, log and pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from flows.discovery import find_videos
from flows.training_kept import LOG, Keeping
from gfn_core.device_name import DeviceName
from gfn_core.errors import SettingsError
from gfn_core.networks.device import device_named
from gfn_core.networks.flow_network import FlowNetwork
from gfn_core.report.training_page import flow_samples, write_training_page
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.store.checkpoint import resume
from gfn_core.store.model_card import write_model_card
from gfn_core.store.training_log import read_log
from gfn_core.store.weights import (
    load_flow_network,
    read_foreign_weights,
    read_weights,
    save_weights,
)
from gfn_core.training.batch import FramePairs
from gfn_core.training.batch_stream import BatchStream
from gfn_core.training.clip_pairs import clip_batches
from gfn_core.training.kinds import TeacherKind, Trained
from gfn_core.training.loop import TrainingState
from gfn_core.training.objectives import Objective
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.recipe import TrainingRecipe, taking_turns
from gfn_core.training.scene_pairs import Curriculum, ScenePairs
from gfn_core.training.teachers import DisTeacher, FlowTeacher, NetworkTeacher, RaftTeacher

WEIGHTS = "weights.safetensors"


@dataclass(frozen=True)
class TrainingRequest:
    """What to train, on what, and where to keep it."""

    out: Path
    recipe: TrainingRecipe = field(default_factory=TrainingRecipe)
    images: Path | None = None  # photographs (free/) and cut-outs (cutouts/); drawn ones without
    clips: Path | None = None  # real clips to distil on
    teacher: TeacherKind = TeacherKind.DIS  # of the distillation
    teacher_weights: Path | None = None
    start: Path | None = None  # weights to begin with
    minutes: float | None = None  # stop after these, wherever training is
    workers: int = 1  # processes that render scenes
    device: DeviceName = DeviceName.AUTO
    command: str = "gfn train"


def first_weights(start: Path | None, clips: Path | None) -> Path | None:
    """Weights to begin with: those asked for; an adaptation to clips goes on from those shipped."""
    return start or (SHIPPED_WEIGHTS if clips else None)


def run_training(request: TrainingRequest, notices: Console) -> Path:
    """Train from the latest checkpoint of `request.out`, or from nothing; return the weights.

    Raises SettingsError and WeightsUnusable for what cannot be used.
    """
    device = device_named(request.device)
    teacher = _teacher(request, device)
    recipe = request.recipe
    network = _started(recipe.fresh_network(), request.start).to(device)
    state = TrainingState.start(network, recipe.loop)
    if resume(state, request.out):
        notices.print(f"going on from step {state.step} in {request.out}")
    library = PhotoLibrary.load_or_draw(request.images, np.random.default_rng(recipe.seed))

    def objective(network: FlowNetwork, batch: FramePairs, step: int) -> Objective:
        return recipe.loss(network, batch, step, teacher)

    pairs = _pairs(request, library, state.step, device)
    keeping = Keeping(request.out, request.minutes, notices)
    keeping.train(state, pairs, objective, recipe.loop, lambda state: _export(state, request))
    samples = flow_samples(state.averaged, library)
    write_training_page(request.out / "training.html", read_log(request.out / LOG), samples)
    return request.out / WEIGHTS


def _started(network: FlowNetwork, start: Path | None) -> FlowNetwork:
    """Take over what fits of other weights: a student starts from its teacher (sec. 3.3)."""
    if start is not None and not network.take_over(read_weights(start).tensors):
        raise SettingsError(f"{start}: none of its weights fits this network")
    return network


def _teacher(request: TrainingRequest, device: torch.device) -> FlowTeacher | None:
    if request.clips is None:
        return None
    if request.recipe.trained is Trained.TEACHER:
        raise SettingsError("only a student can learn from clips; train a teacher without them")
    if request.teacher is TeacherKind.DIS:
        return DisTeacher()
    if request.teacher_weights is None:
        raise SettingsError(f"the teacher {request.teacher!r} needs --teacher-weights")
    if request.teacher is TeacherKind.NETWORK:
        return NetworkTeacher(load_flow_network(request.teacher_weights, device))
    return RaftTeacher.of(read_foreign_weights(request.teacher_weights))


def _pairs(
    request: TrainingRequest, library: PhotoLibrary, step: int, device: torch.device
) -> Iterator[FramePairs]:
    """Batches from `step` on: synthetic ones, in turn with real ones where there are clips."""
    recipe = request.recipe
    size = (recipe.width, recipe.height)
    turns = 1 if request.clips is None else 2
    scenes = ScenePairs(library, recipe.seed, *size, curriculum=Curriculum())
    stream = BatchStream(scenes, recipe.pool, start=step // turns)
    synthetic = stream.batches(request.workers, device)
    if request.clips is None:
        return synthetic
    clips = [found.source for found in find_videos([request.clips], request.out)]
    if not clips:
        raise SettingsError(f"{request.clips}: no videos to train on")
    rng = np.random.default_rng([recipe.seed, step])
    real = clip_batches(clips, recipe.pool.batch_size, *size, rng, device)
    return taking_turns(synthetic, real)


def _export(state: TrainingState[FlowNetwork], request: TrainingRequest) -> None:
    """Write the averaged weights and their card, whole or not at all."""
    path = request.out / WEIGHTS
    digest = save_weights(state.averaged, path, compact=True)
    images = request.images or "pictures that gfn draws"
    data = f"synthetic scenes of {images}" + (
        f"; clips of {request.clips}" if request.clips else ""
    )
    write_model_card(path, digest, request.recipe, state.step, data, request.command)
