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
    terms: list[Affine], rows: FloatArray, room: FloatArray, frames: int, norm: Norm
) -> FloatArray:
    """Return deviations (frames, k) of least |deviation|^2 + sum of the terms' norms.

    The constraints `rows` (c, k) @ deviation <= `room` (c,) hold in every frame, to the solver's
    tolerance. Zeros if the solver finds nothing at all.
    """
    deviation = cp.Variable(frames * rows.shape[1])
    measure = cp.norm1 if norm == "l1" else cp.sum_squares
    costs = [measure(term.matrix @ deviation + term.offset) for term in terms]
    in_every_frame = sp.kron(sp.eye_array(frames), rows).tocsr()
    problem = cp.Problem(
        cp.Minimize(cp.sum([cp.sum_squares(deviation), *costs])),
        [in_every_frame @ deviation <= np.tile(room, frames)],
    )
    for options in ATTEMPTS:
        if _solved(problem, options):
            break
    found = np.zeros(deviation.size) if deviation.value is None else deviation.value
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
