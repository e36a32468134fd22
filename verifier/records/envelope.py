"""The envelope: a W3C Verifiable Credential 2.0 with Data Integrity proofs ``eddsa-jcs-2022``.

A record never changes; a correction is a new record that names the old one in ``supersedes``. The second ``@context``
is named by the digest of its own bytes (RFC 6920), so that what it says can never change.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal

from pydantic import Field, StringConstraints

from verifier.canonical import sha256
from verifier.records.model import Did, DigestText, LedgerRef, RecordModel, Salt, Time

CREDENTIALS_CONTEXT: Final = "https://www.w3.org/ns/credentials/v2"
MAX_PROOFS: Final = 16


@cache
def tanju_context() -> str:
    """The IRI of this ledger's JSON-LD context: ``ni:///sha-256;`` and the digest of ``context.json``."""
    data = files("verifier.records").joinpath("context.json").read_bytes()
    return "ni:///sha-256;" + base64.urlsafe_b64encode(sha256(data)).decode().rstrip("=")


class Proof(RecordModel):
    """One Data Integrity proof; its bytes are checked by ``verifier.credential``.

    A proof repeats the document's ``@context``; trust roots and evidence files, which are no credentials, have none.
    """

    context: Annotated[list[str] | None, Field(alias="@context")] = None
    type: Literal["DataIntegrityProof"]
    cryptosuite: Literal["eddsa-jcs-2022"]
    created: Time
    verification_method: Annotated[str, StringConstraints(pattern=r"^did:[^#]{3,220}#z[1-9A-HJ-NP-Za-km-z]{40,60}$")]
    proof_purpose: Literal["assertionMethod"]
    proof_value: Annotated[str, StringConstraints(pattern=r"^z[1-9A-HJ-NP-Za-km-z]{60,100}$")]


class Record(RecordModel):
    """What every record signs beside its body; each record type narrows ``schema`` and ``credentialSubject``."""

    context: Annotated[list[str], Field(alias="@context")]
    type: list[str]
    issuer: Did
    valid_from: Time
    schema_: Annotated[str, Field(alias="schema")]
    ledger: LedgerRef
    rule_set: DigestText | None
    supersedes: DigestText | None
    salt: Salt
    proof: Annotated[list[Proof], Field(min_length=1, max_length=MAX_PROOFS)]


def envelope(
    *,
    schema: str,
    type_name: str,
    issuer: str,
    valid_from: str,
    ledger: dict[str, Any],
    salt: str,
    subject: dict[str, Any],
    rule_set: str | None = None,
    supersedes: str | None = None,
) -> dict[str, Any]:
    """An unsigned record as JSON, ready for ``verifier.credential.sign``."""
    return {
        "@context": [CREDENTIALS_CONTEXT, tanju_context()],
        "type": ["VerifiableCredential", type_name],
        "issuer": issuer,
        "validFrom": valid_from,
        "schema": schema,
        "ledger": ledger,
        "ruleSet": rule_set,
        "supersedes": supersedes,
        "salt": salt,
        "credentialSubject": subject,
    }
