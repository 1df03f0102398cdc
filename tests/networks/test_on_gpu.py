"""The networks on an accelerator: the same answers as on the processor, and a training step."""

from itertools import islice

import numpy as np
import pytest
import torch

from gfn_core.motion.rough_flow import rough_flow
from gfn_core.networks.global_flow_net import GlobalFlowNet
from gfn_core.networks.glocal import Glocal, GlocalSettings
from gfn_core.settings import SHIPPED_WEIGHTS
from gfn_core.store.weights import load_global_flow_net
from gfn_core.training.batch_stream import BatchStream
from gfn_core.training.loop import LoopSettings, TrainingState, train
from gfn_core.training.pair_pool import PoolSettings
from gfn_core.training.photographs import PhotoLibrary
from gfn_core.training.recipe import TrainingRecipe
from gfn_core.training.scene_pairs import Curriculum, ScenePairs

CPU, CUDA = torch.device("cpu"), torch.device("cuda")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no accelerator"),
]


@pytest.fixture(scope="module")
def scenes():
    library = PhotoLibrary.drawn(np.random.default_rng(0), 4)
    return ScenePairs(library, 1, 256, 160, Curriculum())


def flow_on(device, scenes, reduced):
    network: GlobalFlowNet = load_global_flow_net(SHIPPED_WEIGHTS, device)
    frames = np.stack([scenes[n].frames for n in range(6)])
    rough = rough_flow([(first, second) for first, second in frames], CPU).to(device)
    first, second = (torch.from_numpy(frames[:, n, None]).to(device) / 255 for n in (0, 1))
    with torch.inference_mode(), torch.autocast(device.type, torch.bfloat16, enabled=reduced):
        return network(first, second, rough).flow.float().cpu()


@pytest.mark.parametrize(("reduced", "tolerance_px"), [(False, 0.05), (True, 0.5)])
def test_global_flow_is_that_of_the_processor(scenes, reduced, tolerance_px):
    apart = (flow_on(CUDA, scenes, reduced) - flow_on(CPU, scenes, False)).norm(dim=1)
    assert apart.flatten(1).mean(dim=1).median() < tolerance_px


def test_glocal_is_the_same_there(scenes):
    torch.manual_seed(0)
    network = Glocal(GlocalSettings()).eval()
    frames = np.stack([scenes[n].frames for n in range(2)])
    found = []
    for device in (CPU, CUDA):
        network = network.to(device)
        rough = rough_flow([(first, second) for first, second in frames], device)
        views = [
            network.view(torch.from_numpy(frames[:, n, None]).to(device) / 255) for n in (0, 1)
        ]
        with torch.inference_mode():
            found.append(network(network.mixed(*views, rough)).camera.flow.cpu())
    assert (found[0] - found[1]).norm(dim=1).median() < 0.05


def test_a_network_learns_there(scenes):
    recipe = TrainingRecipe(
        loop=LoopSettings(steps=30, warmup_steps=5, log_every=10),
        pool=PoolSettings(batch_size=4, fresh_per_batch=1),
    )
    batch = next(BatchStream(scenes, recipe.pool, 0).batches(0, CUDA))
    state = TrainingState.start(recipe.fresh_network().to(CUDA), recipe.loop)
    lines = []
    train(
        state,
        islice(iter(lambda: batch, None), 30),
        lambda network, seen, step: recipe.loss(network, seen, step, None),
        recipe.loop,
        on_log=lines.append,
        on_checkpoint=lambda state: None,
    )
    assert lines[-1].loss < 0.9 * lines[0].loss
