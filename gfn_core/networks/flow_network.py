"""The project's own optical flow network: PWC-Net's scheme, small enough for two CPU cores."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from gfn_core.errors import SettingsError
from gfn_core.networks.correlation import local_correlation
from gfn_core.networks.descriptor import Descriptor
from gfn_core.networks.evidence import LUMA_STRIDE, Evidence, RoughFlow
from gfn_core.networks.feature_pyramid import FeaturePyramid
from gfn_core.networks.flow_decoder import Decoded, FlowDecoder
from gfn_core.networks.hourglass import GROUPS
from gfn_core.networks.patch_descriptor import patch_descriptors
from gfn_core.networks.resampling import cell_px, pooled, resized, warped

FARTHEST_CELLS = 16  # that a decoder is told of; a fit gone wrong can be thousands away


@dataclass(frozen=True)
class FlowNetworkSettings:
    """Size of a flow network; levels run from coarse to fine, and two may share a grid.

    All levels work at 1/8, each on features aligned by the one before: coarser grids blur a
    hand's shake into a single cell, a finer one costs four times as much, and what is left is
    taken out by the refinement anyway. The first searches 16 px of 256 around its start.
    """

    channels: tuple[int, ...] = (16, 32, 64)  # of the pyramid, at 1/2 to 1/8
    strides: tuple[int, ...] = (8, 8, 8)  # of the levels' grids, in px
    radii: tuple[int, ...] = (4, 4, 3)  # of the cost volumes, in half cells
    descriptor: int = 32  # learned channels by which places are matched, beside the fixed ones
    evidence: int = 48  # channels of what the rough flow leaves unexplained
    widths: tuple[int, ...] = (96, 96, 64)  # of the decoders
    hidden: tuple[int, ...] = (48, 48, 32)  # channels passed to the next level

    def __post_init__(self) -> None:
        sizes = {len(self.strides), len(self.radii), len(self.widths), len(self.hidden)}
        pyramid = {2 ** (stage + 1) for stage in range(len(self.channels))}
        if len(sizes) != 1 or not pyramid.issuperset(self.strides) or min(self.strides) < 4:
            raise SettingsError(f"levels and pyramid do not fit together: {self}")
        if any(width % GROUPS for width in self.widths):
            raise SettingsError(f"widths {self.widths}: choose multiples of {GROUPS}")

    def features(self, stride: int) -> int:
        """Channels of the pyramid's features at a stride."""
        return self.channels[_stage(stride)]


@dataclass(frozen=True)
class FrameFeatures:
    """What the network keeps of a frame; serves both pairs that the frame is part of."""

    luma: Tensor  # (B, 1, H/2, W/2) standardised
    levels: tuple[Tensor, ...]  # (B, C, h, w), one per level of the network
    queries: tuple[Tensor, ...]  # (B, D, h, w) of unit length in each cell
    keys: tuple[Tensor, ...]  # (B, D, 2h, 2w), likewise
    height: int  # px of the frame as given
    width: int

    def __getitem__(self, frames: slice | list[int]) -> "FrameFeatures":
        """Features of some frames of the batch."""
        return FrameFeatures(
            self.luma[frames],
            tuple(level[frames] for level in self.levels),
            tuple(level[frames] for level in self.queries),
            tuple(level[frames] for level in self.keys),
            self.height,
            self.width,
        )


@dataclass(frozen=True)
class LevelEstimate:
    """Estimate at one level; flows in px of the frames as given, from first to second frame."""

    start: Tensor  # (B, 2, h, w) flow from the level before, by which features were aligned
    local_flow: Tensor  # (B, 2, h, w) as decoded
    flow: Tensor  # (B, 2, h, w) as passed on: filtered in a global flow network
    decoded: Decoded

    @property
    def match_logits(self) -> Tensor:
        """Logits (B, D*D, h, w) of displacements in cells, from the start."""
        return self.decoded.match_logits

    @property
    def background_logit(self) -> Tensor:
        """Logit (B, 1, h, w) of showing background."""
        return self.decoded.background_logit

    @property
    def hidden(self) -> Tensor:
        """Features (B, C, h, w) for the next level."""
        return self.decoded.hidden


