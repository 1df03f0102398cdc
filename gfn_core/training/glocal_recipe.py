"""All that decides which weights a training of GLOCAL ends with."""

from dataclasses import dataclass, field

import torch

from gfn_core.networks.glocal import Glocal, GlocalSettings
from gfn_core.training.glocal_losses import GlocalLossSettings
from gfn_core.training.kinds import Trained
from gfn_core.training.loop import LoopSettings
from gfn_core.training.mixed_motion_pool import MixedPoolSettings
from gfn_core.training.pair_pool import PoolSettings


@dataclass(frozen=True)
class GlocalRecipe:
    """Network, losses, data and loop; ablations change one of them."""

    trained: Trained = Trained.GLOCAL
    network: GlocalSettings = field(default_factory=GlocalSettings)
    losses: GlocalLossSettings = field(default_factory=GlocalLossSettings)
    loop: LoopSettings = field(
        default_factory=lambda: LoopSettings(
            steps=4_000, learning_rate=1e-3, warmup_steps=100, reduced_precision=False
        )
    )
    pairs: PoolSettings = field(default_factory=lambda: PoolSettings(batch_size=4))  # seen anew
    pool: MixedPoolSettings = field(default_factory=MixedPoolSettings)
    width: int = 256  # of the frames trained on
    height: int = 160
    seed: int = 0

    def fresh_network(self) -> Glocal:
        """Build the network with weights drawn from the seed."""
        torch.manual_seed(self.seed)
        return Glocal(self.network)
