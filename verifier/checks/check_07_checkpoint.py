"""Check 7: each checkpoint of the file is on chain with that size and root, final, and signed with a log key."""

from __future__ import annotations

from verifier.case import Case
from verifier.chainview import ChainView
from verifier.checkpoint import Checkpoint, check_note
from verifier.errors import ProofError
from verifier.identifiers import KEY_PURPOSES, key_digest
from verifier.multikey import load_public
from verifier.records.model import format_time
from verifier.report import CheckResult, Status

NUMBER = 7


def run(case: Case) -> CheckResult:
    """Raises ProofError (CHECKPOINT_NOT_ON_CHAIN, NOT_ANCHORED, NOT_YET_KNOWN), or skips."""
    for entry in case.file.checkpoints:
        _check_checkpoint(case.chain, check_note(entry.note, load_public(entry.key)), entry.key)
    known_at = case.known_at()
    for item in case.items.values():
        if item.log is None:
            continue
        anchored = case.anchor(item)
        if item in case.basis() and anchored.recorded_at > known_at:
            raise ProofError(
                f"{item.id} was anchored {format_time(anchored.recorded_at)}, after the known time asked",
                code="NOT_YET_KNOWN",
            )
    _anchored_before_issue(case)
    anchored_at = case.anchor(case.certificate()[0]).recorded_at
    case.details["anchoredAt"] = format_time(anchored_at)
    return CheckResult(NUMBER, Status.VALID, "OK", found=f"anchored {format_time(anchored_at)}")


def _anchored_before_issue(case: Case) -> None:
    """What the certificate rests on, and it itself, stood on chain when it was issued (courts presume no earlier)."""
    issued_at = case.onchain().issued_at
    for item in case.basis():
        if case.anchor(item).recorded_at > issued_at:
            raise ProofError(f"{item.id} was anchored after the certificate was issued", code="ANCHORED_AFTER_ISSUE")


def _check_checkpoint(chain: ChainView, checkpoint: Checkpoint, key: str) -> None:
    found = chain.checkpoint_of_size(checkpoint.institution, checkpoint.epoch, checkpoint.size)
    if found is None or found.root != checkpoint.root:
        raise ProofError(
            f"{checkpoint.origin} at size {checkpoint.size} is not on chain with that root",
            code="CHECKPOINT_NOT_ON_CHAIN",
        )
    at = found.recorded_at
    if not chain.key_valid_at(checkpoint.institution, key_digest(key), KEY_PURPOSES["log"], at, at):
        raise ProofError(f"{key} was not a log key of {checkpoint.origin}", code="KEY_NOT_VALID")
