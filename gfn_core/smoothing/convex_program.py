"""The one place that calls cvxpy.

cvxpy gives each squared term a variable of its own, tied to the frames by an equation. The
numbers in there are the first powers of the weights, not their squares, so the program stays well
conditioned at any frame rate; with the Hessian written out, Clarabel ends inaccurate.
"""

import warnings
from dataclasses import dataclass

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from gfn_core.geometry import FloatArray
from gfn_core.smoothing.output_path import Affine
from gfn_core.smoothing.settings import Norm

# The values are well scaled as they are: equilibration costs half the speed, but gets through some
# extreme inputs that end inaccurate without.
ATTEMPTS = ({"equilibrate_enable": False}, {"equilibrate_enable": True})


@dataclass(frozen=True)
class Program:
    """Unknowns (n, k) of least |unknowns|^2 + sum of the terms' norms.

    The terms are functions of all of them, (n k,). The constraints `rows` (c, k) or
    (n, c, k) @ unknowns <= `room` (c,) or (n, c) hold in every frame, to the solver's tolerance.
    What the first unknown of a frame lies below zero is its *zoom*.
    """

    terms: list[Affine]
    rows: FloatArray
    room: FloatArray
    norm: Norm


def minimize(program: Program, prices: FloatArray | None = None) -> FloatArray:
    """Return the unknowns (n, k), where each frame's zoom may have a price (n,) besides.

    Zeros if the solver finds nothing at all.
    """
    unknowns, cost, constraints = _parts(program)
    priced = 0 if prices is None else prices @ _zoom(unknowns, program)
    _solve(cp.Problem(cp.Minimize(cost + priced), constraints))
    found = np.zeros(unknowns.size) if unknowns.value is None else unknowns.value
    return np.asarray(found).reshape(-1, program.rows.shape[-1])


def price_within(program: Program, mean_zoom: float) -> float:
    """Return the price, the same in all frames, at which they zoom by `mean_zoom` on average.

    Zero where they need less.
    """
    unknowns, cost, constraints = _parts(program)
    zoom = _zoom(unknowns, program)
    budget = cp.sum(zoom) <= mean_zoom * zoom.size
    _solve(cp.Problem(cp.Minimize(cost), [*constraints, budget]))
    return 0.0 if budget.dual_value is None else max(0.0, float(budget.dual_value))


def _parts(program: Program) -> tuple[cp.Variable, cp.Expression, list[cp.Constraint]]:
    unknowns = cp.Variable(program.terms[0].matrix.shape[1])
    measure = cp.norm1 if program.norm == "l1" else cp.sum_squares
    costs = [measure(term.matrix @ unknowns + term.offset) for term in program.terms]
    frames = unknowns.size // program.rows.shape[-1]
    room = np.broadcast_to(program.room, (frames, program.room.shape[-1])).ravel()
    constraints = [_in_every_frame(program.rows, frames) @ unknowns <= room]
    return unknowns, cp.sum([cp.sum_squares(unknowns), *costs]), constraints


def _in_every_frame(rows: FloatArray, frames: int) -> sp.csr_array:
    count, unknowns = rows.shape[-2:]
    blocks = np.broadcast_to(rows, (frames, count, unknowns))
    shape = (frames * count, frames * unknowns)
    matrix: sp.csr_array = sp.bsr_array(
        (blocks, np.arange(frames), np.arange(frames + 1)), shape=shape
    ).tocsr()
    matrix.eliminate_zeros()
    return matrix


def _zoom(unknowns: cp.Variable, program: Program) -> cp.Expression:
    return cp.neg(unknowns[:: program.rows.shape[-1]])


def _solve(problem: cp.Problem) -> None:
    for options in ATTEMPTS:
        if _solved(problem, options):
            return


def _solved(problem: cp.Problem, options: dict[str, bool]) -> bool:
    """Whether Clarabel reached its full accuracy; the problem keeps the values found anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about accuracy: tried again, and still usable
        try:
            problem.solve(solver=cp.CLARABEL, ignore_dpp=True, max_threads=1, **options)
        except cp.SolverError:
            return False
    return bool(problem.status == cp.OPTIMAL)
