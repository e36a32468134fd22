"""The linear system (I − N) y = f of a product system, solved component by component.

y_j is the gross supply of activity j in its flow's unit, N_jk what activity k takes of j per unit of its own supply,
f the demand (Leontief's form of A s = f, with s_k = y_k / amount_k runs).  Real systems are nearly acyclic, so the
strongly connected components (Tarjan 1972) are swept in topological order and only loops are solved as systems.  The
same sweep serves floats and exact rationals; h = Nᵀh + b is its adjoint.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from verifier.footprint.errors import NotSquareError, SingularError

Number = TypeVar("Number", float, Fraction)
Columns = Sequence[dict[int, Number]]
Components = Sequence[Sequence[int]]
BlockSolver = Callable[[list[list[Number]], list[Number]], list[Number]]

REFINEMENT_STEPS: Final = 2
LARGEST_DENSE_LOOP: Final = 400
"""A loop of more activities is solved by sparse LU instead of a dense factorisation."""


@dataclass(frozen=True, slots=True)
class LeontiefSystem(Generic[Number]):
    """N by columns, with its strongly connected components ordered from consumers to suppliers."""

    columns: Columns[Number]
    components: Components
    solve_block: BlockSolver[Number]
    one: Number

    def supply(self, demand: Sequence[Number]) -> list[Number]:
        """Return y with (I − N) y = demand.

        Raises:
            SingularError: a loop without a solution; ``row`` names no process, the caller does.
        """
        y = list(demand)
        for component in self.components:
            self._solve(component, y, transposed=False)
            for k in component:
                if y[k]:
                    for j, taken in self.columns[k].items():
                        if j not in component:
                            y[j] += taken * y[k]
        return y

    def intensity(self, direct: Sequence[Number]) -> list[Number]:
        """Return h with (I − N)ᵀ h = direct: the cumulative effect per unit supplied (the adjoint)."""
        h = list(direct)
        for component in reversed(self.components):
            for k in component:
                for j, taken in self.columns[k].items():
                    if j not in component:
                        h[k] += taken * h[j]
            self._solve(component, h, transposed=True)
        return h

    def _solve(self, component: Sequence[int], values: list[Number], *, transposed: bool) -> None:
        """Solve one component in place: a division for a single activity, a block for a loop."""
        if len(component) == 1:
            k = component[0]
            own = self.columns[k].get(k)
            if own is not None:
                if own == self.one:
                    raise SingularLoopError(component)
                values[k] /= self.one - own
            return
        place = {k: i for i, k in enumerate(component)}
        zero = self.one - self.one
        block = [[zero] * len(component) for _ in component]
        for k, column in enumerate(component):
            for j, taken in self.columns[column].items():
                if j in place:
                    row, col = (k, place[j]) if transposed else (place[j], k)
                    block[row][col] -= taken
            block[k][k] += self.one
        try:
            solved = self.solve_block(block, [values[k] for k in component])
        except SingularError:
            raise SingularLoopError(component) from None
        for k, value in zip(component, solved, strict=True):
            values[k] = value


class SingularLoopError(SingularError):
    """A singular loop, by the indices of its activities."""

    def __init__(self, activities: Sequence[int]) -> None:
        super().__init__(f"the loop of {len(activities)} activities nets out to nothing")
        self.activities = tuple(activities)


def float_system(columns: Columns[float], components: Components | None = None) -> LeontiefSystem[float]:
    """Build the float form of a system; `components` if they are known."""
    return LeontiefSystem(columns, components or components_of(columns), solve_float_block, 1.0)


def refined(system: LeontiefSystem[float], right: Sequence[float], solution: Sequence[float]) -> list[float]:
    """Return `solution` of (I − N) y = right after two steps of iterative refinement.

    The residuals are summed exactly (``math.fsum``), so that small supplies in other units than the large ones become
    as accurate, relatively, as these (Skeel 1980).
    """
    improved = list(solution)
    for _ in range(REFINEMENT_STEPS):
        terms: list[list[float]] = [[wanted, -made] for wanted, made in zip(right, improved, strict=True)]
        for k, column in enumerate(system.columns):
            for j, taken in column.items():
                terms[j].append(taken * improved[k])
        correction = system.supply([math.fsum(row) for row in terms])
        improved = [value + step for value, step in zip(improved, correction, strict=True)]
    return improved


def exact_system(columns: Columns[Fraction], components: Components | None = None) -> LeontiefSystem[Fraction]:
    """Build the exact form of a system; `components` if they are known."""
    return LeontiefSystem(columns, components or components_of(columns), solve_exact_block, Fraction(1))


def components_of(columns: Sequence[dict[int, float]] | Sequence[dict[int, Fraction]]) -> list[list[int]]:
    """Return the strongly connected components of the graph k → j (k takes from j), consumers before suppliers.

    Tarjan's algorithm, without recursion; each component is sorted.
    """
    order: list[list[int]] = []
    number: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    for root in range(len(columns)):
        if root in number:
            continue
        work = [(root, iter(columns[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, successors = work[-1]
            for successor in successors:
                if successor not in number:
                    number[successor] = low[successor] = len(number)
                    stack.append(successor)
                    on_stack.add(successor)
                    work.append((successor, iter(columns[successor])))
                    break
                if successor in on_stack:
                    low[node] = min(low[node], number[successor])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == number[node]:
                    component: list[int] = []
                    while not component or component[-1] != node:
                        component.append(stack.pop())
                    on_stack.difference_update(component)
                    order.append(sorted(component))
    order.reverse()
    return order


def solve_float_block(block: list[list[float]], right: list[float]) -> list[float]:
    """Solve a loop in floats, equilibrated by powers of two; raises :class:`SingularError`."""
    matrix = np.array(block, dtype=np.float64)
    rows, cols = _equilibration(matrix)
    scaled = matrix * rows[:, None] * cols[None, :]
    vector = np.array(right, dtype=np.float64) * rows
    try:
        if len(right) > LARGEST_DENSE_LOOP:
            solution = _solve_sparse(scaled, vector)
        else:
            solution = np.linalg.solve(scaled, vector).astype(np.float64)
    except np.linalg.LinAlgError:
        raise SingularError("singular loop") from None
    if not np.all(np.isfinite(solution)):
        raise SingularError("singular loop")
    return [float(value) for value in solution * cols]


def _solve_sparse(matrix: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Solve a large loop by sparse LU (SuperLU), imported only when needed."""
    from scipy.sparse import csc_array
    from scipy.sparse.linalg import splu

    try:
        solution: NDArray[np.float64] = splu(csc_array(matrix)).solve(vector)
    except RuntimeError as error:
        raise np.linalg.LinAlgError(str(error)) from error
    return solution


