"""GlobalFlowNet: a flow network that can only say what a moving camera can cause.

After every flow-like output of every level stands a low-pass filter (WACV 2023, sec. 3.2). Unlike
the paper's, the filter here fits under the level's own background weights, so that a level has to
tell background from objects instead of inventing the background's flow behind them; and features
are warped between levels, since by then the background is aligned and only objects are not.
"""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from gfn_core.errors import SettingsError
from gfn_core.networks.evidence import RoughFlow
from gfn_core.networks.flow_decoder import Decoded
from gfn_core.networks.flow_network import (
    FlowNetwork,
    FlowNetworkSettings,
    FrameFeatures,
    LevelEstimate,
)
from gfn_core.networks.low_pass_filter import LowPassFilter
from gfn_core.networks.subspace_name import Subspace

CONFIDENCE_WIDTH = 32
RELIABLE = 2.0  # logit: flow is relied on until training finds where it fails
LEAST_RELIABILITY = 0.05  # doubting everything is no way out


@dataclass(frozen=True)
class GlobalFlowNetSettings:
    """How a flow network is made global; the paper: DCT, frequencies 1 to 4, all else off or on."""

    network: FlowNetworkSettings = field(default_factory=FlowNetworkSettings)
    subspace: Subspace = Subspace.BASES_DCT
    frequencies: tuple[int, ...] = (0, 0, 2)  # per level, coarse to fine
    filtered: bool = True  # False: an unfiltered network, to see what the filter is worth
    weighted: bool = True  # fit under the background weights
    filter_features: bool = False

    def __post_init__(self) -> None:
        if len(self.frequencies) != len(self.network.radii):
            raise SettingsError(
                f"frequencies for {len(self.frequencies)} levels, "
                f"but the network has {len(self.network.radii)}"
            )


@dataclass(frozen=True)
class GlobalFlow:
    """Global flow of a batch of pairs, from first to second frame."""

    levels: tuple[LevelEstimate, ...]  # coarse to fine
    confidence_logit: Tensor  # (B,)

    @property
    def flow(self) -> Tensor:
        """Global flow (B, 2, h, w) on the finest grid, in px of the frames as given."""
        return self.levels[-1].flow

    @property
    def background(self) -> Tensor:
        """Weight of each cell (B, 1, h, w), 0 to 1: how surely it shows background."""
        return torch.sigmoid(self.levels[-1].background_logit)

    @property
    def weight(self) -> Tensor:
        """Weight of each cell (B, 1, h, w), 0 to 1: background whose flow can be relied on."""
        return fit_weight(self.levels[-1].decoded)

    @property
    def confidence(self) -> Tensor:
        """How far the global flow can be trusted (B,), 0 to 1."""
        return torch.sigmoid(self.confidence_logit)


class GlobalFlowNet(FlowNetwork):
    """A flow network with filters, and a head that says how far to trust the result."""

    def __init__(self, settings: GlobalFlowNetSettings) -> None:
        super().__init__(settings.network)
        self.global_settings = settings
        self.flow_filters = nn.ModuleList(
            LowPassFilter(settings.subspace, frequency) for frequency in settings.frequencies
        )
        self.start_filter = LowPassFilter(settings.subspace, settings.frequencies[0])
        self.feature_filters = nn.ModuleList(
            LowPassFilter(Subspace.DCT, frequency) for frequency in settings.frequencies
        )
        pooled = 2 * settings.network.hidden[-1]
        self.confidence_head = nn.Sequential(
            nn.Linear(pooled, CONFIDENCE_WIDTH), nn.LeakyReLU(0.1), nn.Linear(CONFIDENCE_WIDTH, 1)
        )

    def forward(  # type: ignore[override]
        self, first: Tensor, second: Tensor, rough: RoughFlow | None = None
    ) -> GlobalFlow:
        """Estimate global flow from frames `first` to `second` (B, 1, H, W), from a rough one."""
        return self.global_flow(self.features(first), self.features(second), rough)

    def global_flow(
        self, first: FrameFeatures, second: FrameFeatures, rough: RoughFlow | None = None
    ) -> GlobalFlow:
        """Estimate global flow between frames whose features are known."""
        levels = self.estimate(first, second, rough)
        hidden = levels[-1].hidden.float()
        pooled = torch.cat([hidden.mean(dim=(2, 3)), hidden.amax(dim=(2, 3))], dim=1)
        return GlobalFlow(levels, self.confidence_head(pooled)[:, 0].float())

    def settled(self, level: int, correction: Tensor, decoded: Decoded) -> Tensor:
        """Fit the correction where it shows background and can be relied on."""
        if not self.global_settings.filtered:
            return correction
        weight = fit_weight(decoded) if self.global_settings.weighted else None
        filtered: Tensor = self.flow_filters[level](correction, weight)
        return filtered

    def settled_start(self, start: Tensor) -> Tensor:
        """Begin with the motion that most of the start agrees on, be it the background's or not."""
        if not self.global_settings.filtered:
            return start
        settled: Tensor = self.start_filter.robust(start)
        return settled

    def settled_upsampled(self, level: int, flow: Tensor) -> Tensor:
        """Take out what interpolation between grids added."""
        if not self.global_settings.filtered:
            return flow
        filtered: Tensor = self.flow_filters[level](flow)
        return filtered

    def settled_features(self, level: int, hidden: Tensor) -> Tensor:
        """Filter features as the paper does, where asked for."""
        if not self.global_settings.filter_features:
            return hidden
        filtered: Tensor = self.feature_filters[level](hidden)
        return filtered.to(hidden.dtype)


def fit_weight(decoded: Decoded) -> Tensor:
    """Weight (B, 1, h, w) of each cell in the fit of the global flow, 0 to 1."""
    reliability = torch.sigmoid(decoded.reliability_logit + RELIABLE)
    return torch.sigmoid(decoded.background_logit) * reliability.clamp_min(LEAST_RELIABILITY)
