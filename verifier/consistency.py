"""What a certificate must share with the inventory that it rests on; asked before it is signed and whenever it is
checked.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from verifier.decimals import half_unit_in_last_place, to_fraction
from verifier.errors import ProofError
from verifier.identifiers import USCC_LENGTH, check_uscc, institution_id
from verifier.records.certificate import CertificateBody
from verifier.records.disclosure import InventoryBody
from verifier.records.inventory import FunctionalUnit, ReferenceFlow
from verifier.units import UnitError, conversion

COARSEST: Final = Fraction(1, 200)
"""Half a unit in a value's last place may be 0.5 % of it; a coarser value says too little."""


def require_same_statement(certificate: CertificateBody, inventory: InventoryBody) -> None:
    """The certificate says of the product, the rules and the boundary what the inventory says.

    Raises ProofError (CERTIFICATE_DIFFERS) naming the fields.
    """
    pairs = {
        "boundary": (certificate.boundary, inventory.system_boundary),
        "period": (certificate.period, inventory.period),
        "standard": (certificate.standard.name, inventory.rules.standard),
        "pcr": (certificate.pcr.name if certificate.pcr else None, inventory.rules.pcr or None),
        "product": (certificate.product.name, inventory.product.name),
        "category": (certificate.category, inventory.product.category),
    }
    differ = [name for name, (certified, disclosed) in pairs.items() if certified != disclosed]
    if differ:
        raise ProofError(
            f"certificate and inventory differ in {', '.join(differ)}",
            remedy="certify what the inventory discloses; correct the inventory first if it is wrong",
            code="CERTIFICATE_DIFFERS",
        )


def require_identified(certificate: CertificateBody) -> None:
    """The client is identified, and every credit code has its check character. Raises ProofError or FormatError."""
    if certificate.client.code is None:
        raise ProofError("the client has no code", remedy="a certificate has an identified holder", code="IDENTITY")
    for party in (certificate.client, certificate.maker, certificate.factory):
        if party.code is not None and len(party.code) == USCC_LENGTH:
            check_uscc(party.code)


def require_parties(certificate: CertificateBody, *, issuer: bytes, discloser: bytes, calculator: bytes) -> None:
    """No body certifies itself; the inventory is a party's, the statement the body's or a party's (institution ids).

    Raises ProofError (SELF_CERTIFIED, SIGNER_UNFIT).
    """
    codes = {party.code for party in (certificate.client, certificate.maker, certificate.factory) if party.code}
    parties = {institution_id("uscc" if len(code) == USCC_LENGTH else "lei", code) for code in codes}
    if issuer in parties:
        raise ProofError("the body certifies its own product", code="SELF_CERTIFIED")
    if discloser not in parties:
        raise ProofError(
            "the inventory is signed by no party of the certificate",
            remedy="client, maker or factory discloses it",
            code="SIGNER_UNFIT",
        )
    if calculator not in {issuer, *parties}:
        raise ProofError("the statement is signed by neither body nor party", code="SIGNER_UNFIT")


def require_declared_unit(declared: FunctionalUnit, flow: ReferenceFlow) -> None:
    """Declared unit and reference flow are one quantity: no kilogram is sold as a tonne. Raises ProofError
    (DECLARED_UNIT).
    """
    try:
        factor = conversion(flow.quantity.unit, declared.quantity.unit)
    except UnitError as error:
        raise ProofError(
            f"{declared.quantity.unit} is no unit of the reference flow ({flow.quantity.unit})",
            remedy="declare the unit of the product that leaves the last process",
            code="DECLARED_UNIT",
        ) from error
    if to_fraction(flow.quantity.amount) * factor != to_fraction(declared.quantity.amount):
        raise ProofError(
            f"{flow.quantity.amount} {flow.quantity.unit} of the product is declared as "
            f"{declared.quantity.amount} {declared.quantity.unit}",
            remedy="declare the reference flow",
            code="DECLARED_UNIT",
        )


def is_too_coarse(value: str) -> bool:
    """Whether half a unit in the value's last place is more than 0.5 % of it."""
    return half_unit_in_last_place(value) > COARSEST * abs(to_fraction(value))
