"""From the bytes of an inventory to its verdict, on one core."""

from __future__ import annotations

import tempfile
from typing import Final

import numpy as np

from benchmarks.peer import NAME, package, score
from benchmarks.rows import Row, fastest
from benchmarks.systems import SEED, columns_of, dataset, inventories, structure, values
from verifier.canonical import digest_of
from verifier.footprint import DatasetFactors, recalculate
from verifier.ownform import parse_own_form
from verifier.records.inventory import inventory_from_json

BARS: Final = {40: 800, 150: 250}
ROWS_PER_PROCESS: Final = 6


def verdict(data: bytes, factors: DatasetFactors) -> str:
    """Do what a verifier does with the bytes of an inventory."""
    value = parse_own_form(data)
    digest_of(data)
    return recalculate(inventory_from_json(value), factors=factors).verdict


def measure(rows: int, count: int, peers: int) -> Row:
    """Measure inventories per second, and the peer's systems of as many processes per second."""
    factors = DatasetFactors.of([dataset()])
    files = inventories(count, rows, factors)
    verdicts: list[str] = []
    own = count / fastest(lambda: verdicts.extend(verdict(data, factors) for data in files), 7)
    if set(verdicts) != {"R0"}:
        raise AssertionError(f"verdicts {set(verdicts)}")
    peer = peers / _peer_seconds(rows // ROWS_PER_PROCESS, peers)
    return Row(
        work=f"end to end, inventories of {rows} rows: parse, own-form check, digest, models, build, solve, bounds, "
        "breakdown, verdict",
        unit="inventories/s",
        own=own,
        peer_name=f"{NAME} from its data packages on disk",
        peer=peer,
        ratio=own / peer,
        bar=f"≥ {BARS[rows]}/s",
        reached=own / BARS[rows],
        left_out="row roots and signatures, loading the factor datasets (ours); allocation, units, factors, digest, "
        "bounds and verdict (peer: it has none of them)",
    )


def _peer_seconds(size: int, count: int) -> float:
    """Return the seconds in which the peer loads `count` packages from disk, solves and characterises them."""
    from bw_processing import load_datapackage
    from fsspec.implementations.dirfs import DirFileSystem  # type: ignore[import-untyped]
    from fsspec.implementations.local import LocalFileSystem  # type: ignore[import-untyped]

    random = np.random.Generator(np.random.PCG64(SEED))
    shape = structure(max(2, size), random)
    amounts = values(shape, count, random)
    with tempfile.TemporaryDirectory() as folder:
        places = []
        for i in range(count):
            place = DirFileSystem(path=f"{folder}/{i}", fs=LocalFileSystem(auto_mkdir=True))
            place.makedirs("", exist_ok=True)
            columns = columns_of(shape, amounts[:, i])
            package(columns, [1.0] * shape.size, fs=place, name=f"x{i}").finalize_serialization()
            places.append(place)
        return fastest(lambda: [score(load_datapackage(place)) for place in places], 5)
