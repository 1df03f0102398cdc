"""`gfn train`: what it leaves, resuming, distillation on real clips, and clear refusals."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from rich.console import Console
from typer.testing import CliRunner

from flows.cli import app
from flows.training import LOG, WEIGHTS, TrainingRequest, run_training
from gfn_core.errors import SettingsError, WeightsUnusable
from gfn_core.networks.flow_network import FlowNetworkSettings
from gfn_core.networks.global_flow_net import GlobalFlowNetSettings
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.store.training_log import read_log
from gfn_core.store.weights import load_global_flow_net
from gfn_core.training.kinds import TeacherKind, Trained
from gfn_core.training.loop import LoopSettings
from gfn_core.training.pair_pool import PoolSettings
from gfn_core.training.recipe import TrainingRecipe

SMALL = FlowNetworkSettings(
    channels=(4, 4, 8), radii=(1, 1, 1), descriptor=4, widths=(16, 16, 16), hidden=(4, 4, 4)
)
RECIPE = TrainingRecipe(
    network=GlobalFlowNetSettings(SMALL),
    loop=LoopSettings(steps=2, log_every=1),
    pool=PoolSettings(batch_size=2, fresh_per_batch=1),
    width=128,
    height=96,
)
QUIET = Console(quiet=True)
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    request = TrainingRequest(tmp_path_factory.mktemp("run"), RECIPE, workers=0)
    run_training(request, QUIET)
    return request


def test_a_training_leaves_weights_card_log_and_page(trained):
    network = load_global_flow_net(trained.out / WEIGHTS, CPU)
    assert network.global_settings == RECIPE.network
    card = (trained.out / WEIGHTS).with_suffix(".md").read_text()
    assert "2 steps of 2 pairs" in card and "gfn train" in card
    assert len(read_log(trained.out / LOG)["loss"]) == 2
    assert "data:image/png" in (trained.out / "training.html").read_text()


def test_a_second_call_resumes(trained):
    longer = replace(RECIPE, loop=replace(RECIPE.loop, steps=3))
    run_training(replace(trained, recipe=longer), QUIET)
    assert [step for step, _ in read_log(trained.out / LOG)["loss"]] == [1, 2, 3]


def test_features_can_be_kept_as_they_are(trained, tmp_path):
    recipe = replace(RECIPE, keep_features=True, seed=7)
    begun = trained.out / WEIGHTS
    run_training(TrainingRequest(tmp_path, recipe, start=begun, workers=0), QUIET)
    before, after = (
        load_global_flow_net(path, CPU).state_dict() for path in (begun, tmp_path / WEIGHTS)
    )
    same = {name.split(".")[0] for name in before if torch.equal(before[name], after[name])}
    changed = {name.split(".")[0] for name in before if not torch.equal(before[name], after[name])}
    assert {"pyramid", "descriptors"} <= same - changed
    assert {"decoders", "evidence", "confidence_head"} <= changed


def test_real_clips_are_distilled_in_turn_with_scenes(small_clip, tmp_path):
    request = TrainingRequest(tmp_path / "run", RECIPE, clips=small_clip.parent, workers=0)
    run_training(request, QUIET)
    curves = read_log(tmp_path / "run" / LOG)
    assert [step for step, _ in curves["global_epe_px"]] == [1]
    assert [step for step, _ in curves["distillation_loss"]] == [2]


@pytest.mark.parametrize(
    ("options", "start"),
    [
        ([], None),
        (["--clips", "videos"], SHIPPED_WEIGHTS),
        (["--clips", "videos", "--from", "own.safetensors"], Path("own.safetensors")),
    ],
)
def test_an_adaptation_begins_with_the_shipped_weights(options, start, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(
        "flows.training.run_training", lambda request, _: asked.append(request) or request.out
    )
    result = CliRunner().invoke(app, ["train", "student", str(tmp_path), *options])
    assert result.exit_code == 0, result.output
    assert [request.start for request in asked] == [start]


def test_a_teacher_cannot_learn_from_clips(small_clip, tmp_path):
    recipe = replace(RECIPE, trained=Trained.TEACHER, loop=LoopSettings(steps=2))
    request = TrainingRequest(tmp_path, recipe, clips=small_clip.parent, workers=0)
    with pytest.raises(SettingsError, match="only a student"):
        run_training(request, QUIET)


@pytest.mark.parametrize("teacher", [TeacherKind.NETWORK, TeacherKind.RAFT])
def test_a_teacher_without_weights_is_refused(small_clip, tmp_path, teacher):
    request = TrainingRequest(tmp_path, RECIPE, clips=small_clip.parent, teacher=teacher)
    with pytest.raises(SettingsError, match="--teacher-weights"):
        run_training(request, QUIET)


def test_weights_that_do_not_exist_are_named(tmp_path):
    request = TrainingRequest(tmp_path, RECIPE, start=tmp_path / "gone.safetensors")
    with pytest.raises(WeightsUnusable, match=r"gone\.safetensors: no such weights file"):
        run_training(request, QUIET)


def test_preview_draws_a_contact_sheet(tmp_path):
    out = tmp_path / "sheet.png"
    result = CliRunner().invoke(app, ["train", "preview", str(out), "--scenes", "2", "--json"])
    assert json.loads(result.stdout) == {"picture": str(out)}
    assert out.stat().st_size > 10_000
