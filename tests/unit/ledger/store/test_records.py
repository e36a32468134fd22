"""Records, tables, drafts and files: kept byte for byte, never changed."""

from dataclasses import replace

import pytest

from ledger.errors import NotFoundError, RecordConflictError
from ledger.store import Store, drafts, files, records, tables
from ledger.store.drafts import Draft
from ledger.store.files import StoredFile
from ledger.store.records import Record
from ledger.store.tables import RecordTable

ISSUER, OTHER = b"\7" * 32, b"\x08" * 32
DOCUMENT = '{"名":"热轧"}'.encode()
RECORD = Record(b"\1" * 32, "Inventory", ISSUER, DOCUMENT, False, "own", 5, b"\3" * 32)


def test_a_record_comes_back_byte_for_byte(store: Store) -> None:
    with store.writing() as session:
        assert records.add(session, RECORD) is True
        assert records.add(session, RECORD) is False
        session.commit()
    with store.reading() as session:
        assert records.get(session, RECORD.id) == RECORD


def test_other_bytes_of_the_same_id_are_refused(store: Store) -> None:
    with store.writing() as session:
        records.add(session, RECORD)
        with pytest.raises(RecordConflictError) as caught:
            records.add(session, replace(RECORD, document=DOCUMENT + b" "))
    assert caught.value.record_id == RECORD.id


def test_an_unknown_record_is_named(store: Store) -> None:
    with store.reading() as session, pytest.raises(NotFoundError, match="01" * 32):
        records.get(session, RECORD.id)


def test_publishing_is_the_only_change(store: Store) -> None:
    with store.writing() as session:
        records.add(session, RECORD)
        records.publish(session, RECORD.id)
        assert records.get(session, RECORD.id) == replace(RECORD, public=True)
        with pytest.raises(NotFoundError):
            records.publish(session, b"\2" * 32)


def test_listing_and_lookup(store: Store) -> None:
    old = RECORD
    new = replace(RECORD, id=b"\2" * 32, stored_at=9, public=True)
    received = replace(RECORD, id=b"\4" * 32, institution=OTHER, source="received", type="Certificate", lookup=None)
    with store.writing() as session:
        for record in (new, received, old):
            records.add(session, record)
        assert records.listing(session, type="Inventory") == [new, old]
        assert records.listing(session, institution=OTHER) == [received]
        assert records.listing(session, source="received") == [received]
        assert records.listing(session, public_only=True) == [new]
        assert records.listing(session, limit=1) == [new]
        assert records.by_lookup(session, type="Inventory", lookup=b"\3" * 32) == [old, new]
        assert records.by_lookup(session, type="Inventory", lookup=b"\3" * 32, institution=OTHER) == []
        assert records.ids(session) == [old.id, new.id, received.id]


def test_tables_travel_with_their_record(store: Store) -> None:
    table = RecordTable(RECORD.id, "exchanges", 1, b"\5" * 32, b"[{}]")
    with store.writing() as session:
        records.add(session, RECORD)
        assert tables.add(session, table) is True
        assert tables.add(session, table) is False
        assert tables.of_record(session, RECORD.id) == {"exchanges": table}
        with pytest.raises(RecordConflictError, match="exchanges"):
            tables.add(session, replace(table, rows=b"[]"))


def test_a_draft_lives_until_it_is_signed(store: Store) -> None:
    draft = Draft(b"\6" * 32, "RecognitionDecision", ISSUER, DOCUMENT, "li", 7)
    with store.writing() as session:
        assert drafts.add(session, draft) is True
        assert drafts.add(session, draft) is False
        with pytest.raises(RecordConflictError):
            drafts.add(session, replace(draft, document=b"{}"))
        assert drafts.listing(session, "RecognitionDecision") == [draft]
        assert drafts.listing(session, "Other") == []
        drafts.remove(session, draft.id)
        drafts.remove(session, draft.id)
        assert drafts.find(session, draft.id) is None


def test_a_received_file_is_kept(store: Store) -> None:
    file = StoredFile(b"\x09" * 32, "evidence", RECORD.id, b"\0\xff raw", 8)
    with store.writing() as session:
        assert files.add(session, file) is True
        assert files.add(session, file) is False
        assert files.find(session, file.digest) == file
        assert files.of_subject(session, RECORD.id) == [file]
        assert files.of_subject(session, b"\1" * 31 + b"\2") == []
