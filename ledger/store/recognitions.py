"""Recognition decisions and what became of them, as the chain recorded them. Their effect is asked of the chain, not
computed here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Select, select

from ledger.store.models import RecognitionChangeRow, RecognitionRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class RecognitionStep:
    """CONFIRMED, WITHDRAWAL_PROPOSED or WITHDRAWN: by which account, when (Unix seconds), for which reason (32
    bytes).
    """

    step: str
    by: str
    recorded_at: int
    reason: bytes | None


@dataclass(frozen=True, slots=True)
class Recognition:
    """A proposed decision with its later steps; modes and outcomes as in the contract; times in Unix seconds."""

    id: bytes
    certificate: bytes
    jurisdiction: str
    purpose: str
    institution: bytes
    mode: int
    outcome: int
    record_id: bytes
    valid_until: int
    reasons: tuple[str, ...]
    proposed_by: str
    proposed_at: int
    steps: tuple[RecognitionStep, ...]

    @property
    def is_confirmed(self) -> bool:
        """Whether a second person confirmed it (it may have been withdrawn since)."""
        return any(step.step == "CONFIRMED" for step in self.steps)


def find(session: Session, recognition: bytes) -> Recognition | None:
    """One decision by its id."""
    rows = _all(session, select(RecognitionRow).where(RecognitionRow.id == recognition))
    return rows[0] if rows else None


def find_by_record(session: Session, record_id: bytes) -> Recognition | None:
    """The decision whose record this is."""
    rows = _all(session, select(RecognitionRow).where(RecognitionRow.record_id == record_id))
    return rows[0] if rows else None


def of_certificate(session: Session, certificate: bytes) -> list[Recognition]:
    """All decisions about a certificate, in the order they were proposed."""
    return _all(session, select(RecognitionRow).where(RecognitionRow.certificate == certificate))


def of_institution(session: Session, institution: bytes) -> list[Recognition]:
    """All decisions of an institution, in the order they were proposed."""
    return _all(session, select(RecognitionRow).where(RecognitionRow.institution == institution))


def _all(session: Session, query: Select[RecognitionRow]) -> list[Recognition]:
    ordered = query.order_by(RecognitionRow.block_number, RecognitionRow.log_index)
    return [_recognition(session, row) for row in session.orm.scalars(ordered).all()]


def _recognition(session: Session, row: RecognitionRow) -> Recognition:
    changes = (
        select(RecognitionChangeRow)
        .where(RecognitionChangeRow.recognition == row.id)
        .order_by(RecognitionChangeRow.block_number, RecognitionChangeRow.log_index)
    )
    steps = (RecognitionStep(c.step, c.by, c.recorded_at, c.reason) for c in session.orm.scalars(changes))
    return Recognition(
        id=row.id,
        certificate=row.certificate,
        jurisdiction=row.jurisdiction,
        purpose=row.purpose,
        institution=row.institution,
        mode=row.mode,
        outcome=row.outcome,
        record_id=row.record_id,
        valid_until=row.valid_until,
        reasons=tuple(json.loads(row.reasons)),
        proposed_by=row.by,
        proposed_at=row.recorded_at,
        steps=tuple(steps),
    )
