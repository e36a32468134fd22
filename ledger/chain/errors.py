"""Every revert of the contracts as a named error with its next step: the one place where selectors are decoded.

Nodes report reverts in different forms: web3's ContractCustomError with hex text, other nodes a dict, eth-tester raw
bytes inside its own exception. All end here as `ContractRevertError`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector

import contracts
from ledger.errors import LedgerError

ERROR_STRING: Final = bytes.fromhex("08c379a0")
"""Selector of Error(string)."""
PANIC: Final = bytes.fromhex("4e487b71")
"""Selector of Panic(uint256)."""

NEXT_STEPS: Final[dict[str, str]] = {
    "AccountUnavailable": "give the institution an account that nobody else uses",
    "AlreadyConfirmed": "nothing is left to do: the decision stands",
    "AlreadyDecider": "nothing is left to do: the account decides already",
    "AlreadyInstitution": "nothing is left to do: the institution is registered",
    "AlreadyIssued": "nothing is left to do: the certificate is issued; a change is a new record that supersedes it",
    "AlreadyProposed": "nothing is left to do: ask a second person to confirm",
    "AlreadyRegistered": "the name is taken in the Directory",
    "AlreadyRevoked": "nothing is left to do: the key is revoked already",
    "AlreadySealed": "the installation is finished; deploy to a new chain for another",
    "AlreadyWithdrawn": "nothing is left to do: the decision is withdrawn",
    "AnotherReason": "both persons must name the same reason",
    "AppendTooLarge": "append at most 2^20 leaves at a time",
    "BackDated": "let the change take effect now (0) or later",
    "BadName": "use printable ASCII without spaces, right padded with zeros",
    "CapacityMismatch": "leave the capacity id empty: a successor inherits it",
    "DidUnavailable": "use a DID that no institution ever had",
    "DuplicateAuthority": "name each authority's account once",
    "DuplicateKey": "nothing is left to do: the key is registered for this purpose",
    "EarlierThanLast": "let the change take effect no earlier than the one before it",
    "EmptyPeriod": "let the period end after it begins",
    "ForeignOrigin": "name the issuer's own jurisdiction, or its country, as origin",
    "FutureBlock": "ask about a block that exists",
    "IllegalCertificateChange": "look at the certificate's history: this step does not follow from its status",
    "IllegalQualificationChange": "look at the qualification's history: this step does not follow from its status",
    "InconsistentRoot": "stop: the own log does not extend what the chain holds; run `tanju fsck`",
    "KeyOfAnother": "make a new key: this one belongs to another institution",
    "LogTooLarge": "ask the authority to open a new epoch",
    "MalformedCode": "check the code's length, alphabet and check character",
    "MalformedMultikey": "give the Ed25519 public key as z6Mk…",
    "MissingDigest": "give record id, number digest, holder commitment and reason: none may be zero",
    "MissingRecord": "name the record of the decision",
    "MissingRecordId": "name the qualification's record",
    "NoAgreementRegistry": "decide unilaterally, or wait until agreements are on this chain",
    "NoAuthority": "name at least one authority",
    "NoCheckpoint": "ask for a position that exists",
    "NoCode": "deploy the contract before it is registered",
    "NoSuchCertificate": "check the certificate's key",
    "NoSuchInstitution": "register the institution first",
    "NotAnchored": "wait until a checkpoint covers the leaf",
    "NotAuthority": "let an authority of the jurisdiction, or of its country, do this",
    "NotCompetent": "the issuer needs approval, accreditation and designation for the category, in force now",
    "NotConfirmed": "only a confirmed decision can be withdrawn",
    "NotCurrent": "use the contract that the Directory names now",
    "NotCurrentEpoch": "append to the epoch that is open now",
    "NotDecider": "let a registered decider of the institution do this",
    "NotDeciding": "the institution needs the role platform or authority in that jurisdiction",
    "NotEntitled": "let the issuer, or an authority of the certificate's origin, do this",
    "NotEntitledToGrant": "let an authority that may grant this kind do this",
    "NotGrowing": "append a tree that is larger than the last",
    "NotInstaller": "use the account that deployed the Directory",
    "NotInstitution": "send it from the institution's own account",
    "NotIssuer": "send it from the issuer's own account",
    "NotListed": "register all contracts in the Directory first",
    "NotLogAuthority": "let an authority that governs the institution do this",
    "NotLogOwner": "send it from the account of the institution whose log it is",
    "NotOwnCertificate": "name one of the issuer's own certificates",
    "NotYetKnown": "ask about a time that the chain has reached",
    "NumberTaken": "choose a number that the issuer has not used",
    "ProposerLeft": "propose anew: who proposed decides no more",
    "RefusalWithoutReason": "name at least one refusal code",
    "SamePerson": "let another decider confirm",
    "StatutoryIsNotDecided": "nothing is to be decided: the certificate holds by law",
    "StillGranted": "let the new grant begin when the old one has ended",
    "TimeTooLarge": "use Unix seconds, not milliseconds",
    "TooManyReasons": "name fewer reasons",
    "UnknownAlgorithm": "use algorithm 1 (Ed25519)",
    "UnknownCertificate": "check the certificate's key",
    "UnknownDecider": "the account is no decider of the institution",
    "UnknownDecision": "propose the decision first",
    "UnknownDocumentType": "no competence rule exists for this document type",
    "UnknownGrants": "grants are bits 1 << kind of the kinds 1 to 3",
    "UnknownInstitution": "register the institution first",
    "UnknownKey": "check the key's digest and purpose",
    "UnknownKind": "kinds are 1 APPROVAL, 2 ACCREDITATION, 3 DESIGNATION",
    "UnknownMode": "modes are 2 AUTO, 3 REVIEW, 4 UNILATERAL",
    "UnknownOutcome": "outcomes are 1 FULL, 2 PARTIAL, 3 CONDITIONAL, 4 REFUSED",
    "UnknownPurpose": "purposes are 1 ASSERT, 2 LOG, 3 AUTH, 4 COSIGN",
    "UnknownRoles": "roles are bits of the closed list, at least one",
    "UnknownScheme": "use uscc or lei",
    "ZeroAccount": "give an account",
}
"""What to do about each error of the contracts (a test holds that none is missing)."""

_HEX: Final = re.compile(r"0x([0-9a-fA-F]{8}(?:[0-9a-fA-F]{64})*)(?![0-9a-fA-F])")


class ContractRevertError(LedgerError):
    """A contract refused.

    Attributes:
        name: the contract error's name, e.g. "AlreadyIssued"; "Error", "Panic" or "Revert" where it has none.
        arguments: its arguments by name; bytes as 0x-text.
    """

    def __init__(self, name: str, arguments: Mapping[str, Any], *, next_step: str) -> None:
        self.name = name
        self.arguments = arguments
        self.code = "CONTRACT_" + re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper()
        shown = ", ".join(f"{key}={value}" for key, value in arguments.items())
        super().__init__(f"{name}({shown})", next_step=next_step)


class TransactionRefusedError(LedgerError):
    """The endpoint did not take a raw transaction; ``reason`` is its own wording."""

    code = "TRANSACTION_REFUSED"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(
            f"the endpoint refused the transaction: {reason}", next_step="see the reason; the outbox retries"
        )


def decode_revert(data: bytes) -> ContractRevertError:
    """The named error of revert bytes."""
    selector, body = data[:4], data[4:]
    entry = _errors().get(selector)
    try:
        if entry is not None:
            values = decode([collapse_if_tuple(item) for item in entry["inputs"]], body)
            arguments = {item["name"]: _text(value) for item, value in zip(entry["inputs"], values, strict=True)}
            return ContractRevertError(entry["name"], arguments, next_step=NEXT_STEPS[entry["name"]])
        if selector == ERROR_STRING:
            (message,) = decode(["string"], body)
            return ContractRevertError("Error", {"message": message}, next_step="see the message")
        if selector == PANIC:
            (number,) = decode(["uint256"], body)
            return ContractRevertError(
                "Panic", {"number": hex(number)}, next_step="report this: a contract's own check failed"
            )
    except DecodingError:
        pass  # falls through: undecodable data is reported as it is
    return ContractRevertError(
        "Revert", {"data": "0x" + data.hex()}, next_step="the contract gave no reason this version knows"
    )


def revert_of(error: BaseException) -> ContractRevertError | None:
    """The named error inside another library's exception about a revert; None if it carries no revert data.

    Understands web3's ContractLogicError with ``data`` as text or dict, and exceptions that carry raw bytes.
    """
    for candidate in (getattr(error, "data", None), *error.args):
        data = _revert_bytes(candidate)
        if data is not None:
            return decode_revert(data)
    return None


def _revert_bytes(candidate: Any) -> bytes | None:
    if isinstance(candidate, bytes | bytearray) and len(candidate) >= 4:
        return bytes(candidate)
    if isinstance(candidate, dict):
        return next((found for value in candidate.values() if (found := _revert_bytes(value)) is not None), None)
    if isinstance(candidate, str):
        match = _HEX.search(candidate)
        return bytes.fromhex(match[1]) if match else None
    return None


@functools.cache
def _errors() -> dict[bytes, Any]:
    entries = [entry for name in contracts.DEPLOYABLE for entry in contracts.load(name).abi if entry["type"] == "error"]
    # An error has a function's selector; eth_utils computes it for entries that say they are functions.
    return {function_abi_to_4byte_selector({**entry, "type": "function"}): entry for entry in entries}  # type: ignore[arg-type]


def _text(value: Any) -> Any:
    return "0x" + value.hex() if isinstance(value, bytes) else value
