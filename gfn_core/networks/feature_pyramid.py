"""Features of a single frame at several scales, made once and used in both pairs of the frame."""

import torch
from torch import Tensor, nn

from gfn_core.networks.resampling import resized

LEAST_DEVIATION = 1e-3


def convolution(channels_in: int, channels_out: int, stride: int = 1) -> nn.Sequential:
    """3 x 3 convolution with a leaky rectifier."""
    layer = nn.Conv2d(channels_in, channels_out, 3, stride, padding=1)
    nn.init.kaiming_normal_(layer.weight, a=0.1, mode="fan_in", nonlinearity="leaky_relu")
    nn.init.zeros_(torch.as_tensor(layer.bias))
    return nn.Sequential(layer, nn.LeakyReLU(0.1))


class FeaturePyramid(nn.Module):
    """Halves the frame once per entry of `channels`; yields all of them."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        inputs = (1, *channels[:-1])
        self.stages = nn.ModuleList(
            nn.Sequential(convolution(before, after, stride=2), convolution(after, after))
            for before, after in zip(inputs, channels, strict=True)
        )

    @property
    def coarsest_stride(self) -> int:
        """Size in px of a cell of the coarsest level; frames are resized to multiples of it."""
        return int(2 ** len(self.stages))

    def forward(self, luma: Tensor) -> tuple[Tensor, ...]:
        """Features of frames (B, 1, H, W) of any range of values, fine to coarse: (B, C, h, w)."""
        stride = self.coarsest_stride
        rows, columns = (max(stride, round(side / stride) * stride) for side in luma.shape[2:])
        x = _standardized(resized(luma, rows, columns))
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return tuple(features)


def _standardized(luma: Tensor) -> Tensor:
    """Take out brightness and contrast of each frame, so that exposure changes matter little."""
    deviation, mean = torch.std_mean(luma, dim=(1, 2, 3), keepdim=True)
    return (luma - mean) / (deviation + LEAST_DEVIATION)


def comparable(features: Tensor) -> Tensor:
    """Centre each channel of (B, C, H, W) over its frame and give each cell unit length.

    Raw features all point much the same way; a cost volume of them says nothing at the start of
    training.
    """
    centred = features.float() - features.float().mean(dim=(2, 3), keepdim=True)
    length = centred.square().sum(dim=1, keepdim=True).sqrt()
    return (centred / (length + LEAST_DEVIATION)).to(features.dtype)
