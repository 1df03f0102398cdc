"""All that decides which weights a training ends with: the settings of an experiment."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import torch

from gfn_core.errors import SettingsError
from gfn_core.networks.flow_network import FlowNetwork
from gfn_core.networks.global_flow_net import GlobalFlowNet, GlobalFlowNetSettings
from gfn_core.training.batch import Batch, FramePairs
from gfn_core.training.kinds import Trained
from gfn_core.training.loop import LoopSettings
from gfn_core.training.objectives import (
    Objective,
    ObjectiveSettings,
    distillation_objective,
    student_objective,
    teacher_objective,
)
from gfn_core.training.pair_pool import PoolSettings
from gfn_core.training.teachers import FlowTeacher


@dataclass(frozen=True)
class TrainingRecipe:
    """Network, losses, data and loop; ablations change one of them."""

    trained: Trained = Trained.STUDENT
    network: GlobalFlowNetSettings = field(default_factory=GlobalFlowNetSettings)
    objective: ObjectiveSettings = field(default_factory=ObjectiveSettings)
    loop: LoopSettings = field(default_factory=LoopSettings)
    pool: PoolSettings = field(default_factory=PoolSettings)
    width: int = 256  # of the frames trained on
    height: int = 160
    keep_features: bool = False  # of the weights that training starts from
    seed: int = 0

    def fresh_network(self) -> FlowNetwork:
        """Build the network with weights drawn from the seed."""
        torch.manual_seed(self.seed)
        is_teacher = self.trained is Trained.TEACHER
        network = FlowNetwork(self.network.network) if is_teacher else GlobalFlowNet(self.network)
        if self.keep_features:
            network.keep_features()
        return network

    def loss(
        self, network: FlowNetwork, batch: FramePairs, step: int, teacher: FlowTeacher | None
    ) -> Objective:
        """Judge `network` by the truth of `batch`, or by `teacher` where it has none.

        Raises SettingsError where there is neither.
        """
        if isinstance(batch, Batch):
            if isinstance(network, GlobalFlowNet):
                return student_objective(network, batch, self.objective)
            return teacher_objective(network, batch, self.objective)
        if teacher is None or not isinstance(network, GlobalFlowNet):
            raise SettingsError("only a student that has a teacher can learn from clips")
        return distillation_objective(network, teacher, batch, self.objective, step)


def taking_turns(
    with_truth: Iterator[FramePairs], without: Iterator[FramePairs]
) -> Iterator[FramePairs]:
    """Yield a batch of each in turn, until one runs dry."""
    for truth, clip in zip(with_truth, without, strict=False):
        yield truth
        yield clip
