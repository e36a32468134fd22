"""Many systems at once, and all scores of a large one: the same numbers as one by one, and bounds that hold."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.sparse import csr_array

from verifier.footprint.adjoint import adjoint_intensity
from verifier.footprint.errors import NotProductiveError, SingularError
from verifier.footprint.solve import exact_system, float_system
from verifier.footprint.stacked import SystemStack, solve_stack

N, M = 12, 7


@pytest.fixture
def pattern():
    """Chains, a loop of three, a self-loop."""
    links = {(k, j) for k in range(N) for j in range(k + 1, N) if (k * 7 + j) % 3 == 0}
    return sorted(links | {(4, 2), (2, 3), (3, 4), (9, 9)})


@pytest.fixture
def stack(pattern):
    random = np.random.Generator(np.random.PCG64(1))
    columns: list[dict[int, np.ndarray]] = [{} for _ in range(N)]
    for k, j in pattern:
        columns[k][j] = random.uniform(0.01, 0.3, M)
    return columns, random.uniform(0, 1, (N, M))


def one(columns, i):
    return [{j: float(taken[i]) for j, taken in column.items()} for column in columns]


def test_a_stack_is_its_systems_one_by_one(stack):
    columns, right = stack
    together = SystemStack.of(columns)
    supply, intensity = together.supply(right), together.intensity(right)
    for i in range(M):
        alone = float_system(one(columns, i))
        assert supply[:, i] == pytest.approx(alone.supply(list(right[:, i])), rel=1e-12)
        assert intensity[:, i] == pytest.approx(alone.intensity(list(right[:, i])), rel=1e-12)


def test_the_arguments_stay_as_they_were(stack):
    columns, right = stack
    before = right.copy()
    SystemStack.of(columns).supply(right)
    assert np.array_equal(right, before)


def test_dense_stacks_with_rows_of_very_different_units():
    random = np.random.Generator(np.random.PCG64(2))
    scale = 10.0 ** random.integers(-12, 12, (M, N))
    matrices = (np.eye(N) - random.uniform(0, 0.05, (M, N, N))) * scale[:, :, None]
    expected = random.uniform(0.5, 1, (M, N))
    right = np.einsum("mij,mj->mi", matrices, expected)
    assert solve_stack(matrices, right) == pytest.approx(expected, rel=1e-10)


def test_singular_systems_are_named():
    with pytest.raises(SingularError):
        solve_stack(np.zeros((2, 2, 2)), np.ones((2, 2)))
    with pytest.raises(SingularError):
        SystemStack.of([{0: np.array([0.5, 1.0])}]).supply(np.ones((1, 2)))


def matrix(columns):
    entries = [(k, j, taken) for k, column in enumerate(columns) for j, taken in column.items()]
    rows, cols, values = zip(*entries, strict=True)
    return csr_array((values, (rows, cols)), shape=(N, N))


def test_the_adjoint_iteration_encloses_the_exact_intensities(stack):
    columns, right = stack
    for i in range(M):
        own = one(columns, i)
        solved = adjoint_intensity(matrix(own), right[:, i])
        rational = exact_system([{j: Fraction(taken) for j, taken in column.items()} for column in own])
        exact = rational.intensity([Fraction(value) for value in right[:, i]])
        for value, error, true in zip(solved.intensity, solved.error, exact, strict=True):
            assert abs(Fraction(float(value)) - true) <= Fraction(float(error))
            assert error <= 1e-10 * abs(value)


def test_a_system_that_consumes_what_it_makes_does_not_converge():
    with pytest.raises(NotProductiveError):
        adjoint_intensity(csr_array(np.array([[0.0, 1.0], [1.0, 0.0]])), np.ones(2))
