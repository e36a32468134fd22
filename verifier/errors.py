"""The base error of the verifier's floor: a stable code, what happened, and the next step."""

from __future__ import annotations


class VerifierError(Exception):
    """Something handed to the verifier is not what it must be.

    ``code`` is stable and documented (docs/reference/formats.md); ``detail`` says what was found where;
    ``remedy`` says what would be right.
    """

    code = "VERIFIER_ERROR"

    def __init__(self, detail: str, *, remedy: str = "", code: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.remedy = remedy
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" + (f" ({self.remedy})" if self.remedy else "")


class FormatError(VerifierError):
    """Bytes, JSON or a schema that this ledger's formats do not allow (check 1)."""

    code = "FORMAT"


class CanonicalError(VerifierError):
    """Bytes that are not their own canonical form (check 2)."""

    code = "NOT_CANONICAL"


class ProofError(VerifierError):
    """A signature or a Merkle proof that does not hold (checks 3, 6, 9)."""

    code = "PROOF"


class ChainUnavailableError(VerifierError):
    """The chain could not be asked: endpoint down, behind, on another chain, or lying about its contracts."""

    code = "CHAIN_UNAVAILABLE"
