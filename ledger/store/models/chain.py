"""What the indexer copied from the chain's events.

Every row is one event and its key is the event's place on the chain, (block number, log index): delivering it twice
changes nothing, and a reorganisation is undone by deleting what lies beyond the common ancestor. What is *so* is
derived when read, never updated in place.
"""

from __future__ import annotations

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger.store.base import Base, Hash, Number, String, Time


class ChainRow(Base):
    """What every copied event carries: its place on the chain and its block's time."""

    __abstract__ = True

    block_number: Mapped[Number] = mapped_column(primary_key=True)
    log_index: Mapped[Number] = mapped_column(primary_key=True)
    recorded_at: Mapped[Time]


class InstitutionRow(ChainRow):
    """InstitutionRegistered."""

    __tablename__ = "institutions"

    id: Mapped[Hash] = mapped_column(unique=True)
    scheme: Mapped[String]
    registered_code: Mapped[String]
    jurisdiction: Mapped[String] = mapped_column(index=True)
    account: Mapped[String] = mapped_column(unique=True)
    roles: Mapped[Number]
    profile_id: Mapped[Hash]
    endpoint: Mapped[String]


class DidRow(ChainRow):
    """The DID an institution has from now on (InstitutionRegistered, DidChanged)."""

    __tablename__ = "institution_dids"

    institution: Mapped[Hash] = mapped_column(index=True)
    did_digest: Mapped[Hash] = mapped_column(unique=True)


class DeciderChangeRow(ChainRow):
    """DeciderAdded and DeciderRemoved."""

    __tablename__ = "decider_changes"

    institution: Mapped[Hash] = mapped_column(index=True)
    account: Mapped[String]
    added: Mapped[bool]


class KeyRow(ChainRow):
    """KeyAdded. ``until`` 0 is no end; purposes 1 ASSERT, 2 LOG, 3 AUTH, 4 COSIGN."""

    __tablename__ = "keys"
    __table_args__ = (UniqueConstraint("digest", "purpose"), Index(None, "institution"))

    institution: Mapped[Hash]
    digest: Mapped[Hash]
    multikey: Mapped[String]
    algorithm: Mapped[Number]
    purpose: Mapped[Number]
    valid_from: Mapped[Time]
    valid_until: Mapped[Time]


class KeyRevocationRow(ChainRow):
    """KeyRevoked: the key may not be used for the purpose from ``effective_from``."""

    __tablename__ = "key_revocations"
    __table_args__ = (Index(None, "digest", "purpose"),)

    institution: Mapped[Hash]
    digest: Mapped[Hash]
    purpose: Mapped[Number]
    effective_from: Mapped[Time]
    by: Mapped[String]


class QualificationChangeRow(ChainRow):
    """QualificationGranted (action 1, with record id and until) and QualificationChanged."""

    __tablename__ = "qualifications"
    __table_args__ = (Index(None, "institution", "kind", "category"),)

    institution: Mapped[Hash]
    kind: Mapped[Number]
    category: Mapped[String]
    action: Mapped[Number]
    effective_from: Mapped[Time]
    valid_until: Mapped[Time]
    record_id: Mapped[Hash | None]
    by: Mapped[String]


class CertificateRow(ChainRow):
    """Issued, with the fields of the certificate as the contract keeps them."""

    __tablename__ = "certificates"

    key: Mapped[Hash] = mapped_column(unique=True)
    issuer: Mapped[Hash] = mapped_column(index=True)
    record_id: Mapped[Hash] = mapped_column(index=True)
    number_digest: Mapped[Hash] = mapped_column(index=True)
    document_type: Mapped[Number]
    category: Mapped[String]
    pcr_id: Mapped[Hash]
    origin: Mapped[String]
    holder_commitment: Mapped[Hash]
    capacity_id: Mapped[Hash]
    valid_from: Mapped[Time]
    valid_until: Mapped[Time]
    supersedes: Mapped[Hash] = mapped_column(index=True)


class CertificateChangeRow(ChainRow):
    """StatusChanged."""

    __tablename__ = "certificate_changes"

    key: Mapped[Hash] = mapped_column(index=True)
    action: Mapped[Number]
    owner: Mapped[Number]
    effective_from: Mapped[Time]
    reason: Mapped[Hash]


class RecognitionRow(ChainRow):
    """DecisionProposed; ``reasons`` is a JSON array of codes."""

    __tablename__ = "recognitions"
    __table_args__ = (Index(None, "certificate", "jurisdiction", "purpose"),)

    id: Mapped[Hash] = mapped_column(unique=True)
    certificate: Mapped[Hash]
    jurisdiction: Mapped[String]
    purpose: Mapped[String]
    institution: Mapped[Hash] = mapped_column(index=True)
    mode: Mapped[Number]
    outcome: Mapped[Number]
    record_id: Mapped[Hash] = mapped_column(index=True)
    valid_until: Mapped[Time]
    reasons: Mapped[String]
    by: Mapped[String]


class RecognitionChangeRow(ChainRow):
    """DecisionConfirmed, WithdrawalProposed, DecisionWithdrawn; ``step`` is CONFIRMED, WITHDRAWAL_PROPOSED or
    WITHDRAWN.
    """

    __tablename__ = "recognition_changes"

    recognition: Mapped[Hash] = mapped_column(index=True)
    step: Mapped[String]
    by: Mapped[String]
    reason: Mapped[Hash | None]


class LogAppendRow(ChainRow):
    """Appended: a checkpoint of anybody's log as the chain has it."""

    __tablename__ = "log_appends"
    __table_args__ = (UniqueConstraint("institution", "epoch", "position"), Index(None, "institution", "epoch", "size"))

    institution: Mapped[Hash]
    epoch: Mapped[Number]
    position: Mapped[Number]
    size: Mapped[Number]
    root: Mapped[Hash]
    tx_hash: Mapped[Hash]


class LogEpochRow(ChainRow):
    """EpochOpened."""

    __tablename__ = "log_epochs"
    __table_args__ = (UniqueConstraint("institution", "epoch"),)

    institution: Mapped[Hash]
    epoch: Mapped[Number]
    by: Mapped[String]


class CursorRow(Base):
    """How far the indexer has come: one row, ``id`` 1."""

    __tablename__ = "chain_cursor"

    id: Mapped[Number] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[Number]
    hash: Mapped[Hash]


class RecentBlockRow(Base):
    """Hashes of the blocks that may still be reorganised, to find the common ancestor."""

    __tablename__ = "recent_blocks"

    number: Mapped[Number] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[Hash]
