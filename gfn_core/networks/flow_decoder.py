"""What one level of the pyramid adds to the flow of the level below it."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from gfn_core.networks.correlation import expected_displacement
from gfn_core.networks.feature_pyramid import convolution

START_TRUST = 2.0  # logit of the share of the soft arg-max that is kept
START_SHARPNESS = 60.0  # of the soft arg-max; learned from there


class Decoded(NamedTuple):
    """One level's say, all on its grid."""

    correction: Tensor  # (B, 2, H, W) in cells
    background_logit: Tensor  # (B, 1, H, W)
    hidden: Tensor  # (B, hidden, H, W) for the next level
    match_logits: Tensor  # (B, D*D, H, W) of the displacements that the cost volume covers


class FlowDecoder(nn.Module):
    """Reads matches, features and what came before; trusts and corrects the best match.

    Without a trained weight it already answers with most of the soft arg-max of the matches, so
    that training starts from a rough flow rather than from nothing.
    """

    def __init__(self, radius: int, features: int, width: int, hidden: int, carried: int) -> None:
        super().__init__()
        matches = (2 * radius) ** 2
        inputs = matches + features + carried + 5  # flow so far, soft arg-max, carried logit
        # Each cell sees 15 x 15 around it: what is background shows only from afar.
        self.body = nn.Sequential(
            convolution(inputs, width),
            convolution(width, width, dilation=2),
            convolution(width, hidden, dilation=4),
        )
        self.head = nn.Conv2d(hidden, 4, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(torch.as_tensor(self.head.bias))
        self.log_sharpness = nn.Parameter(torch.tensor(START_SHARPNESS).log())

    def forward(
        self, matches: Tensor, features: Tensor, flow_cells: Tensor, carried: Tensor
    ) -> Decoded:
        """Decode one level; `carried` (B, carried + 1, H, W) holds hidden and logit from below."""
        match_logits = matches.float() * self.log_sharpness.exp()
        guess = expected_displacement(match_logits)
        inputs = [matches, features, carried, flow_cells, guess]
        # Joining and convolving tensors of one memory layout takes a third of the time.
        layout = torch.channels_last
        alike = [t.to(features.dtype).contiguous(memory_format=layout) for t in inputs]
        hidden = self.body(torch.cat(alike, dim=1))
        out = self.head(hidden).float()
        trusted = torch.sigmoid(out[:, 3:] + START_TRUST) * guess
        logit = carried[:, -1:].float() + out[:, 2:3]
        return Decoded(trusted + out[:, :2], logit, hidden, match_logits)