class FlowNetwork(nn.Module):
    """Estimates flow between two frames of any size; no item of a batch depends on another."""

    def __init__(self, settings: FlowNetworkSettings) -> None:
        super().__init__()
        self.settings = settings
        self.pyramid = FeaturePyramid(settings.channels)
        self.descriptors = nn.ModuleDict(
            {
                str(stride): Descriptor(
                    settings.features(stride), settings.features(stride // 2), settings.descriptor
                )
                for stride in settings.strides
            }
        )
        self.evidence = Evidence(settings.evidence)
        self.decoders = nn.ModuleList(
            FlowDecoder(*sizes)
            for sizes in zip(
                settings.radii,
                (settings.features(stride) + settings.evidence for stride in settings.strides),
                settings.widths,
                settings.hidden,
                (0, *settings.hidden[:-1]),  # carried from the level before
                strict=True,
            )
        )

    def take_over(self, tensors: Mapping[str, Tensor]) -> bool:
        """Start from what fits of another network's `tensors`; whether any did."""
        own = self.state_dict()
        fitting = {
            name: value
            for name, value in tensors.items()
            if name in own and own[name].shape == value.shape
        }
        self.load_state_dict(fitting, strict=False)
        return bool(fitting)

    def keep_features(self) -> None:
        """Train no more what frames are seen and matched by: a step takes half the time."""
        for part in (self.pyramid, self.descriptors):
            part.requires_grad_(False)

    def features(self, luma: Tensor) -> FrameFeatures:
        """Features of frames (B, 1, H, W) of any range of values."""
        seen = self.pyramid.standardized(luma)
        stages = self.pyramid(seen)
        described = {
            stride: self.descriptors[str(stride)](
                stages[_stage(stride)], stages[_stage(stride) - 1], patch_descriptors(seen, stride)
            )
            for stride in set(self.settings.strides)
        }
        return FrameFeatures(
            pooled(seen, seen.shape[2] // LUMA_STRIDE, seen.shape[3] // LUMA_STRIDE),
            tuple(stages[_stage(stride)] for stride in self.settings.strides),
            tuple(described[stride][0] for stride in self.settings.strides),
            tuple(described[stride][1] for stride in self.settings.strides),
            luma.shape[2],
            luma.shape[3],
        )

    def forward(
        self, first: Tensor, second: Tensor, rough: RoughFlow | None = None
    ) -> tuple[LevelEstimate, ...]:
        """Estimate flow from frames `first` to `second` (B, 1, H, W), coarse to fine.

        It begins with the `rough` flow, or else with rest.
        """
        return self.estimate(self.features(first), self.features(second), rough)

    def estimate(
        self, first: FrameFeatures, second: FrameFeatures, rough: RoughFlow | None = None
    ) -> tuple[LevelEstimate, ...]:
        """Estimate flow between frames whose features are known, coarse to fine."""
        rough = rough or RoughFlow.rest(first.luma)
        cell = cell_px(first.luma, first.width, first.height)
        evidence = self.evidence(first.luma, second.luma, rough, cell)
        start = pooled(rough.there, *first.levels[0].shape[2:])
        estimates: list[LevelEstimate] = []
        for level in range(len(self.decoders)):
            before = estimates[-1] if estimates else None
            estimates.append(self._level(level, first, second, start, evidence, before))
        return tuple(estimates)

    def _level(
        self,
        level: int,
        first: FrameFeatures,
        second: FrameFeatures,
        start: Tensor,
        evidence: Tensor,
        before: LevelEstimate | None,
    ) -> LevelEstimate:
        here = first.levels[level]
        rows, columns = here.shape[2:]
        cell = cell_px(here, first.width, first.height)
        mixed = resized(before.local_flow if before else start, rows, columns)
        flow, carried = self._carried(level, before, here, mixed)
        keys = second.keys[level]
        # As in RAFT, no level learns where to look by what it found there: steadier, and quicker.
        keys = warped(keys, 2 * resized(flow.detach() / cell, *keys.shape[2:]))
        matches = local_correlation(first.queries[level], keys, self.settings.radii[level])
        # Where unfiltered flow departs from filtered, something moves by itself, or was mistaken.
        features = torch.cat([here, resized(evidence, rows, columns).to(here.dtype)], dim=1)
        told = [
            (each / cell).clamp(-FARTHEST_CELLS, FARTHEST_CELLS) for each in (flow, mixed - flow)
        ]
        decoded = self.decoders[level](matches, features, *told, carried)
        local_flow = flow + decoded.correction * cell
        return LevelEstimate(
            start=flow,
            local_flow=local_flow,
            flow=flow + self.settled(level, local_flow - flow, decoded),
            decoded=decoded,
        )

    def _carried(
        self, level: int, before: LevelEstimate | None, here: Tensor, mixed: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Flow (B, 2, h, w) px and hidden features with logit (B, C + 1, h, w) from below."""
        batch, _, rows, columns = here.shape
        if before is None:
            return self.settled_start(mixed), here.new_zeros(batch, 1, rows, columns)
        flow = self.settled_upsampled(level, resized(before.flow, rows, columns))
        hidden = self.settled_features(level, resized(before.hidden, rows, columns))
        logit = resized(before.background_logit, rows, columns)
        return flow, torch.cat([hidden, logit.to(hidden.dtype)], dim=1)

    def settled(self, level: int, correction: Tensor, decoded: Decoded) -> Tensor:
        """Correction that a level passes on; a global flow network filters here."""
        del level, decoded
        return correction

    def settled_start(self, start: Tensor) -> Tensor:
        """Flow that the first level starts from; a global flow network filters here."""
        return start

    def settled_upsampled(self, level: int, flow: Tensor) -> Tensor:
        """Flow that a level starts from; a global flow network filters here."""
        del level
        return flow

    def settled_features(self, level: int, hidden: Tensor) -> Tensor:
        """Features that a level starts from; a global flow network may filter here."""
        del level
        return hidden


def _stage(stride: int) -> int:
    """Index of the pyramid's stage with a stride."""
    return stride.bit_length() - 2
