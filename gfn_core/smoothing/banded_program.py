"""The program of stage 1 solved for many crops of one shot: one matrix, banded factors.

A primal-dual interior-point method with Mehrotra's predictor and corrector (Nocedal and Wright,
Numerical Optimization, sec. 16.6). The terms of a frame reach over a few frames only, so the
normal matrix is a band, and its Cholesky factor takes time and memory linear in the frames. It
forms the terms' squares, which costs half of the digits: fit to predict what a crop would do; what
is rendered comes from `convex_program`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from scipy.linalg import cho_solve_banded, cholesky_banded

from gfn_core.geometry import FloatArray
from gfn_core.smoothing.output_path import Affine

MOST_STEPS = 60
TOLERANCE = 1e-8  # of complementarity and of the constraints, in the units of the unknowns
STEP_SHARE = 0.995  # of the way to the border


@dataclass(frozen=True)
class BandedProgram:
    """Unknowns (n, k) of least |unknowns|^2 + sum of |terms|^2; terms are functions of (n k,)."""

    terms: Sequence[Affine]
    unknowns: int  # k, of a frame

    @cached_property
    def hessian(self) -> sp.csr_array:
        """Matrix (n k, n k) of the quadratic cost."""
        size = self.terms[0].matrix.shape[1]
        squares = [term.matrix.T @ term.matrix for term in self.terms]
        return (2 * (sp.eye_array(size) + sum(squares))).tocsr()

    @cached_property
    def gradient(self) -> FloatArray:
        """Slope (n k,) of the cost at zero."""
        return np.asarray(2 * sum(term.matrix.T @ term.offset for term in self.terms))

    @cached_property
    def band(self) -> FloatArray:
        """Lower diagonals (b, n k) of the Hessian, as LAPACK wants them."""
        matrix = self.hessian.tocoo()
        width = max(self.unknowns, int((matrix.row - matrix.col).max()) + 1)
        band = np.zeros((width, matrix.shape[0]))
        below = matrix.row >= matrix.col
        row, column = matrix.row[below], matrix.col[below]
        band[row - column, column] = matrix.data[below]
        return band

    def minimize(self, rows: FloatArray, room: FloatArray, unit: float) -> FloatArray:
        """Return the unknowns (n, k) with `rows` (c, k) @ unknowns <= `room` (c,) in every frame.

        `unit` is the size of the unknowns that matters: tolerances are relative to it.
        """
        n, slope, room = len(self.gradient) // self.unknowns, self.gradient / unit, room / unit
        x = np.zeros((n, self.unknowns))
        slack, price = np.ones((n, len(room))), np.ones((n, len(room)))
        for _ in range(MOST_STEPS):
            dual = (self.hessian @ x.ravel() + slope).reshape(x.shape) + price @ rows
            primal = x @ rows.T + slack - room
            gap = float((slack * price).mean())
            if gap < TOLERANCE and np.abs(primal).max() < TOLERANCE:
                break
            factor = self._factor(price / slack, rows)
            newton = _Newton(factor, rows, dual, primal, slack, price)
            *_, slack_step, price_step = newton.step(slack * price)
            share = min(_share(slack, slack_step), _share(price, price_step))
            ahead = ((slack + share * slack_step) * (price + share * price_step)).mean()
            target = gap * (ahead / gap) ** 3
            x_step, slack_step, price_step = newton.step(
                slack * price + slack_step * price_step - target
            )
            x = x + STEP_SHARE * _share(slack, slack_step) * x_step
            slack = slack + STEP_SHARE * _share(slack, slack_step) * slack_step
            price = price + STEP_SHARE * _share(price, price_step) * price_step
        return x * unit

    def _factor(self, weight: FloatArray, rows: FloatArray) -> FloatArray:
        """Cholesky factor of the Hessian plus the constraints' own, `weight` (n, c) each."""
        bound = np.flatnonzero(rows.any(axis=0))  # half of the unknowns are not
        band = self.band.copy()
        for j in bound:
            for i in bound[bound >= j]:
                band[i - j, j :: self.unknowns] += weight @ (rows[:, i] * rows[:, j])
        return np.asarray(cholesky_banded(band, overwrite_ab=True, lower=True, check_finite=False))


@dataclass(frozen=True)
class _Newton:
    """The linear system of one iteration, factored."""

    factor: FloatArray
    rows: FloatArray
    dual: FloatArray  # (n, k) residual of stationarity
    primal: FloatArray  # (n, c) residual of the constraints
    slack: FloatArray
    price: FloatArray

    def step(self, product: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Solve for the steps of unknowns, slack and price that take `product` (n, c) to zero."""
        pushed = (self.price * self.primal - product) / self.slack
        right = -(self.dual + pushed @ self.rows)
        solved = cho_solve_banded((self.factor, True), right.ravel(), check_finite=False)
        x_step = np.asarray(solved).reshape(self.dual.shape)
        slack_step = -self.primal - x_step @ self.rows.T
        price_step = (-product - self.price * slack_step) / self.slack
        return x_step, slack_step, price_step


def _share(value: FloatArray, step: FloatArray) -> float:
    """Largest share of `step`, at most 1, that keeps `value` from falling below zero."""
    shrinks = step < 0
    return float(min(1.0, (value[shrinks] / -step[shrinks]).min(initial=np.inf)))
