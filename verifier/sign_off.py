"""What evaluator and decider sign for everybody to see, while the dossier stays with the body.

The dossier's own proofs cannot be compared with what it says by anybody outside. So both persons also sign a short
document that names the dossier, the footprint, the inventory and the certificate's number: signatures given for one
case cannot certify another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.records.envelope import CREDENTIALS_CONTEXT, tanju_context

SIGN_OFF_SCHEMA: Final = "tanju/sign-off/1"


def sign_off_document(subject: Mapping[str, Any]) -> dict[str, Any]:
    """The unsigned sign-off that belongs to a certificate's subject (its JSON), ready for ``credential.sign``."""
    return {
        "@context": [CREDENTIALS_CONTEXT, tanju_context()],
        "schema": SIGN_OFF_SCHEMA,
        "dossier": subject["dossier"]["id"],
        "footprint": subject["footprint"],
        "inventory": subject["inventory"],
        "number": subject["number"],
    }