def _equilibration(matrix: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return row and column scales (powers of two, so exact) that bring each row's and column's maximum near one."""
    magnitude = np.abs(matrix)
    rows = _power_of_two(magnitude.max(axis=1))
    cols = _power_of_two((magnitude * rows[:, None]).max(axis=0))
    return rows, cols


def _power_of_two(maxima: NDArray[np.float64]) -> NDArray[np.float64]:
    exponents = np.frexp(np.where(maxima > 0, maxima, 1.0))[1]
    return np.ldexp(np.ones_like(maxima), -exponents)


def solve_exact_block(block: list[list[Fraction]], right: list[Fraction]) -> list[Fraction]:
    """Solve a loop in rationals by fraction-free elimination (Bareiss 1968); raises :class:`SingularError`.

    Each row is scaled to integers; every intermediate number is then a minor of that integer matrix, so that they grow
    no faster than the answer's own digits.
    """
    size = len(right)
    rows = [_integers([*row, value]) for row, value in zip(block, right, strict=True)]
    previous = 1
    for pivot in range(size):
        chosen = next((i for i in range(pivot, size) if rows[i][pivot]), None)
        if chosen is None:
            raise SingularError("singular loop")
        rows[pivot], rows[chosen] = rows[chosen], rows[pivot]
        head, lead = rows[pivot], rows[pivot][pivot]
        for i in range(pivot + 1, size):
            own, factor = rows[i], rows[i][pivot]
            for j in range(pivot + 1, size + 1):
                own[j] = (lead * own[j] - factor * head[j]) // previous
            own[pivot] = 0
        previous = lead
    solution = [Fraction(0)] * size
    for i in reversed(range(size)):
        known = sum((rows[i][j] * solution[j] for j in range(i + 1, size) if rows[i][j]), Fraction(0))
        solution[i] = (rows[i][size] - known) / rows[i][i]
    return solution


def _integers(row: list[Fraction]) -> list[int]:
    """Return a row multiplied by the least common denominator of its entries."""
    common = math.lcm(*(value.denominator for value in row))
    return [value.numerator * (common // value.denominator) for value in row]


def solve_matrix(matrix: Sequence[Sequence[Fraction]], demand: Sequence[Fraction]) -> list[Fraction]:
    """Solve A s = f exactly for a whole technosphere matrix (Heijungs & Suh 2002, eq. 2.19).

    Args:
        matrix: rows are products, columns processes; what a process makes is positive, what it takes negative.
        demand: the wanted amounts by product.

    Raises:
        NotSquareError: another number of processes than of products; allocate or expand the system first.
        SingularError: no scaling meets the demand.
    """
    if any(len(row) != len(matrix) for row in matrix) or len(demand) != len(matrix):
        raise NotSquareError(
            f"{len(matrix)} products, {len(matrix[0]) if matrix else 0} processes, {len(demand)} demands",
            remedy="allocate multi-product processes, and give each product exactly one process",
        )
    try:
        return solve_exact_block([list(row) for row in matrix], list(demand))
    except SingularError:
        raise SingularError("the matrix is singular", remedy="look for a process that consumes all it makes") from None
