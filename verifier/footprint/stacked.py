"""Many systems of one structure solved together: the sweep of :mod:`verifier.footprint.solve`, one array step for all.

For m systems whose links stand in the same places, N has its pattern once and its values as arrays of length m.  The
strongly connected components are swept in topological order; a loop is a batch of small dense systems.  Floats only:
what a verdict rests on is still bounded or exact (:mod:`verifier.footprint.exact`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from verifier.footprint.errors import SingularError
from verifier.footprint.solve import components_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SystemStack:
    """m systems (I − N) y = f: ``columns[k][j]`` is the array (m) of what activity k takes of j per unit supplied."""

    columns: Sequence[Mapping[int, Floats]]
    components: Sequence[Sequence[int]]

    @classmethod
    def of(cls, columns: Sequence[Mapping[int, Floats]]) -> SystemStack:
        """Find the components of the common structure."""
        return cls(columns, components_of([dict.fromkeys(column, 1.0) for column in columns]))

    def supply(self, demand: Floats) -> Floats:
        """Return y (n × m) with (I − N) y = demand (n × m); raises :class:`SingularError`."""
        y: Floats = np.array(demand, dtype=np.float64)
        for component in self.components:
            self._solve(component, y, transposed=False)
            inside = frozenset(component)
            for k in component:
                for j, taken in self.columns[k].items():
                    if j not in inside:
                        y[j] += taken * y[k]
        return y

    def intensity(self, direct: Floats) -> Floats:
        """Return h (n × m) with (I − N)ᵀ h = direct (n × m), the adjoint; raises :class:`SingularError`."""
        h: Floats = np.array(direct, dtype=np.float64)
        for component in reversed(self.components):
            inside = frozenset(component)
            for k in component:
                for j, taken in self.columns[k].items():
                    if j not in inside:
                        h[k] += taken * h[j]
            self._solve(component, h, transposed=True)
        return h

    def _solve(self, component: Sequence[int], values: Floats, *, transposed: bool) -> None:
        """Solve one component of all systems in place."""
        if len(component) == 1:
            k = component[0]
            own = self.columns[k].get(k)
            if own is not None:
                if np.any(own == 1.0):
                    raise SingularError("a process of one of the systems consumes all it makes")
                values[k] /= 1.0 - own
            return
        place = {k: i for i, k in enumerate(component)}
        size, count = len(component), values.shape[1]
        blocks = np.zeros((count, size, size))
        for k, column in enumerate(component):
            blocks[:, k, k] = 1.0
            for j, taken in self.columns[column].items():
                if j in place:
                    row, col = (k, place[j]) if transposed else (place[j], k)
                    blocks[:, row, col] -= taken
        rows = list(component)
        values[rows] = solve_stack(blocks, np.ascontiguousarray(values[rows].T)).T


def solve_stack(matrices: Floats, right: Floats) -> Floats:
    """Solve A_i x_i = b_i for a stack of dense systems, each equilibrated by powers of two.

    Args:
        matrices: m × n × n.
        right: m × n.

    Raises:
        SingularError: one of the systems has no solution.
    """
    magnitude = np.abs(matrices)
    rows = _power_of_two(magnitude.max(axis=2))
    cols = _power_of_two((magnitude * rows[:, :, None]).max(axis=1))
    scaled = matrices * rows[:, :, None] * cols[:, None, :]
    try:
        solved = np.linalg.solve(scaled, (right * rows)[:, :, None])[:, :, 0] * cols
    except np.linalg.LinAlgError:
        raise SingularError("one of the systems is singular") from None
    if not np.all(np.isfinite(solved)):
        raise SingularError("one of the systems is singular")
    return np.asarray(solved, dtype=np.float64)


def _power_of_two(maxima: Floats) -> Floats:
    exponents = np.frexp(np.where(maxima > 0, maxima, 1.0))[1]
    return np.asarray(np.ldexp(1.0, -exponents), dtype=np.float64)
