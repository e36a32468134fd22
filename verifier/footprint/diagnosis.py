"""Why is a declared value not reproduced? The smallest change that explains the gap, and the rows by leverage.

Every slip of :mod:`verifier.footprint.slips` is estimated to first order; those that come nearest to the declared
value, and those that only a full calculation tells, are calculated in full.  What is named is what these gave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import Final

from verifier.decimals import decimals_of, round_half_even, to_fraction
from verifier.footprint.errors import FootprintError
from verifier.footprint.exact import significant
from verifier.footprint.factor_slips import factor_slips
from verifier.footprint.model import Candidate, ChangeKind, Diagnosis, FootprintResult, Leverage
from verifier.footprint.slips import REFERENCE_FLOW, RowValues, Slip, Trial, slips

Calculate = Callable[[Trial], FootprintResult]

MAX_CANDIDATES: Final = 10
MAX_LEVERAGES: Final = 20
MAX_ESTIMATED_TRIALS: Final = 24
"""So many slips whose effect is known to first order are calculated in full, those nearest to the declared value."""
MAX_BLIND_TRIALS: Final = 64
"""So many slips whose effect only a full calculation tells are tried."""
ROWS_PER_DIAGNOSIS: Final = 20_000
"""A large inventory gets fewer trials: so many rows are calculated in all, or :data:`MIN_TRIALS` trials."""
MIN_TRIALS: Final = 8
_DIGITS: Final = 6
_SIGNIFICANT_ESTIMATE: Final = 1e-12

ORDER: Final[dict[ChangeKind, int]] = {
    "gwp-set": 0,
    "factor-version": 1,
    "factor-kind": 2,
    "allocation": 3,
    "left-out": 4,
    "doubled": 5,
    "unit": 6,
}
"""Where several changes explain the value equally well: first a choice made once for all rows, last a slip of one."""
_VERDICTS: Final = {"R0": 0, "R1": 1, "INPUTS_TOO_COARSE": 2, "R3": 3}
_WORDS: Final[dict[ChangeKind, tuple[str, str]]] = {
    "gwp-set": ("采用 GWP 集合 {to}", "with the GWP set {to}"),
    "factor-version": ("{row} 采用版本 {to}", "{row} with {to}"),
    "factor-kind": ("行 {row} 误用另一类因子 {to}", "row {row} with a factor of another kind, {to}"),
    "allocation": ("单元过程 {row} 的分配方法为 {to}", "process {row} with allocation {to}"),
    "left-out": ("漏计行 {row}{to}", "row {row}{to} left out"),
    "doubled": ("行 {row} 计了两次", "row {row} counted twice"),
    "unit": ("行 {row} 数量 {to}（单位相差 10³）", "row {row} with its amount {to} (a unit slip of 10³)"),
}
_DEMAND_WORDS: Final = ("功能单位或声明值的单位相差 10³（{to}）", "the declared value or its unit off by 10³ ({to})")


def diagnose(trial: Trial, result: FootprintResult, calculate: Calculate) -> Diagnosis:
    """Search the changes that would bring `result` to its declared value.

    Args:
        trial: what the result was calculated with.
        result: with a declared value.
        calculate: calculates a trial; raises :class:`FootprintError` where it cannot be.
    """
    assert result.declared is not None
    gap = to_fraction(result.declared) - to_fraction(result.total)
    found = [*slips(trial, result), *factor_slips(trial, RowValues(trial.inventory, result))]
    chosen = _chosen(found, float(gap), len(trial.inventory.exchanges))
    tried = [candidate for slip in chosen if (candidate := _try(slip, trial, result.declared, calculate))]
    better = [candidate for candidate in tried if abs(to_fraction(candidate.remaining)) < abs(gap)]
    explaining = [candidate for candidate in better if candidate.verdict != "R3"]
    return Diagnosis(
        gap=round_half_even(gap, decimals_of(result.declared)),
        candidates=tuple(sorted(explaining or better, key=_rank)[:MAX_CANDIDATES]),
        leverage=_leverage(result, gap)[:MAX_LEVERAGES],
        considered=len(found),
        tried=len(chosen),
    )


def _chosen(found: list[Slip], gap: float, rows: int) -> list[Slip]:
    """Return the slips to calculate in full: half the budget for either sort, and what one leaves to the other."""
    budget = max(MIN_TRIALS, ROWS_PER_DIAGNOSIS // rows)
    blind = [slip for slip in found if slip.delta is None]
    known = [
        (abs(gap - slip.delta), ORDER[slip.kind], slip.row, slip.to, slip)
        for slip in found
        if slip.delta is not None and abs(slip.delta) > _SIGNIFICANT_ESTIMATE * abs(gap)
    ]
    nearest = [entry[-1] for entry in sorted(known, key=lambda entry: entry[:-1])][:MAX_ESTIMATED_TRIALS]
    few = max(budget // 2, budget - len(blind))
    nearest = nearest[:few]
    return [*blind[: min(MAX_BLIND_TRIALS, budget - len(nearest))], *nearest]


def _try(slip: Slip, trial: Trial, declared: str, calculate: Calculate) -> Candidate | None:
    """Calculate one slip in full; None where it leaves nothing that can be calculated."""
    try:
        result = calculate(slip.apply(trial))
    except FootprintError:
        return None
    remaining = round_half_even(to_fraction(declared) - to_fraction(result.total), decimals_of(declared))
    words = _DEMAND_WORDS if slip.row == REFERENCE_FLOW else _WORDS[slip.kind]
    zh, en = (text.format(row=slip.row, to=_place(slip)) for text in words)
    return Candidate(slip.kind, slip.row, slip.to, result.total, remaining, result.verdict, zh, en)


def _place(slip: Slip) -> str:
    """Write what stands in the row's place; of a row left out, which part."""
    return f" ({slip.to})" if slip.kind == "left-out" and slip.to else slip.to


def _rank(candidate: Candidate) -> tuple[int, Fraction, int, str, str]:
    """Order: what reproduces the digits, what remains, then :data:`ORDER`."""
    remaining = abs(to_fraction(candidate.remaining))
    return _VERDICTS[candidate.verdict], remaining, ORDER[candidate.change], candidate.row, candidate.to


def _leverage(result: FootprintResult, gap: Fraction) -> tuple[Leverage, ...]:
    """Return the rows by what their amounts do to the total: sensitivity × amount, the greatest first.

    A row's additive parts and what flows through it to other processes are linear in its amount.
    """
    values: dict[str, Fraction] = defaultdict(Fraction)
    places: dict[str, tuple[str, str]] = {}
    for row in result.exchanges:
        if row.counted:
            values[row.exchange] += to_fraction(row.value)
            places[row.exchange] = (row.process, row.flow)
    ranked = sorted(((row, value) for row, value in values.items() if value), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(
        Leverage(row, *places[row], significant(value, _DIGITS), significant(1 + gap / value, _DIGITS))
        for row, value in ranked
    )
