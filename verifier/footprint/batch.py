"""Many inventories, one after the other: streamed, in bounded memory, and one that is wrong never stops the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from verifier.errors import VerifierError
from verifier.footprint.engine import recalculate
from verifier.footprint.factors import FactorSource
from verifier.footprint.gwp import GwpSet
from verifier.footprint.model import CertifiedValue, FootprintResult
from verifier.footprint.report import diagnosis_to_json, result_to_json
from verifier.records.inventory import MAX_INVENTORY_BYTES, Inventory, load_inventory, parse_inventory

REPRODUCED: Final = frozenset({"R0", "R1", "NOT_DECLARED"})
OK: Final = 0
NOT_REPRODUCED: Final = 1
NOT_CALCULATED: Final = 3
_SKIP_BYTES: Final = 1024 * 1024

Item = Path | bytes | Inventory
"""An inventory as a file, as the bytes of one, or read already."""


class UnreadableError(VerifierError):
    """A file of the batch that cannot be read."""

    code = "FILE_UNREADABLE"


@dataclass(frozen=True, slots=True)
class BatchLine:
    """What became of one inventory: a result, or the error that it met."""

    name: str
    result: FootprintResult | None
    error: VerifierError | None = None

    @property
    def exit_code(self) -> int:
        """0 reproduced or nothing declared, 1 not reproduced, 3 not calculated."""
        if self.result is None:
            return NOT_CALCULATED
        return OK if self.result.verdict in REPRODUCED else NOT_REPRODUCED


@dataclass(slots=True)
class BatchSummary:
    """Counts over the lines seen so far; ``exit_code`` is the worst of theirs."""

    count: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    exit_code: int = OK

    def add(self, line: BatchLine) -> None:
        """Count one line."""
        self.count += 1
        self.exit_code = max(self.exit_code, line.exit_code)
        if line.result is not None:
            self.verdicts[line.result.verdict] += 1
        elif line.error is not None:
            self.errors[line.error.code] += 1

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON."""
        return {
            "count": self.count,
            "verdicts": dict(sorted(self.verdicts.items())),
            "errors": dict(sorted(self.errors.items())),
            "exit": self.exit_code,
        }


def recalculate_many(
    inventories: Iterable[tuple[str, Item]],
    *,
    factors: FactorSource,
    gwp: GwpSet | None = None,
    certified: Mapping[str, CertifiedValue] | None = None,
    diagnosed: bool = False,
) -> Iterator[BatchLine]:
    """Calculate inventories as they come; yield a line for each, in their order, whatever it meets.

    Only one inventory is held at a time.  ``factors``, ``gwp``, ``certified`` and ``diagnosed`` are those of
    :func:`verifier.footprint.recalculate`; a diagnosis costs many times the calculation, so it is off unless asked for.
    """
    for name, item in inventories:
        try:
            inventory = _read(item)
            result = recalculate(inventory, factors=factors, gwp=gwp, certified=certified, diagnosed=diagnosed)
        except VerifierError as error:
            yield BatchLine(name, None, error)
        except OSError as error:
            yield BatchLine(name, None, UnreadableError(error.strerror or str(error), remedy="check the file"))
        else:
            yield BatchLine(name, result)


def _read(item: Item) -> Inventory:
    if isinstance(item, Inventory):
        return item
    return load_inventory(item) if isinstance(item, Path) else parse_inventory(item)


def inventories_in(folder: Path) -> list[tuple[str, Item]]:
    """Return the ``*.json`` files of a folder and of those within it, by path; raises ``OSError``."""
    next(folder.iterdir(), None)
    files = sorted(path for path in folder.rglob("*.json") if path.is_file())
    return [(path.relative_to(folder).as_posix(), path) for path in files]


def inventory_lines(handle: BinaryIO, name: str) -> Iterator[tuple[str, Item]]:
    """Yield the inventories of a JSON Lines file, one to a line; blank lines are passed by.

    A line longer than an inventory may be is read to its end in pieces, and handed on cut, so that it fails as too
    large without having been held.
    """
    number = 0
    while line := handle.readline(MAX_INVENTORY_BYTES + 2):
        number += 1
        if len(line) > MAX_INVENTORY_BYTES and not line.endswith(b"\n"):
            while (more := handle.readline(_SKIP_BYTES)) and not more.endswith(b"\n"):
                pass
        if line.strip():
            yield f"{name}:{number}", line.rstrip(b"\r\n")


def line_to_json(line: BatchLine, *, full: bool = False) -> dict[str, Any]:
    """Return a line as JSON: the headline, or with ``full`` the whole result; of a failed one its error."""
    value: dict[str, Any] = {"inventory": line.name, "exit": line.exit_code}
    if line.error is not None:
        error = {"code": line.error.code, "detail": line.error.detail, "nextStep": line.error.remedy}
        return value | {"error": error | {"row": getattr(line.error, "row", None)}}
    assert line.result is not None
    if full:
        return value | {"result": result_to_json(line.result)}
    result = line.result
    diagnosis = None if result.diagnosis is None else diagnosis_to_json(result.diagnosis)
    return value | {
        "total": {"value": result.total, "unit": result.unit, "per": result.per},
        "verdict": result.verdict,
        "declared": result.declared,
        "findings": {finding.code: finding.count for finding in result.findings},
        "diagnosis": diagnosis,
    }
