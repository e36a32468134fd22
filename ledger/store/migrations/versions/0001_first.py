"""The first tables: records, logs, outbox, access, and what the indexer copies from the chain."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_records()
    _create_drafts_and_files()
    _create_outbox()
    _create_logs()
    _create_checkpoints()
    _create_access()
    _create_institutions()
    _create_keys()
    _create_qualifications()
    _create_certificates()
    _create_recognitions()
    _create_chain_logs()
    _create_cursor()


def _hash(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(32), nullable=nullable)


def _leaf(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(97), nullable=False)


def _blob(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable, autoincrement=False)


def _serial(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False, autoincrement=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _place() -> list[sa.Column[Any]]:
    return [_number("block_number"), _number("log_index"), _number("recorded_at")]


def _create_records() -> None:
    op.create_table(
        "records",
        _hash("id"),
        _text("type"),
        _hash("institution"),
        _blob("document"),
        _flag("public"),
        _text("source"),
        _number("stored_at"),
        _hash("lookup", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_records"),
        sa.CheckConstraint("source IN ('own', 'received')", name="ck_records_source"),
    )
    op.create_index("ix_records_institution_type_stored_at", "records", ["institution", "type", "stored_at"])
    op.create_index("ix_records_type_lookup", "records", ["type", "lookup"])
    op.create_table(
        "record_tables",
        _hash("record_id"),
        _text("name"),
        _number("count"),
        _hash("root"),
        _blob("rows"),
        sa.PrimaryKeyConstraint("record_id", "name", name="pk_record_tables"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_record_tables_record_id"),
    )


def _create_drafts_and_files() -> None:
    op.create_table(
        "drafts",
        _hash("id"),
        _text("kind"),
        _hash("institution"),
        _blob("document"),
        _text("created_by"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_kind", "drafts", ["kind"])
    op.create_table(
        "files",
        _hash("digest"),
        _text("kind"),
        _hash("subject", nullable=True),
        _blob("content"),
        _number("stored_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_files"),
    )
    op.create_index("ix_files_subject", "files", ["subject"])


def _create_outbox() -> None:
    op.create_table(
        "senders",
        _text("account"),
        _number("created_at"),
        sa.PrimaryKeyConstraint("account", name="pk_senders"),
    )
    op.create_table(
        "outbox",
        _serial("id"),
        _text("action_id"),
        _text("sender"),
        _text("contract"),
        _text("function"),
        _text("args"),
        _hash("record_id", nullable=True),
        _number("after", nullable=True),
        _text("state"),
        _number("nonce", nullable=True),
        _blob("raw", nullable=True),
        _hash("tx_hash", nullable=True),
        _number("block_number", nullable=True),
        _hash("block_hash", nullable=True),
        _text("error_code", nullable=True),
        _text("error_detail", nullable=True),
        _number("attempts"),
        _number("created_at"),
        _number("changed_at"),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["after"], ["outbox.id"], name="fk_outbox_after"),
        sa.UniqueConstraint("action_id", name="uq_outbox_action_id"),
        sa.UniqueConstraint("tx_hash", name="uq_outbox_tx_hash"),
    )
    op.create_index("ix_outbox_record_id", "outbox", ["record_id"])
    op.create_index("ix_outbox_sender_state_id", "outbox", ["sender", "state", "id"])


def _create_logs() -> None:
    op.create_table(
        "logs",
        _hash("institution"),
        _number("epoch"),
        _number("size"),
        sa.PrimaryKeyConstraint("institution", "epoch", name="pk_logs"),
    )
    op.create_table(
        "log_leaves",
        _hash("institution"),
        _number("epoch"),
        _number("index"),
        _hash("record_id"),
        _leaf("leaf_input"),
        sa.PrimaryKeyConstraint("institution", "epoch", "index", name="pk_log_leaves"),
        sa.ForeignKeyConstraint(["record_id"], ["records.id"], name="fk_log_leaves_record_id"),
        sa.UniqueConstraint("record_id", "institution", "epoch", name="uq_log_leaves_record_id_institution_epoch"),
    )
    op.create_table(
        "log_nodes",
        _hash("institution"),
        _number("epoch"),
        _number("level"),
        _number("index"),
        _hash("hash"),
        sa.PrimaryKeyConstraint("institution", "epoch", "level", "index", name="pk_log_nodes"),
    )


def _create_checkpoints() -> None:
    op.create_table(
        "log_checkpoints",
        _hash("institution"),
        _number("epoch"),
        _number("size"),
        _hash("root"),
        _text("note"),
        _number("sealed_at"),
        _number("outbox_id"),
        _number("position", nullable=True),
        _number("block_number", nullable=True),
        _number("recorded_at", nullable=True),
        sa.PrimaryKeyConstraint("institution", "epoch", "size", name="pk_log_checkpoints"),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_log_checkpoints_outbox_id"),
    )


def _create_access() -> None:
    op.create_table(
        "api_clients",
        _text("client_id"),
        _text("secret_hash"),
        _text("role"),
        _text("institution_name"),
        _text("person", nullable=True),
        _number("created_at"),
        _number("revoked_at", nullable=True),
        sa.PrimaryKeyConstraint("client_id", name="pk_api_clients"),
    )
    op.create_table(
        "audit",
        _serial("id"),
        _text("who"),
        _text("what"),
        _number("happened_at"),
        _hash("request_digest"),
        _text("outcome"),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_happened_at", "audit", ["happened_at"])


def _create_institutions() -> None:
    op.create_table(
        "institutions",
        *_place(),
        _hash("id"),
        _text("scheme"),
        _text("registered_code"),
        _text("jurisdiction"),
        _text("account"),
        _number("roles"),
        _hash("profile_id"),
        _text("endpoint"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_institutions"),
        sa.UniqueConstraint("account", name="uq_institutions_account"),
        sa.UniqueConstraint("id", name="uq_institutions_id"),
    )
    op.create_index("ix_institutions_jurisdiction", "institutions", ["jurisdiction"])
    op.create_table(
        "institution_dids",
        *_place(),
        _hash("institution"),
        _hash("did_digest"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_institution_dids"),
        sa.UniqueConstraint("did_digest", name="uq_institution_dids_did_digest"),
    )
    op.create_index("ix_institution_dids_institution", "institution_dids", ["institution"])
    op.create_table(
        "decider_changes",
        *_place(),
        _hash("institution"),
        _text("account"),
        _flag("added"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_decider_changes"),
    )
    op.create_index("ix_decider_changes_institution", "decider_changes", ["institution"])


def _create_keys() -> None:
    op.create_table(
        "keys",
        *_place(),
        _hash("institution"),
        _hash("digest"),
        _text("multikey"),
        _number("algorithm"),
        _number("purpose"),
        _number("valid_from"),
        _number("valid_until"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_keys"),
        sa.UniqueConstraint("digest", "purpose", name="uq_keys_digest_purpose"),
    )
    op.create_index("ix_keys_institution", "keys", ["institution"])
    op.create_table(
        "key_revocations",
        *_place(),
        _hash("institution"),
        _hash("digest"),
        _number("purpose"),
        _number("effective_from"),
        _text("by"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_key_revocations"),
    )
    op.create_index("ix_key_revocations_digest_purpose", "key_revocations", ["digest", "purpose"])


def _create_qualifications() -> None:
    op.create_table(
        "qualifications",
        *_place(),
        _hash("institution"),
        _number("kind"),
        _text("category"),
        _number("action"),
        _number("effective_from"),
        _number("valid_until"),
        _hash("record_id", nullable=True),
        _text("by"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_qualifications"),
    )
    op.create_index(
        "ix_qualifications_institution_kind_category", "qualifications", ["institution", "kind", "category"]
    )


def _create_certificates() -> None:
    op.create_table(
        "certificates",
        *_place(),
        _hash("key"),
        _hash("issuer"),
        _hash("record_id"),
        _hash("number_digest"),
        _number("document_type"),
        _text("category"),
        _hash("pcr_id"),
        _text("origin"),
        _hash("holder_commitment"),
        _hash("capacity_id"),
        _number("valid_from"),
        _number("valid_until"),
        _hash("supersedes"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_certificates"),
        sa.UniqueConstraint("key", name="uq_certificates_key"),
    )
    op.create_index("ix_certificates_issuer", "certificates", ["issuer"])
    op.create_index("ix_certificates_number_digest", "certificates", ["number_digest"])
    op.create_index("ix_certificates_record_id", "certificates", ["record_id"])
    op.create_index("ix_certificates_supersedes", "certificates", ["supersedes"])
    op.create_table(
        "certificate_changes",
        *_place(),
        _hash("key"),
        _number("action"),
        _number("owner"),
        _number("effective_from"),
        _hash("reason"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_certificate_changes"),
    )
    op.create_index("ix_certificate_changes_key", "certificate_changes", ["key"])


def _create_recognitions() -> None:
    op.create_table(
        "recognitions",
        *_place(),
        _hash("id"),
        _hash("certificate"),
        _text("jurisdiction"),
        _text("purpose"),
        _hash("institution"),
        _number("mode"),
        _number("outcome"),
        _hash("record_id"),
        _number("valid_until"),
        _text("reasons"),
        _text("by"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_recognitions"),
        sa.UniqueConstraint("id", name="uq_recognitions_id"),
    )
    op.create_index(
        "ix_recognitions_certificate_jurisdiction_purpose", "recognitions", ["certificate", "jurisdiction", "purpose"]
    )
    op.create_index("ix_recognitions_institution", "recognitions", ["institution"])
    op.create_index("ix_recognitions_record_id", "recognitions", ["record_id"])
    op.create_table(
        "recognition_changes",
        *_place(),
        _hash("recognition"),
        _text("step"),
        _text("by"),
        _hash("reason", nullable=True),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_recognition_changes"),
    )
    op.create_index("ix_recognition_changes_recognition", "recognition_changes", ["recognition"])


def _create_chain_logs() -> None:
    op.create_table(
        "log_appends",
        *_place(),
        _hash("institution"),
        _number("epoch"),
        _number("position"),
        _number("size"),
        _hash("root"),
        _hash("tx_hash"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_log_appends"),
        sa.UniqueConstraint("institution", "epoch", "position", name="uq_log_appends_institution_epoch_position"),
    )
    op.create_index("ix_log_appends_institution_epoch_size", "log_appends", ["institution", "epoch", "size"])
    op.create_table(
        "log_epochs",
        *_place(),
        _hash("institution"),
        _number("epoch"),
        _text("by"),
        sa.PrimaryKeyConstraint("block_number", "log_index", name="pk_log_epochs"),
        sa.UniqueConstraint("institution", "epoch", name="uq_log_epochs_institution_epoch"),
    )


def _create_cursor() -> None:
    op.create_table(
        "chain_cursor",
        _number("id"),
        _number("number"),
        _hash("hash"),
        sa.PrimaryKeyConstraint("id", name="pk_chain_cursor"),
    )
    op.create_table(
        "recent_blocks",
        _number("number"),
        _hash("hash"),
        sa.PrimaryKeyConstraint("number", name="pk_recent_blocks"),
    )
