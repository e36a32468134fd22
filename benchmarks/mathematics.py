"""10 000 systems of 30 processes: the linear algebra alone."""

from __future__ import annotations

from typing import Final

import numpy as np

from benchmarks.peer import NAME, package, score
from benchmarks.rows import Row, fastest
from benchmarks.systems import SEED, columns_of, structure, values
from verifier.footprint.stacked import SystemStack, solve_stack

SIZE: Final = 30
BAR: Final = 500.0
TOLERANCE: Final = 1e-9


def measure(count: int, peers: int) -> list[Row]:
    """Solve `count` systems by sweep and by dense batch; the peer solves `peers` of them, and its time is scaled."""
    random = np.random.Generator(np.random.PCG64(SEED))
    shape = structure(SIZE, random)
    amounts = values(shape, count, random)
    direct = random.uniform(0, 1, SIZE)
    columns: list[dict[int, np.ndarray]] = [{} for _ in range(SIZE)]
    for (k, j), taken in zip(shape.links, amounts, strict=True):
        columns[k][j] = taken
    demand = np.zeros((SIZE, count))
    demand[0] = 1.0
    dense = np.zeros((count, SIZE, SIZE))
    dense[:, np.arange(SIZE), np.arange(SIZE)] = 1.0
    for (k, j), taken in zip(shape.links, amounts, strict=True):
        dense[:, j, k] -= taken
    right = np.ascontiguousarray(demand.T)
    scores = {}

    def sweep() -> None:
        scores["sweep"] = direct @ SystemStack.of(columns).supply(demand)

    def batch() -> None:
        scores["dense"] = solve_stack(dense, right) @ direct

    swept, batched = fastest(sweep, 5), fastest(batch, 3)
    packages = [package(columns_of(shape, amounts[:, i]), list(direct)) for i in range(peers)]
    found: list[float] = []
    peer = fastest(lambda: found.extend(score(data) for data in packages), 1) * count / peers
    for own in scores.values():
        if not np.allclose(own[:peers], found[:peers], rtol=TOLERANCE):
            raise AssertionError("the engine and its peer do not agree")
    work = f"{count} systems × {SIZE} processes, mathematics only"
    out = (
        "reading, allocation, units, bounds and verdict (both); the peer's packages are in memory, but it builds its "
        f"matrices from them; peer measured on {peers} and scaled"
    )
    return [
        Row(
            f"{work}: sweep over one structure",
            "s",
            swept,
            NAME,
            peer,
            peer / swept,
            "≥ 500 ×",
            peer / swept / BAR,
            out,
        ),
        Row(f"{work}: dense batch", "s", batched, NAME, peer, peer / batched, "≥ 500 ×", peer / batched / BAR, out),
    ]
