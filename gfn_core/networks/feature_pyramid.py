"""Features of a single frame at several scales, made once and used in both pairs of the frame."""

import torch
from torch import Tensor, nn

from gfn_core.networks.resampling import resized

LEAST_DEVIATION = 1e-3


def convolution(
    channels_in: int, channels_out: int, stride: int = 1, *, groups: int = 0
) -> nn.Sequential:
    """3 x 3 convolution with a leaky rectifier, group normalisation before it if asked for."""
    layer = nn.Conv2d(channels_in, channels_out, 3, stride, padding=1)
    nn.init.kaiming_normal_(layer.weight, a=0.1, mode="fan_in", nonlinearity="leaky_relu")
    nn.init.zeros_(torch.as_tensor(layer.bias))
    norm = [nn.GroupNorm(groups, channels_out)] if groups else []
    return nn.Sequential(layer, *norm, nn.LeakyReLU(0.1))


class FeaturePyramid(nn.Module):
    """Halves the frame once per entry of `channels`; yields all of them."""

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        inputs = (1, *channels[:-1])
        self.stages = nn.ModuleList(
            nn.Sequential(convolution(before, after, stride=2), convolution(after, after))
            for before, after in zip(inputs, channels, strict=True)
        )

    def standardized(self, luma: Tensor) -> Tensor:
        """Frames (B, 1, H, W) of any size and range of values, as the network sees them.

        At whole multiples of the coarsest cell, without each frame's brightness and contrast, so
        that exposure changes matter little.
        """
        stride = 2 ** len(self.stages)
        rows, columns = (max(stride, round(side / stride) * stride) for side in luma.shape[2:])
        luma = resized(luma, rows, columns)
        centred = luma - luma.mean(dim=(1, 2, 3), keepdim=True)
        deviation = centred.square().mean(dim=(1, 2, 3), keepdim=True).sqrt()
        return centred / (deviation + LEAST_DEVIATION)

    def forward(self, luma: Tensor) -> tuple[Tensor, ...]:
        """Features of standardised frames (B, 1, H, W), fine to coarse: (B, C, h, w)."""
        x = luma
        features = []
        for stage in self.stages:
            x = stage(x)
            features.append(x)
        return tuple(features)
