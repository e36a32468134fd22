"""Clients and the audit trail."""

from dataclasses import replace

import pytest
from sqlalchemy.exc import IntegrityError

from ledger.errors import NotFoundError
from ledger.store import Store, audit, clients
from ledger.store.audit import AuditEntry
from ledger.store.clients import ApiClient

CLIENT = ApiClient("sh-cb", "argon2…", "issuer", "cb", 10, None, "li")


def test_a_client_is_found_and_revoked_once(store: Store) -> None:
    with store.writing() as session:
        clients.add(session, CLIENT)
        assert clients.find(session, "sh-cb") == CLIENT
        assert clients.find(session, "") is None
        clients.revoke(session, "sh-cb", 20)
        clients.revoke(session, "sh-cb", 30)
        assert clients.listing(session) == [replace(CLIENT, revoked_at=20)]
        with pytest.raises(NotFoundError):
            clients.revoke(session, "nobody", 20)


def test_a_client_id_is_given_once(store: Store) -> None:
    with store.writing() as session:
        clients.add(session, CLIENT)
        with pytest.raises(IntegrityError):
            clients.add(session, replace(CLIENT, role="reader"))


def test_audit_entries_come_newest_first(store: Store) -> None:
    first = AuditEntry("sh-cb", "certify", 10, b"\1" * 32, "recorded")
    second = replace(first, what="suspend", happened_at=11)
    with store.writing() as session:
        audit.add(session, first)
        audit.add(session, second)
        assert audit.listing(session) == [second, first]
        assert audit.listing(session, limit=1) == [second]
