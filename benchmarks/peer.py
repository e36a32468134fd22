"""The peer: bw2calc, with the solver it finds (SciPy's SuperLU where Pardiso is not installed)."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import bw2calc
    import bw_processing

Floats = NDArray[np.float64]
NAME = "bw2calc"


def package(columns: Sequence[dict[int, float]], direct: Sequence[float], **place: Any) -> Any:
    """Write a system as a data package: one product per process, one emission, characterised with 1."""
    both = bw_processing.INDICES_DTYPE
    links = [(j + 1, k + 1, taken, True) for k, column in enumerate(columns) for j, taken in column.items()]
    entries = [(k + 1, k + 1, 1.0, False) for k in range(len(columns))] + links
    made = bw_processing.create_datapackage(**place)
    made.add_persistent_vector(
        matrix="technosphere_matrix",
        indices_array=np.array([entry[:2] for entry in entries], dtype=both),
        data_array=np.array([entry[2] for entry in entries]),
        flip_array=np.array([entry[3] for entry in entries]),
    )
    made.add_persistent_vector(
        matrix="biosphere_matrix",
        indices_array=np.array([(1, k + 1) for k in range(len(direct))], dtype=both),
        data_array=np.array(direct, dtype=np.float64),
    )
    made.add_persistent_vector(
        matrix="characterization_matrix", indices_array=np.array([(1, 1)], dtype=both), data_array=np.array([1.0])
    )
    return made


def score(data: Any, demand: int = 1) -> float:
    """Return the score of one unit of a product."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        lca = bw2calc.LCA(demand={demand: 1.0}, data_objs=[data])
        lca.lci()
        lca.lcia()
    return float(lca.score)
