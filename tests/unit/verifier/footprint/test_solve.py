"""The matrix solver against published closed cases, and its errors."""

import random
from fractions import Fraction

import pytest

from verifier.footprint.errors import NotProductiveError, NotSquareError, SingularError
from verifier.footprint.exact import supply_bounds
from verifier.footprint.solve import (
    SingularLoopError,
    components_of,
    exact_system,
    float_system,
    refined,
    solve_matrix,
)


def fractions(*rows):
    return [[Fraction(str(value)) for value in row] for row in rows]


def test_heijungs_and_suh_electricity():
    """Heijungs & Suh (2002), chapter 2: 1 000 kWh of electricity ⇒ 120 kg CO2, 14 kg SO2, −100 L crude oil."""
    technosphere = fractions([-2, 100], [10, 0])
    environment = fractions([1, 10], ["0.1", 2], [0, -50])
    scaling = solve_matrix(technosphere, [Fraction(0), Fraction(1000)])
    assert scaling == [100, 2]
    inventory = [sum(b * s for b, s in zip(row, scaling, strict=True)) for row in environment]
    assert inventory == [120, 14, -100]


def test_miller_and_blair_two_sectors():
    """Miller & Blair (2009), section 2.3: (I − A)⁻¹ of A = [[.15, .25], [.20, .05]]."""
    published = [[1.25412541, 0.330033], [0.2640264, 1.12211221]]
    columns = [{0: Fraction(15, 100), 1: Fraction(20, 100)}, {0: Fraction(25, 100), 1: Fraction(5, 100)}]
    floats = [{j: float(v) for j, v in column.items()} for column in columns]
    for k in range(2):
        demand = [Fraction(int(i == k)) for i in range(2)]
        exact = exact_system(columns).supply(demand)
        approximate = float_system(floats).supply([float(d) for d in demand])
        for i in range(2):
            assert float(exact[i]) == pytest.approx(published[i][k], abs=5e-9)
            assert approximate[i] == pytest.approx(float(exact[i]), rel=1e-15)


def test_the_adjoint_gives_the_same_total():
    random.seed(7)
    n = 12
    columns = [{j: random.random() / n for j in random.sample(range(n), 4)} for _ in range(n)]
    system = float_system(columns)
    demand = [random.random() for _ in range(n)]
    direct = [random.random() for _ in range(n)]
    forward = sum(b * y for b, y in zip(direct, system.supply(demand), strict=True))
    backward = sum(h * f for h, f in zip(system.intensity(direct), demand, strict=True))
    assert forward == pytest.approx(backward, rel=1e-14)


def test_components_come_from_consumers_to_suppliers():
    columns = [{1: 0.1}, {2: 0.1, 3: 0.1}, {1: 0.1}, {3: 0.1, 4: 0.1}, {}]
    assert components_of(columns) == [[0], [1, 2], [3], [4]]


def test_a_long_chain_needs_no_recursion():
    n = 20_000
    columns = [{k + 1: Fraction(1)} if k + 1 < n else {} for k in range(n)]
    supply = exact_system(columns).supply([Fraction(int(k == 0)) for k in range(n)])
    assert supply == [1] * n


def test_badly_scaled_loops_stay_accurate():
    """A loop whose amounts span 24 orders of magnitude: refinement makes every supply accurate relative to itself."""
    columns = [{1: 1e-9, 2: 1e9}, {0: 1e8, 2: 1e15}, {0: 1e-12}]
    exact = exact_system([{j: Fraction(v) for j, v in column.items()} for column in columns])
    truth = exact.supply([Fraction(1), Fraction(0), Fraction(0)])
    system = float_system(columns)
    found = refined(system, [1.0, 0.0, 0.0], system.supply([1.0, 0.0, 0.0]))
    for value, true in zip(found, truth, strict=True):
        assert abs(Fraction(value) - true) <= abs(true) * Fraction(1, 10**14)


def test_the_large_loop_is_solved_sparsely(monkeypatch):
    import verifier.footprint.solve as solve

    n = 30
    columns = [{(k + 1) % n: 0.5, (k + 7) % n: 0.25} for k in range(n)]
    demand = [1.0] + [0.0] * (n - 1)
    dense = float_system(columns).supply(demand)
    monkeypatch.setattr(solve, "LARGEST_DENSE_LOOP", 4)
    assert float_system(columns).supply(demand) == pytest.approx(dense, rel=1e-13)


def test_not_square():
    with pytest.raises(NotSquareError) as caught:
        solve_matrix(fractions([1, 2, 3], [4, 5, 6]), [Fraction(1), Fraction(1)])
    assert caught.value.code == "SYSTEM_NOT_SQUARE"
    assert caught.value.remedy


def test_singular_matrix():
    with pytest.raises(SingularError):
        solve_matrix(fractions([1, -1], [-1, 1]), [Fraction(1), Fraction(0)])


def test_a_self_loop_that_takes_all_it_makes_is_singular():
    with pytest.raises(SingularLoopError) as caught:
        exact_system([{0: Fraction(1)}]).supply([Fraction(1)])
    assert caught.value.activities == (0,)
    with pytest.raises(SingularLoopError):
        float_system([{0: 1.0}]).supply([1.0])


def test_bounds_hold_and_are_tight():
    """|y − ŷ| ≤ bound against the exact solution, for random productive systems in mixed units."""
    random.seed(11)
    for _ in range(50):
        n = random.randint(1, 9)
        scale = [10.0 ** random.randint(-6, 6) for _ in range(n)]
        columns = []
        for k in range(n):
            taken = random.sample(range(n), random.randint(0, n))
            columns.append({j: random.random() * 0.9 / n * scale[j] / scale[k] for j in taken})
        demand = [1.0] + [0.0] * (n - 1)
        exact_columns = [{j: Fraction(v) for j, v in column.items()} for column in columns]
        truth = exact_system(exact_columns).supply([Fraction(d) for d in demand])
        system = float_system(columns)
        supply = refined(system, demand, system.supply(demand))
        bounds = supply_bounds(columns, demand, supply)
        assert bounds is not None
        for value, bound, true in zip(supply, bounds, truth, strict=True):
            assert abs(Fraction(value) - true) <= Fraction(bound)
            assert bound <= 1e-12 * abs(value) + 1e-25


def test_bounds_hold_for_a_wrong_solution_too():
    """The bound is of what was found, not of what the solver promises."""
    columns = [{1: 0.5}, {0: 0.5}]
    bounds = supply_bounds(columns, [1.0, 0.0], [1.4, 0.6])
    assert bounds is not None
    truth = (4 / 3, 2 / 3)
    assert all(abs(t - v) <= b for t, v, b in zip(truth, (1.4, 0.6), bounds, strict=True))
    assert bounds[0] > 0.06


def test_a_loop_that_consumes_more_than_it_makes():
    columns = [{1: 2.0}, {0: 1.0}]
    supply = float_system(columns).supply([1.0, 0.0])
    with pytest.raises(NotProductiveError):
        supply_bounds(columns, [1.0, 0.0], supply)


def test_strong_credits_have_no_bound():
    """With negative entries beyond an H-matrix nothing is promised: the engine then solves exactly."""
    columns = [{1: -2.0}, {0: 1.0}]
    supply = float_system(columns).supply([1.0, 0.0])
    assert supply_bounds(columns, [1.0, 0.0], supply) is None
