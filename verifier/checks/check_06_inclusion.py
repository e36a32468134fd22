"""Check 6: each record is in its issuer's log, under a checkpoint that the file carries (RFC 6962)."""

from __future__ import annotations

from verifier.case import Case
from verifier.checkpoint import Checkpoint, parse_note
from verifier.credential import leaf_input
from verifier.errors import ProofError
from verifier.merkle import check_inclusion, leaf_hash
from verifier.records.registry import RECORD_TYPES
from verifier.report import CheckResult, Status

NUMBER = 6


def run(case: Case) -> CheckResult:
    """Raises ProofError (LOG_ENTRY_MISSING, LOG_INCLUSION, CHECKPOINT_MISSING)."""
    checkpoints = case_checkpoints(case)
    count = 0
    for item in case.items.values():
        if item.log is None:
            if RECORD_TYPES[item.record.schema_].signers != "authority":
                raise ProofError(f"{item.id} has no place in a log", code="LOG_ENTRY_MISSING")
            continue
        checkpoint = checkpoints.get((item.log.institution, item.log.epoch, item.log.size))
        if checkpoint is None:
            raise ProofError(f"the checkpoint of {item.id} is not in the file", code="CHECKPOINT_MISSING")
        check_inclusion(
            leaf=leaf_hash(leaf_input(item.document)),
            index=item.log.index,
            size=item.log.size,
            proof=[bytes.fromhex(part) for part in item.log.path],
            root=checkpoint.root,
        )
        count += 1
    return CheckResult(NUMBER, Status.VALID, "OK", found=f"{count} records included")


def case_checkpoints(case: Case) -> dict[tuple[str, int, int], Checkpoint]:
    """The file's checkpoints by (institution, epoch, size). Raises FormatError."""
    found = [parse_note(entry.note)[0] for entry in case.file.checkpoints]
    return {(item.institution.hex(), item.epoch, item.size): item for item in found}
