"""10 000 systems of 30 processes: the linear algebra alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.peer import NAME, Floats, package, score
from benchmarks.rows import Row, fastest
from benchmarks.systems import SEED, Structure, columns_of, structure, values
from verifier.footprint.stacked import SystemStack, solve_stack

SIZE: Final = 30
BAR: Final = 500.0
TOLERANCE: Final = 1e-9
LEFT_OUT: Final = (
    "reading, allocation, units, bounds and verdict (both); the peer's packages are in memory, but it builds its "
    "matrices from them; peer measured on {peers} and scaled"
)


def measure(count: int, peers: int) -> list[Row]:
    """Solve `count` systems by sweep and by dense batch; the peer solves `peers` of them, and its time is scaled."""
    random = np.random.Generator(np.random.PCG64(SEED))
    shape = structure(SIZE, random)
    amounts = values(shape, count, random)
    direct = random.uniform(0, 1, SIZE)
    columns, demand, dense = _prepared(shape, amounts)
    right = np.ascontiguousarray(demand.T)
    scores: dict[str, Floats] = {}

    def sweep() -> None:
        scores["sweep over one structure"] = direct @ SystemStack.of(columns).supply(demand)

    def batch() -> None:
        scores["dense batch"] = solve_stack(dense, right) @ direct

    seconds = [fastest(sweep, 5), fastest(batch, 3)]
    packages = [package(columns_of(shape, amounts[:, i]), list(direct)) for i in range(peers)]
    found: list[float] = []
    peer = fastest(lambda: found.extend(score(data) for data in packages), 1) * count / peers
    for own in scores.values():
        if not np.allclose(own[:peers], found, rtol=TOLERANCE):
            raise AssertionError("the engine and its peer do not agree")
    work = f"{count} systems × {SIZE} processes ({len(shape.links)} links each), mathematics only"
    out = LEFT_OUT.format(peers=peers)
    return [
        Row(f"{work}: {name}", "s", own, NAME, peer, peer / own, f"≥ {BAR:g} ×", peer / own / BAR, out)
        for name, own in zip(scores, seconds, strict=True)
    ]


def _prepared(shape: Structure, amounts: Floats) -> tuple[list[dict[int, Floats]], Floats, Floats]:
    """Return the systems by columns, the demand of one unit of the first product, and the systems as dense matrices."""
    count = amounts.shape[1]
    columns: list[dict[int, Floats]] = [{} for _ in range(shape.size)]
    dense = np.zeros((count, shape.size, shape.size))
    dense[:, np.arange(shape.size), np.arange(shape.size)] = 1.0
    for (k, j), taken in zip(shape.links, amounts, strict=True):
        columns[k][j] = taken
        dense[:, j, k] -= taken
    demand = np.zeros((shape.size, count))
    demand[0] = 1.0
    return columns, demand, dense
