"""`gfn train glocal`: what it leaves, resuming, real clips, and that no truth enters it."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from rich.console import Console

from flows.glocal_training import GlocalTrainingRequest, run_glocal_training
from flows.training import WEIGHTS
from flows.training_kept import LOG
from gfn_core.errors import SettingsError
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.networks.global_motion_estimator import GlobalMotionSettings
from gfn_core.networks.glocal import Glocal, GlocalSettings
from gfn_core.store.training_log import read_log
from gfn_core.store.weights import digest_of, load_glocal, read_weights, save_weights
from gfn_core.training.batch import Batch
from gfn_core.training.glocal_objective import glocal_objective
from gfn_core.training.glocal_recipe import GlocalRecipe
from gfn_core.training.loop import LoopSettings
from gfn_core.training.mixed_motion_pool import MixedPoolSettings, observed
from gfn_core.training.pair_pool import PoolSettings, batches
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene_pairs import Curriculum, ScenePairs

CPU = torch.device("cpu")
SMALL = FlowNetworkSettings(
    channels=(4, 4, 8), radii=(1, 1, 1), descriptor=4, widths=(16, 16, 16), hidden=(4, 4, 4)
)
RECIPE = GlocalRecipe(
    network=GlocalSettings(SMALL, GlobalMotionSettings(width=16, vectors=2), local_width=4),
    loop=LoopSettings(steps=2, log_every=1, reduced_precision=False),
    pairs=PoolSettings(batch_size=2, fresh_per_batch=1),
    pool=MixedPoolSettings(batch_size=3),
    width=128,
    height=96,
)
QUIET = Console(quiet=True)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    torch.manual_seed(3)
    save_weights(FlowNetwork(SMALL), folder / "flow.safetensors", compact=True)
    request = GlocalTrainingRequest(
        folder / "out", RECIPE, backbone=folder / "flow.safetensors", workers=0
    )
    run_glocal_training(request, QUIET)
    return request


def test_a_training_leaves_weights_card_log_and_page(trained):
    network = load_glocal(trained.out / WEIGHTS, CPU)
    assert network.settings == RECIPE.network
    card = (trained.out / WEIGHTS).with_suffix(".md").read_text()
    assert "without their truth" in card and "gfn train glocal" in card
    curves = read_log(trained.out / LOG)
    assert [step for step, _ in curves["foreground_share"]] == [1, 2]
    page = (trained.out / "training.html").read_text()
    assert "foreground_share" in page and "relevance found" in page


def test_the_backbone_stays_as_it_was(trained):
    network = load_glocal(trained.out / WEIGHTS, CPU)
    before = read_weights(trained.backbone).tensors
    after = {name: value.half() for name, value in network.backbone.state_dict().items()}
    assert digest_of(after) == digest_of(before)


def test_the_backbone_can_be_another_glocal_s(trained, tmp_path):
    request = replace(trained, out=tmp_path / "run", backbone=trained.out / WEIGHTS)
    run_glocal_training(request, QUIET)
    first, second = (load_glocal(each.out / WEIGHTS, CPU) for each in (trained, request))
    assert digest_of(first.backbone.state_dict()) == digest_of(second.backbone.state_dict())


def test_a_second_call_resumes(trained):
    longer = replace(RECIPE, loop=replace(RECIPE.loop, steps=3))
    run_glocal_training(replace(trained, recipe=longer), QUIET)
    assert [step for step, _ in read_log(trained.out / LOG)["loss"]] == [1, 2, 3]


def test_real_clips_take_turns_with_photographs(trained, small_clip, tmp_path):
    request = replace(trained, out=tmp_path / "run", clips=small_clip.parent)
    run_glocal_training(request, QUIET)
    assert len(read_log(tmp_path / "run" / LOG)["loss"]) == 2


def test_a_backbone_of_another_size_is_refused(trained, tmp_path):
    wide = FlowNetworkSettings(
        channels=(6, 6, 10), radii=(2, 2, 2), descriptor=6, widths=(24, 24, 24), hidden=(6, 6, 6)
    )
    save_weights(FlowNetwork(wide), tmp_path / "wide.safetensors")
    request = replace(trained, out=tmp_path / "run", backbone=tmp_path / "wide.safetensors")
    with pytest.raises(SettingsError, match="fit the backbone"):
        run_glocal_training(request, QUIET)


def test_no_truth_enters_the_loss():
    """The same pictures with nonsense for truth are one and the same to the training."""
    library = PhotoLibrary.drawn(np.random.default_rng(0), 3)
    scenes = ScenePairs(library, 1, 128, 96, curriculum=Curriculum())
    settings = PoolSettings(batch_size=2, fresh_per_batch=2, pasted_chance=0.0)
    fresh = iter([scenes[0], scenes[1], scenes[2], scenes[3]])
    batch = next(islice(batches(fresh, (), settings, np.random.default_rng(0), CPU), 1))
    nonsense = replace(
        batch,
        mixed_flow=torch.full_like(batch.mixed_flow, 9.0),
        global_flow=torch.full_like(batch.global_flow, -9.0),
        background=1 - batch.background,
    )
    losses = []
    for seen in (batch, nonsense):
        assert isinstance(seen, Batch)
        torch.manual_seed(0)
        network = Glocal(RECIPE.network)
        result = glocal_objective(network, observed(network, seen), RECIPE.losses)
        losses.append(result.loss.item())
    assert losses[0] == losses[1]


def test_a_few_steps_lower_the_loss(trained):
    longer = replace(
        RECIPE,
        loop=LoopSettings(
            steps=12, log_every=4, learning_rate=3e-3, warmup_steps=1, reduced_precision=False
        ),
    )
    request = replace(trained, out=trained.out.parent / "longer", recipe=longer)
    run_glocal_training(request, QUIET)
    losses = [value for _, value in read_log(request.out / LOG)["loss"]]
    assert losses[-1] < losses[0]
