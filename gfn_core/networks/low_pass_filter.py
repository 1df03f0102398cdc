"""The module that turns a flow network into a global flow network (GlobalFlowNet, sec. 3.2)."""

import torch
from torch import Tensor, nn

from gfn_core.networks.subspace import HOMOGRAPHY_BASES, basis_of
from gfn_core.networks.subspace_name import Subspace

RIDGE = 1e-3  # of a mean weight of 1: decides only what the weights leave open
RIDGE_COSINES = 3e-2  # what a camera adds to a homography is small
LEAST_MEAN_WEIGHT = 1e-3
ROBUST_STEPS = 5
ROBUST_DEVIATIONS = 1.5  # scale of the robust weight / median deviation
LEAST_SCALE = 0.1  # px


class LowPassFilter(nn.Module):
    """Projects fields on a subspace of slowly varying ones; free of parameters and of grid size.

    Without weights it is the orthogonal projection. With weights it is the weighted least-squares
    fit, in closed form and differentiable in field and weight alike, so that a network may say
    which cells count.
    """

    def __init__(self, subspace: Subspace, frequencies: int) -> None:
        super().__init__()
        self.subspace = subspace
        self.frequencies = frequencies
        self._bases: dict[tuple[int, int, torch.device], Tensor] = {}

    def extra_repr(self) -> str:
        """Show the settings in the module's print-out."""
        return f"{self.subspace}, frequencies={self.frequencies}"

    def forward(self, field: Tensor, weight: Tensor | None = None) -> Tensor:
        """Filter `field` (B, C, H, W), by `weight` (B, 1, H, W) where given; C even for flows."""
        with torch.autocast(field.device.type, enabled=False):
            basis = self._basis(field)  # (M, G*H*W)
            span = basis.shape[1] // (field.shape[2] * field.shape[3])  # channels filtered jointly
            vectors = field.float().reshape(len(field), -1, basis.shape[1])  # (B, C/G, G*H*W)
            if weight is None:
                coefficients = vectors @ basis.T  # (B, C/G, M)
            else:
                flat = weight.float().flatten(1).repeat(1, span)  # (B, G*H*W)
                coefficients = self._weighted_fit(vectors, flat, basis)
            return (coefficients @ basis).reshape(field.shape)

    @torch.no_grad()
    def robust(self, field: Tensor) -> Tensor:
        """Filter a flow (B, 2, H, W) by what most cells agree on: reweighted least squares.

        Geman-McClure weights, whose scale falls with the median deviation from iteration to
        iteration; no gradient passes.
        """
        weight = torch.ones_like(field[:, :1])
        for _ in range(ROBUST_STEPS):
            filtered: Tensor = self(field, weight)
            deviation = (field.float() - filtered).norm(dim=1, keepdim=True)
            scale = ROBUST_DEVIATIONS * deviation.flatten(1).median(dim=1).values
            squared = (deviation / scale.clamp_min(LEAST_SCALE)[:, None, None, None]) ** 2
            weight = 1 / (1 + squared) ** 2
        return filtered

    def _weighted_fit(self, vectors: Tensor, weight: Tensor, basis: Tensor) -> Tensor:
        """Coefficients (B, C/G, M) that fit `vectors` (B, C/G, V) under `weight` (B, V)."""
        weight = weight / weight.mean(dim=1, keepdim=True).clamp_min(LEAST_MEAN_WEIGHT)
        weighted = weight[:, None] * basis  # (B, M, V)
        normal = weighted @ basis.T + torch.diag(self._ridge(basis))
        target = weighted @ vectors.mT  # (B, M, C/G)
        solved: Tensor = torch.linalg.solve(normal, target)
        return solved.mT

    def _ridge(self, basis: Tensor) -> Tensor:
        """Ridge of each coefficient (M,): small for homographies, larger for what lies behind."""
        ridge = torch.full((len(basis),), RIDGE, device=basis.device)
        if self.subspace is Subspace.BASES_DCT:
            ridge[HOMOGRAPHY_BASES:] = RIDGE_COSINES
        return ridge

    def _basis(self, field: Tensor) -> Tensor:
        """Return the basis as rows (M, G*H*W), made once per grid and device."""
        rows, columns = field.shape[2:]
        key = (rows, columns, field.device)
        if key not in self._bases:
            basis = torch.from_numpy(basis_of(self.subspace, self.frequencies, rows, columns))
            self._bases[key] = basis.flatten(1).to(field.device, torch.float32)
        return self._bases[key]
