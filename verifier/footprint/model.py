"""What stands between the rows of an inventory and its result: activities, links, effects and the answer's parts.

Amounts are exact rationals.  An *activity* is one function of a process (a product it makes, or a waste it treats);
a process with three products has three activities that divide its runs by their allocation shares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from verifier.footprint.findings import Finding

Part = Literal["emission", "removal", "provider", "combustion", "transport", "avoided", "link"]
Method = Literal["bounded-float", "bounded-headline", "exact"]
Verdict = Literal["R0", "R1", "INPUTS_TOO_COARSE", "R3", "NOT_DECLARED"]
ChangeKind = Literal["gwp-set", "factor-version", "factor-kind", "allocation", "left-out", "doubled", "unit"]


@dataclass(frozen=True, slots=True)
class CertifiedValue:
    """The value of a certificate that stands as the background of an input.

    ``value`` in ``unit`` (a factor unit such as ``kg CO2e/t``), under the GWP set ``gwp``.  Whether the certificate was
    valid, and fits in boundary, is asked by the checks, not here.
    """

    record_id: str
    value: str
    unit: str
    gwp: str


class Effect(NamedTuple):
    """What one part of a row adds directly, per run of its process.

    ``co2e_kg`` is zero for what the rules count as zero; ``gas_kg`` is None for a value without a split by gas;
    ``counted`` is False for what is reported outside the total.
    """

    exchange: str
    part: Part
    process: int
    gas: str
    group: str
    co2e_kg: Fraction
    gas_kg: Fraction | None
    reference: str | None
    counted: bool


class Link(NamedTuple):
    """A row that takes `amount` (in the supplier's flow unit, per run) of an activity; negative if avoided."""

    exchange: str
    process: int
    supplier: int
    amount: Fraction
    part: Part
    counted: bool


class Measured(NamedTuple):
    """A measured number of a row: half a unit in its last place, and what one unit of it does per run of the process.

    ``direct`` is kg CO2e per unit; ``links`` the amounts taken from activities per unit.
    """

    exchange: str
    process: int
    half_unit: Fraction
    direct: Fraction
    links: tuple[tuple[int, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """One function of a process: `amount` of `flow` per run, carrying `share` of the process's burdens."""

    process: int
    flow: str
    amount: Fraction
    share: Fraction


@dataclass(frozen=True, slots=True)
class ProcessInfo:
    """A process by its id, with its stage and name."""

    id: str
    stage: str
    name: str


@dataclass(frozen=True, slots=True)
class FactorUsed:
    """A factor that the result rests on, with the identity of its dataset."""

    reference: str
    series: str
    version: str
    kind: str
    record_id: str | None
    entry: str
    value: str | None
    unit: str
    gwp: str | None
    data_year: int | None
    geography: str | None
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class ProductSystem:
    """An inventory ready to be solved; everything sorted by id, so that the order of its rows cannot matter.

    ``demand`` is the wanted amount of ``activities[demand_activity]`` in its flow's unit.
    """

    processes: tuple[ProcessInfo, ...]
    activities: tuple[Activity, ...]
    effects: tuple[Effect, ...]
    links: tuple[Link, ...]
    measured: tuple[Measured, ...]
    demand_activity: int
    demand: Fraction
    has_credits: bool
    factors_used: tuple[FactorUsed, ...]
    exchange_labels: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Share:
    """A part of the total under a key (a stage, gas or group); ``share`` of the total, None where that is zero."""

    key: str
    value: str
    share: str | None
    mass_kg: str | None = None


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """A process's direct part of the total, and the cumulative footprint of all it supplies (through the adjoint)."""

    id: str
    name: str
    stage: str
    runs: str
    direct: str
    cumulative: str
    share: str | None


@dataclass(frozen=True, slots=True)
class ExchangeResult:
    """One part of a row.  Additive parts sum to the total; a ``link`` is what flows through a row elsewhere."""

    exchange: str
    process: str
    flow: str
    part: Part
    provider: str | None
    value: str
    share: str | None
    additive: bool
    counted: bool


@dataclass(frozen=True, slots=True)
class Interval:
    """What half a unit in the last place of each measured input makes of the total; ``relative`` of its magnitude."""

    lower: str
    upper: str
    half_width: str
    relative: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One change to the inventory that would bring its footprint nearer to the declared value.

    ``row`` is the exchange, process or dataset that changes, ``to`` what would stand there instead.  ``would_be`` is
    the footprint with the change, by a full calculation; ``remaining`` the declared value less that; ``verdict`` what
    the declared value would get.
    """

    change: ChangeKind
    row: str
    to: str
    would_be: str
    remaining: str
    verdict: Verdict
    zh: str
    en: str

    @property
    def explains(self) -> bool:
        """Whether the declared value would be reproduced."""
        return self.verdict in ("R0", "R1")

    def text(self, language: str = "en") -> str:
        """Return the change in words, in ``"zh"`` or ``"en"``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Leverage:
    """What a row's amount does to the total: ``value`` = d(total)/d(amount) × amount (indicative).

    ``needed`` is the factor by which the amount alone would have to be multiplied, to first order, to close the gap.
    """

    exchange: str
    process: str
    flow: str
    value: str
    needed: str


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Why a declared value may not be reproduced: ``gap`` = declared − recalculated, changes that explain it, the
    smallest first, and the rows by leverage.

    ``considered`` changes were estimated to first order (exact where no loop is touched), of which ``tried`` were
    calculated in full; the candidates are among these.
    """

    gap: str
    candidates: tuple[Candidate, ...]
    leverage: tuple[Leverage, ...]
    considered: int
    tried: int


@dataclass(frozen=True, slots=True)
class FootprintResult:
    """The answer.  Every value is a decimal string, rounded once, in ``unit`` per ``per``.

    ``total``, ``stages``, ``groups`` and ``gases`` stand at the declared decimals (12 significant digits without a
    declared value), additive details at 9 significant digits.  ``method`` says what
    proves these digits: the bound of the float solve (``bounded-float``), with a solve in rationals for what it leaves
    open (``exact``), or, for a loop too large for that, the bound for total, stages and groups alone
    (``bounded-headline``).  Shares, cumulative values, links and the interval are indicative.  ``diagnosis`` is there
    where the verdict is R3.
    """

    total: str
    unit: str
    per: str
    verdict: Verdict
    declared: str | None
    interval: Interval | None
    stages: tuple[Share, ...]
    groups: tuple[Share, ...]
    gases: tuple[Share, ...]
    processes: tuple[ProcessResult, ...]
    exchanges: tuple[ExchangeResult, ...]
    avoided: str | None
    findings: tuple[Finding, ...]
    factors_used: tuple[FactorUsed, ...]
    gwp_set: str
    gwp_digest: str
    method: Method
    diagnosis: Diagnosis | None = None
