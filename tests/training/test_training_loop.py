import itertools

import numpy as np
import pytest
import torch

from gfn_core.errors import ArtifactDamaged
from gfn_core.networks.flow_network import FlowNetwork, FlowNetworkSettings
from gfn_core.networks.global_flow_net import GlobalFlowNet, GlobalFlowNetSettings
from gfn_core.store.checkpoint import checkpoints, resume, save_checkpoint
from gfn_core.store.training_log import append_log, read_log
from gfn_core.store.weights import digest_of
from gfn_core.training.batch import Batch, CompactPair
from gfn_core.training.loop import LoopSettings, TrainingState, train
from gfn_core.training.objectives import (
    LossKind,
    ObjectiveSettings,
    distillation_objective,
    student_objective,
    teacher_objective,
)
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.scene import render_pair
from gfn_core.training.scene_settings import SceneSettings
from gfn_core.training.teachers import DisTeacher

CPU = torch.device("cpu")
SMALL = FlowNetworkSettings(
    channels=(8, 8, 12), descriptor=8, widths=(16, 16, 16), hidden=(8, 8, 8)
)
SETTINGS = LoopSettings(
    steps=12,
    learning_rate=2e-3,
    warmup_steps=2,
    reduced_precision=False,
    log_every=4,
    checkpoint_every=5,
)
OBJECTIVE = ObjectiveSettings()


@pytest.fixture(scope="module")
def batch():
    rng = np.random.default_rng(0)
    library = PhotoLibrary.drawn(rng, 3)
    settings = SceneSettings.of_difficulty(0.0)
    pairs = [CompactPair.of(render_pair(rng, library, settings, 128, 96)) for _ in range(2)]
    return Batch.of(pairs, CPU)


def student(seed=0):
    torch.manual_seed(seed)
    return GlobalFlowNet(GlobalFlowNetSettings(network=SMALL))


def objective(network, batch, step):
    return student_objective(network, batch, OBJECTIVE)


def run(state, batch, settings=SETTINGS, **hooks):
    lines = []
    hooks = {"on_log": lines.append, "on_checkpoint": lambda state: None, **hooks}
    train(state, itertools.repeat(batch), objective, settings, **hooks)
    return lines


def test_the_loss_of_one_batch_falls(batch):
    settings = LoopSettings(
        steps=40, learning_rate=3e-3, warmup_steps=3, reduced_precision=False, log_every=10
    )
    lines = run(TrainingState.start(student(), settings), batch, settings)
    assert [line.step for line in lines] == [10, 20, 30, 40]
    assert lines[-1].loss < 0.8 * lines[0].loss


def test_a_resumed_training_ends_where_an_unbroken_one_does(batch, tmp_path):
    whole = TrainingState.start(student(), SETTINGS)
    run(whole, batch)

    first = TrainingState.start(student(), SETTINGS)
    ticks = itertools.count()
    run(
        first,
        batch,
        on_checkpoint=lambda s: save_checkpoint(s, tmp_path),
        out_of_time=lambda: next(ticks) >= 7,
    )
    assert first.step == 7
    second = TrainingState.start(student(seed=9), SETTINGS)
    assert resume(second, tmp_path)
    assert second.step == 7
    run(second, batch)
    for name, value in whole.averaged.state_dict().items():
        torch.testing.assert_close(second.averaged.state_dict()[name], value)
    for name, value in whole.network.state_dict().items():
        torch.testing.assert_close(second.network.state_dict()[name], value)


def test_only_the_latest_checkpoint_stays(batch, tmp_path):
    saved = []
    state = TrainingState.start(student(), SETTINGS)
    run(state, batch, on_checkpoint=lambda s: saved.append(save_checkpoint(s, tmp_path).name))
    assert saved == ["step-0000005", "step-0000010", "step-0000012"]
    assert [path.name for path in checkpoints(tmp_path)] == ["step-0000012"]


def test_nothing_to_resume(tmp_path):
    state = TrainingState.start(student(), SETTINGS)
    before = digest_of(state.network.state_dict())
    assert not resume(state, tmp_path)
    assert digest_of(state.network.state_dict()) == before


def test_a_broken_checkpoint_says_so(tmp_path):
    state = TrainingState.start(student(), SETTINGS)
    folder = save_checkpoint(state, tmp_path)
    (folder / "optimizer.pt").write_bytes(b"")
    with pytest.raises(ArtifactDamaged, match="not a checkpoint of this training"):
        resume(state, tmp_path)


def test_a_gradient_that_is_not_finite_changes_nothing(batch):
    state = TrainingState.start(student(), SETTINGS)
    before = digest_of(state.network.state_dict())

    def broken(network, batch, step):
        result = objective(network, batch, step)
        return type(result)(result.loss * float("nan"), result.figures)

    settings = LoopSettings(steps=2, reduced_precision=False)
    train(
        state,
        itertools.repeat(batch),
        broken,
        settings,
        on_log=lambda line: None,
        on_checkpoint=lambda state: None,
    )
    assert digest_of(state.network.state_dict()) == before


def test_learning_rate_rises_and_falls():
    settings = LoopSettings(steps=100, learning_rate=1.0, warmup_steps=10, final_share=0.02)
    rates = [settings.learning_rate_at(step) for step in range(101)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[10] == pytest.approx(1.0)
    assert np.all(np.diff(rates[10:]) < 0)
    assert rates[100] == pytest.approx(0.02)


def test_the_log_holds_the_curve_of_each_figure(batch, tmp_path):
    path = tmp_path / "runs" / "log.jsonl"
    lines = run(
        TrainingState.start(student(), SETTINGS),
        batch,
        on_log=lambda line: append_log(path, line),
    )
    assert lines == []
    curves = read_log(path)
    assert {"learning_rate", "loss", "seconds_a_step", "global_epe_px"} <= set(curves)
    assert [step for step, _ in curves["loss"]] == [4, 8, 12]


@pytest.mark.parametrize("kind", list(LossKind))
def test_every_kind_of_loss_trains(kind, batch):
    network = student()
    result = student_objective(network, batch, ObjectiveSettings(kind=kind))
    result.loss.backward()
    assert torch.isfinite(result.loss)
    assert all(torch.isfinite(p.grad).all() for p in network.parameters() if p.grad is not None)


def test_the_teacher_learns_mixed_flow(batch):
    torch.manual_seed(0)
    result = teacher_objective(FlowNetwork(SMALL), batch, OBJECTIVE)
    assert torch.isfinite(result.loss)
    assert result.figures["mixed_epe_px"] > 0


def test_distillation_anneals_as_the_schedule_says(batch):
    settings = ObjectiveSettings(distillation=1.0)
    network, teacher = student(), DisTeacher()
    results = [
        distillation_objective(network, teacher, batch, settings, step).figures
        for step in (0, settings.distillation_schedule.steps)
    ]
    assert [result["alpha"] for result in results] == pytest.approx([0.25, 0.01])
    assert results[1]["distillation_loss"] < results[0]["distillation_loss"]
