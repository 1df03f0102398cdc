"""Trains GLOCAL, resumably, on what it sees alone; leaves weights, card, log and pictures."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from rich.console import Console

from flows.discovery import find_videos
from flows.training import WEIGHTS
from flows.training_kept import LOG, Keeping
from gfn_core.device_name import DeviceName
from gfn_core.errors import SettingsError
from gfn_core.networks.device import device_named
from gfn_core.networks.glocal import Glocal
from gfn_core.networks.mixed_motion import MixedMotion
from gfn_core.report.training_page import glocal_samples, write_training_page
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.store.checkpoint import resume
from gfn_core.store.model_card import write_model_card
from gfn_core.store.training_log import read_log
from gfn_core.store.weights import read_weights, save_weights
from gfn_core.training.batch import FramePairs
from gfn_core.training.batch_stream import BatchStream
from gfn_core.training.clip_pairs import clip_batches
from gfn_core.training.glocal_objective import glocal_objective
from gfn_core.training.glocal_recipe import GlocalRecipe
from gfn_core.training.loop import TrainingState
from gfn_core.training.mixed_motion_pool import mixed_motions
from gfn_core.training.objectives import Objective
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.recipe import taking_turns
from gfn_core.training.scene_pairs import Curriculum, ScenePairs

BACKBONE = "backbone."  # how the names of its weights begin in those of a GLOCAL


@dataclass(frozen=True)
class GlocalTrainingRequest:
    """What to train on, and where to keep it."""

    out: Path
    recipe: GlocalRecipe = field(default_factory=GlocalRecipe)
    images: Path | None = None  # photographs (free/) and cut-outs (cutouts/); drawn ones without
    clips: Path | None = None  # real clips, in turn with the photographs
    backbone: Path = SHIPPED_WEIGHTS  # of the flow network, which stays as it is
    minutes: float | None = None
    workers: int = 1  # processes that render scenes
    device: DeviceName = DeviceName.AUTO
    command: str = "gfn train glocal"


def run_glocal_training(request: GlocalTrainingRequest, notices: Console) -> Path:
    """Train from the latest checkpoint of `request.out`, or from nothing; return the weights.

    Raises SettingsError and WeightsUnusable for what cannot be used.
    """
    device, recipe = device_named(request.device), request.recipe
    network = recipe.fresh_network()
    _fill_backbone(network, request.backbone)
    state = TrainingState.start(network.to(device), recipe.loop)
    if resume(state, request.out):
        notices.print(f"going on from step {state.step} in {request.out}")
    library = PhotoLibrary.load_or_draw(request.images, np.random.default_rng(recipe.seed))
    rng = np.random.default_rng([recipe.seed, state.step])
    pairs = _pairs(request, library, state.step, rng, device)
    seen = mixed_motions(pairs, state.network, recipe.pool, rng)

    def objective(network: Glocal, mixed: MixedMotion, step: int) -> Objective:
        del step
        return glocal_objective(network, mixed, recipe.losses)

    keeping = Keeping(request.out, request.minutes, notices)
    keeping.train(state, seen, objective, recipe.loop, lambda state: _export(state, request))
    samples = glocal_samples(state.averaged, library)
    write_training_page(request.out / "training.html", read_log(request.out / LOG), samples)
    return request.out / WEIGHTS


def _fill_backbone(network: Glocal, weights: Path) -> None:
    """Take the backbone's weights from a flow network's, filtered or not, or another GLOCAL's."""
    stored = read_weights(weights).tensors
    of_glocal = {
        name.removeprefix(BACKBONE): value
        for name, value in stored.items()
        if name.startswith(BACKBONE)
    }
    tensors = of_glocal or stored
    for name, own in network.backbone.state_dict().items():
        if name not in tensors or tensors[name].shape != own.shape:
            raise SettingsError(f"{weights}: not weights that fit the backbone: {name} does not")
    network.backbone.take_over(tensors)


def _pairs(
    request: GlocalTrainingRequest,
    library: PhotoLibrary,
    step: int,
    rng: np.random.Generator,
    device: torch.device,
) -> Iterator[FramePairs]:
    """Pairs of pictures: rendered from photographs, in turn with real ones where there are clips.

    Rendered pairs carry their truth with them; nothing here or behind looks at it.
    """
    recipe = request.recipe
    size = (recipe.width, recipe.height)
    scenes = ScenePairs(library, recipe.seed, *size, curriculum=Curriculum())
    synthetic = BatchStream(scenes, recipe.pairs, start=step).batches(request.workers, device)
    if request.clips is None:
        return synthetic
    clips = [found.source for found in find_videos([request.clips], request.out)]
    if not clips:
        raise SettingsError(f"{request.clips}: no videos to train on")
    return taking_turns(synthetic, clip_batches(clips, recipe.pairs.batch_size, *size, rng, device))


def _export(state: TrainingState[Glocal], request: GlocalTrainingRequest) -> None:
    """Write the averaged weights and their card, whole or not at all."""
    path = request.out / WEIGHTS
    digest = save_weights(state.averaged, path, compact=True)
    data = f"pairs rendered of {request.images or 'pictures that gfn draws'}, without their truth"
    data += f"; clips of {request.clips}" if request.clips else ""
    data += f"; backbone of {request.backbone.name}, frozen"
    write_model_card(path, digest, request.recipe, state.step, data, request.command)
