"""Suppliers' certificates that stand as the background of an input: their certified values, from this node's
records.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ledger.errors import NotFoundError
from ledger.services.errors import ProviderUnsupportedError
from ledger.services.lookup import require, subject_of
from ledger.store import Session
from verifier.footprint import CertifiedValue
from verifier.records.inventory import Inventory

ONE: Final = "1"


def certified_values(session: Session, inventory: Inventory) -> dict[str, CertifiedValue]:
    """The certified values that an inventory's rows cite, by certificate reference.

    Raises ProviderUnsupportedError for a certificate that is not here, or whose value is not per one unit.
    """
    return {reference: _value(session, row, reference) for row, reference in _cited(inventory)}


def _cited(inventory: Inventory) -> Iterator[tuple[str, str]]:
    for exchange in inventory.exchanges:
        if exchange.provider is not None and exchange.provider.certificate is not None:
            yield exchange.id, exchange.provider.certificate


def _value(session: Session, row: str, reference: str) -> CertifiedValue:
    try:
        body = subject_of(require(session, reference, "Certificate"))
        statement = subject_of(require(session, body["footprint"], "FootprintStatement"))
    except NotFoundError as error:
        raise ProviderUnsupportedError(row, reference, error.detail) from error
    amount, _, unit = body["value"]["per"].partition(" ")
    if amount != ONE or not unit:
        raise ProviderUnsupportedError(row, reference, f"its value is per {body['value']['per']}, not per one unit")
    return CertifiedValue(reference, body["value"]["value"], f"{body['value']['unit']}/{unit}", statement["gwp"])
