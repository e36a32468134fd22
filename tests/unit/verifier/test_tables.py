"""Salted tables: full and partial disclosure."""

from __future__ import annotations

from typing import Any

import pytest

from verifier.errors import ProofError
from verifier.tables import check_row, check_table, row_leaf, table_root

ROWS: list[dict[str, Any]] = [{"i": i, "salt": f"{i:032x}", "row": {"id": f"e{i}"}} for i in range(3)]
ROOT = table_root(ROWS).hex()


def test_all_rows_lead_to_the_signed_root() -> None:
    check_table(ROWS, root=ROOT, count=3)
    check_table([], root=table_root([]).hex(), count=0)


@pytest.mark.parametrize(
    "rows",
    [
        ROWS[:2],
        [*ROWS, {"i": 3, "salt": "0" * 32, "row": {}}],
        [ROWS[1], ROWS[0], ROWS[2]],
        [{**ROWS[0], "row": {"id": "x"}}, *ROWS[1:]],
        [{**ROWS[0], "salt": "f" * 32}, *ROWS[1:]],
        [{**ROWS[0], "salt": "F" * 32}, *ROWS[1:]],
        [{**ROWS[0], "i": "0"}, *ROWS[1:]],
        [{**ROWS[0], "i": False}, *ROWS[1:]],
        [{**ROWS[0], "more": 1}, *ROWS[1:]],
    ],
)
def test_a_table_with_another_row_order_or_count_is_refused(rows: list[dict[str, Any]]) -> None:
    with pytest.raises(ProofError):
        check_table(rows, root=ROOT, count=3)


def test_one_row_is_checked_with_its_proof_alone() -> None:
    leaves = [row_leaf(row["i"], row["salt"], row["row"]) for row in ROWS]
    check_row(ROWS[2], proof=[table_root(ROWS[:2])], root=ROOT, count=3)
    with pytest.raises(ProofError):
        check_row(ROWS[2], proof=[leaves[0]], root=ROOT, count=3)
