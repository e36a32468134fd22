"""All scores of one large system by iteration, with a proven bound: h = b + Nᵀh.

Where the technosphere is productive the Neumann series converges; no factorisation, so no fill-in.  The answer carries
a bound of its error: with a positive w such that w − |N|ᵀw ≥ m > 0, |h − ĥ| ≤ w · max(|r|/m)
for the residual r (the argument of :mod:`verifier.footprint.exact`, here with rounding bounded by term counts).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from verifier.footprint.errors import NotProductiveError
from verifier.footprint.exact import UNIT_ROUNDOFF

Floats = NDArray[np.float64]

MAX_ITERATIONS: Final = 2000
RELATIVE_STEP: Final = 1e-14
_OUTWARD: Final = 1.0 + 1e-9


@dataclass(frozen=True, slots=True)
class AdjointSolution:
    """Intensities h (effect per unit supplied of every activity), a proven bound of each one's error, and the steps."""

    intensity: Floats
    error: Floats
    iterations: int


def adjoint_intensity(transposed: csr_array, direct: Floats) -> AdjointSolution:
    """Solve h = direct + Nᵀ h.

    Args:
        transposed: Nᵀ, n × n by rows: row k holds what activity k takes of each other per unit of its own supply.
        direct: n, the direct effect per unit supplied.

    Raises:
        NotProductiveError: the iteration does not converge, or no bound proves that it did.
    """
    magnitude = abs(transposed)
    h, steps = _iterate(transposed, direct)
    weights, more = _iterate(magnitude, np.ones_like(direct))
    terms = np.diff(transposed.indptr) + 4
    slack = terms * UNIT_ROUNDOFF * _OUTWARD
    taken = magnitude @ weights
    margin = weights - taken - slack * (weights + taken)
    if not np.all(margin > 0):
        raise _not_productive()
    sums = np.abs(direct) + np.abs(h) + magnitude @ np.abs(h)
    residual = np.abs(direct + transposed @ h - h) + slack * sums * _OUTWARD
    error = weights * float(np.max(residual / margin)) * _OUTWARD
    return AdjointSolution(h, np.asarray(error, dtype=np.float64), steps + more)


def _iterate(matrix: csr_array, direct: Floats) -> tuple[Floats, int]:
    """Sum the Neumann series until a step no longer moves any element."""
    h = step = direct.astype(np.float64)
    for count in range(1, MAX_ITERATIONS + 1):
        step = matrix @ step
        h = h + step
        if np.all(np.abs(step) <= RELATIVE_STEP * np.abs(h)):
            return h, count
    raise _not_productive()


def _not_productive() -> NotProductiveError:
    return NotProductiveError(
        "the supply chains do not die out: a loop consumes nearly all it makes, or more",
        remedy="check the amounts and units of the rows with the largest inputs",
    )
