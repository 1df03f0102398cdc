"""What one level of the pyramid adds to the flow of the level below it."""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from gfn_core.networks.correlation import expected_displacement
from gfn_core.networks.departure import departed
from gfn_core.networks.hourglass import Hourglass

START_TRUST = -1.0  # logit of the trust in the soft arg-max, against the flow so far
START_SHARPNESS = 60.0  # of the soft arg-max; learned from there


class Decoded(NamedTuple):
    """One level's say, all on its grid."""

    correction: Tensor  # (B, 2, H, W) in cells
    background_logit: Tensor  # (B, 1, H, W)
    reliability_logit: Tensor  # (B, 1, H, W) of the correction, whatever moves there
    hidden: Tensor  # (B, hidden, H, W) for the next level
    match_logits: Tensor  # (B, D*D, H, W) of the displacements that the cost volume covers


class FlowDecoder(nn.Module):
    """Reads matches, features and what came before; weighs flow so far and best match.

    Without a trained weight it already answers with a mean of the two, so that training starts
    from a rough flow rather than from nothing.
    """

    def __init__(self, radius: int, features: int, width: int, hidden: int, carried: int) -> None:
        super().__init__()
        matches = (2 * radius) ** 2
        inputs = matches + features + carried + 9  # three flows, two departures, carried logit
        self.body = Hourglass(inputs, width, hidden)  # what is background shows only from afar
        self.head = nn.Conv2d(hidden, 5, 3, padding=1)
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(torch.as_tensor(self.head.bias))
        self.log_sharpness = nn.Parameter(torch.tensor(START_SHARPNESS).log())

    def forward(
        self,
        matches: Tensor,
        features: Tensor,
        flow_cells: Tensor,
        departure_cells: Tensor,
        carried: Tensor,
    ) -> Decoded:
        """Decode one level; `carried` (B, carried + 1, H, W) holds hidden and logit from below.

        Matches are around `flow_cells` (B, 2, H, W), by which features were aligned; the flow so
        far departs from it by `departure_cells` (B, 2, H, W), where something moves by itself.
        """
        match_logits = matches.float() * self.log_sharpness.exp()
        guess = expected_displacement(match_logits)
        apart = [departed(departure_cells), departed(guess - departure_cells)]
        inputs = [matches, features, carried, flow_cells, departure_cells, guess, *apart]
        # Joining and convolving tensors of one memory layout takes a third of the time.
        layout = torch.channels_last
        alike = [t.to(features.dtype).contiguous(memory_format=layout) for t in inputs]
        hidden = self.body(torch.cat(alike, dim=1))
        out = self.head(hidden).float()
        trust = torch.sigmoid(out[:, 3:4] + START_TRUST)
        trusted = departure_cells + trust * (guess - departure_cells)
        logit = carried[:, -1:].float() + out[:, 2:3]
        return Decoded(trusted + out[:, :2], logit, out[:, 4:], hidden, match_logits)
