"""An inventory file taken apart into a signed header and confidential tables, and put together again.

The tables are ``flows``, ``processes``, ``exchanges`` and ``cutOff``. In a record a provider names its factor as
``sha-256:<record id of the dataset>#<entry>``; names such as ``cn-electricity-cfp@2024#CN`` stay in input files.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from verifier.canonical import canonicalise, digest_of, parse
from verifier.errors import FormatError
from verifier.records.inventory import INVENTORY_SCHEMA
from verifier.tables import table_root

TABLES: Final = ("flows", "processes", "exchanges", "cutOff")
RULE_SET_SCHEMA: Final = "tanju/rule-set/1"
CALCULATION: Final = "tanju/footprint/1"

Rows = list[dict[str, Any]]


def take_apart(
    inventory: Mapping[str, Any], *, resolve: Callable[[str], str], new_salt: Callable[[], str]
) -> tuple[dict[str, Any], dict[str, Rows]]:
    """Split an inventory (its JSON value) into the record's subject and its salted tables.

    ``resolve`` turns a factor reference of the file into ``sha-256:…#entry``; ``new_salt`` gives 32 hex digits for
    each row.
    Raises FormatError when a reference cannot be resolved (as ``resolve`` does).
    """
    own = parse(canonicalise(dict(inventory)))
    for exchange in own["exchanges"]:
        _resolve_row(exchange, resolve)
    tables: dict[str, Rows] = {}
    for name in TABLES:
        rows = own.pop(name, [])
        tables[name] = [{"i": i, "salt": new_salt(), "row": row} for i, row in enumerate(rows)]
    own.pop("schema")
    subject = {
        **own,
        "factors": cited_factors(tables["exchanges"]),
        "tables": {name: {"root": table_root(rows).hex(), "count": len(rows)} for name, rows in tables.items()},
    }
    return subject, tables


def put_together(subject: Mapping[str, Any], tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:
    """The inventory's JSON value from a record's subject and its fully disclosed tables."""
    missing = [name for name in TABLES if name not in tables]
    if missing:
        raise FormatError(f"the tables {missing} are not disclosed", code="TABLES_NOT_DISCLOSED")
    header = {key: value for key, value in subject.items() if key not in ("factors", "tables")}
    rows = {name: [entry["row"] for entry in tables[name]] for name in TABLES}
    return {"schema": INVENTORY_SCHEMA, **header, **rows}


def cited_factors(exchanges: Sequence[Mapping[str, Any]]) -> list[str]:
    """The datasets (before ``#``) that the salted rows of ``exchanges`` cite, sorted, each once."""
    return sorted({reference.partition("#")[0] for reference in _references(exchanges)})


def rule_set_digest(rules: Mapping[str, Any], gwp_digest: str) -> str:
    """The digest of the rules in force: the inventory's ``rules``, the GWP set's digest and the calculation's
    version.
    """
    return digest_of(
        canonicalise(
            {"schema": RULE_SET_SCHEMA, "calculation": CALCULATION, "rules": dict(rules), "gwpDigest": gwp_digest}
        )
    )


def _resolve_row(exchange: dict[str, Any], resolve: Callable[[str], str]) -> None:
    provider = exchange.get("provider")
    if isinstance(provider, dict) and "factor" in provider:
        provider["factor"] = resolve(provider["factor"])
    if isinstance(exchange.get("combustion"), dict):
        exchange["combustion"]["factor"] = resolve(exchange["combustion"]["factor"])
    for leg in exchange.get("transport") or []:
        if leg.get("factor"):
            leg["factor"] = resolve(leg["factor"])


def _references(exchanges: Sequence[Mapping[str, Any]]) -> list[str]:
    found: list[str] = []
    for entry in exchanges:
        row = entry["row"]
        found.extend(
            reference
            for reference in (
                (row.get("provider") or {}).get("factor"),
                (row.get("combustion") or {}).get("factor"),
                *(leg.get("factor") for leg in row.get("transport") or []),
            )
            if reference
        )
    return found
