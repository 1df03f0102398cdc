"""The one place that calls cvxpy.

cvxpy gives each squared term a variable of its own, tied to the frames by an equation. The
numbers in there are the first powers of the weights, not their squares, so the program stays well
conditioned at any frame rate; with the Hessian written out, Clarabel ends inaccurate.
"""

import warnings

import cvxpy as cp
import numpy as np
import scipy.sparse as sp

from gfn_core.geometry import FloatArray
from gfn_core.smoothing.output_path import Affine
from gfn_core.smoothing.settings import Norm

# The values are well scaled as they are: equilibration costs half the speed, but gets through some
# extreme inputs that end inaccurate without.
ATTEMPTS = ({"equilibrate_enable": False}, {"equilibrate_enable": True})


def minimize(
    terms: list[Affine], rows: FloatArray, room: FloatArray, norm: Norm, price: float
) -> FloatArray:
    """Return unknowns (n, k) of least |unknowns|^2 + sum of the terms' norms + price.

    `price` is for every unit by which the first unknown of a frame lies below zero.

    The terms are functions of all of them, (n k,). The constraints `rows` (c, k) @ unknowns
    <= `room` (c,) hold in every frame, to the solver's tolerance. Zeros if it finds nothing at all.
    """
    size = terms[0].matrix.shape[1]
    frames = size // rows.shape[1]
    unknowns = cp.Variable(size)
    measure = cp.norm1 if norm == "l1" else cp.sum_squares
    costs = [measure(term.matrix @ unknowns + term.offset) for term in terms]
    costs.append(price * cp.sum(cp.neg(unknowns[:: rows.shape[1]])))
    in_every_frame = sp.kron(sp.eye_array(frames), rows).tocsr()
    problem = cp.Problem(
        cp.Minimize(cp.sum([cp.sum_squares(unknowns), *costs])),
        [in_every_frame @ unknowns <= np.tile(room, frames)],
    )
    for options in ATTEMPTS:
        if _solved(problem, options):
            break
    found = np.zeros(size) if unknowns.value is None else unknowns.value
    return np.asarray(found).reshape(frames, -1)


def _solved(problem: cp.Problem, options: dict[str, bool]) -> bool:
    """Whether Clarabel reached its full accuracy; the problem keeps the values found anyway."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about accuracy: tried again, and still usable
        try:
            problem.solve(solver=cp.CLARABEL, ignore_dpp=True, max_threads=1, **options)
        except cp.SolverError:
            return False
    return bool(problem.status == cp.OPTIMAL)
