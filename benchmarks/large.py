"""All scores of one system of 20 000 processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.sparse import csr_array

from benchmarks.rows import Row, fastest
from benchmarks.systems import SEED, structure, values
from verifier.footprint.adjoint import AdjointSolution, adjoint_intensity

BAR: Final = 150.0
LARGEST_RELATIVE_ERROR: Final = 1e-9
PEER_LIMIT_SECONDS: Final = 120.0


def measure(size: int, limit: float = PEER_LIMIT_SECONDS) -> Row:
    """Solve by iteration with its bound; the peer factorises, in a process of its own that is stopped at `limit`."""
    random = np.random.Generator(np.random.PCG64(SEED))
    shape = structure(size, random, back=0.2, reach=size)
    amounts = values(shape, 1, random)[:, 0]
    rows, cols = (np.array(side) for side in zip(*shape.links, strict=True))
    transposed = csr_array((amounts, (rows, cols)), shape=(size, size))
    direct = random.uniform(0, 1, size)
    solutions: list[AdjointSolution] = []
    own = fastest(lambda: solutions.append(adjoint_intensity(transposed, direct)), 5)
    worst = float(np.max(solutions[0].error / solutions[0].intensity))
    if worst > LARGEST_RELATIVE_ERROR:
        raise AssertionError(f"the bound is {worst:g} of the value")
    peer = _peer_seconds(transposed, direct, solutions[0].intensity, limit)
    seconds = limit if peer is None else peer
    return Row(
        work=f"one system of {size} processes, all scores (proven relative error {worst:.0e})",
        unit="s",
        own=own,
        peer_name="SciPy SuperLU, the solver of bw2calc without Pardiso"
        + ("" if peer else f": stopped at {limit:g} s"),
        peer=seconds,
        ratio=seconds / own,
        bar="≥ 150 × (Pardiso, which is not installed here)",
        reached=seconds / own / BAR,
        left_out="reading and building the matrix (both)",
    )


def _peer_seconds(transposed: csr_array, direct: np.ndarray, expected: np.ndarray, limit: float) -> float | None:
    """Return the peer's seconds for factorising and one adjoint solve, None where it does not end in time."""
    context = multiprocessing.get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    worker = context.Process(target=_factorise, args=(transposed, direct, theirs))
    worker.start()
    answered = ours.poll(limit)
    found: tuple[float, Sequence[float]] | None = ours.recv() if answered else None
    worker.kill()
    worker.join()
    if found is None:
        return None
    if not np.allclose(found[1], expected, rtol=1e-9):
        raise AssertionError("the engine and its peer do not agree")
    return found[0]


def _factorise(transposed: csr_array, direct: np.ndarray, answer: multiprocessing.connection.Connection) -> None:
    from scipy.sparse import eye_array
    from scipy.sparse.linalg import splu

    start = time.process_time()
    solved = splu((eye_array(len(direct)) - transposed).tocsc()).solve(direct)
    answer.send((time.process_time() - start, solved))
