"""Histories of qualifications, as the chain recorded them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ledger.store.models import QualificationChangeRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class QualificationChange:
    """One entry: kinds 1 APPROVAL, 2 ACCREDITATION, 3 DESIGNATION; actions 1 GRANT … 5 CANCEL; times in Unix seconds.

    ``valid_until`` (0: no end) and ``record_id`` are those of a grant; ``by`` is the authority's address.
    """

    institution: bytes
    kind: int
    category: str
    action: int
    effective_from: int
    valid_until: int
    recorded_at: int
    record_id: bytes | None
    by: str


def of_institution(session: Session, institution: bytes) -> list[QualificationChange]:
    """All entries of an institution, in the order of recording."""
    query = (
        select(QualificationChangeRow)
        .where(QualificationChangeRow.institution == institution)
        .order_by(QualificationChangeRow.block_number, QualificationChangeRow.log_index)
    )
    return [
        QualificationChange(
            institution=row.institution,
            kind=row.kind,
            category=row.category,
            action=row.action,
            effective_from=row.effective_from,
            valid_until=row.valid_until,
            recorded_at=row.recorded_at,
            record_id=row.record_id,
            by=row.by,
        )
        for row in session.orm.scalars(query)
    ]
