"""What places are matched by: learned channels and a small picture of the place, in one vector."""

import torch
from torch import Tensor, nn

LEAST_LENGTH = 1e-3
START_LEARNED = -1.5  # logit of the learned channels' share of a match


class Descriptor(nn.Module):
    """Makes unit vectors whose dot product is the match, of a grid's cells and a finer grid's."""

    def __init__(self, cell_features: int, key_features: int, channels: int) -> None:
        super().__init__()
        self.queries = nn.Conv2d(cell_features, channels, 1)
        self.keys = nn.Conv2d(key_features, channels, 1)
        self.learned = nn.Parameter(torch.tensor(START_LEARNED))

    def forward(
        self, cells: Tensor, finer: Tensor, patches: tuple[Tensor, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Queries (B, D, h, w) and keys (B, D, 2h, 2w) from features and fixed descriptors."""
        share = torch.sigmoid(self.learned)
        return (
            self._joined(comparable(self.queries(cells)), patches[0], share),
            self._joined(comparable(self.keys(finer)), patches[1], share),
        )

    @staticmethod
    def _joined(learned: Tensor, fixed: Tensor, share: Tensor) -> Tensor:
        parts = [learned * share.sqrt(), fixed.to(learned.dtype) * (1 - share).sqrt()]
        return torch.cat([part.to(learned.dtype) for part in parts], dim=1)


def comparable(features: Tensor) -> Tensor:
    """Centre each channel of (B, C, H, W) over its frame and give each cell unit length.

    Raw features all point much the same way; a cost volume of them says nothing at the start of
    training.
    """
    centred = features.float() - features.float().mean(dim=(2, 3), keepdim=True)
    length = centred.square().sum(dim=1, keepdim=True).sqrt()
    return (centred / (length + LEAST_LENGTH)).to(features.dtype)
