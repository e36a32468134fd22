"""The unit of work: nothing happened unless it was committed."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from ledger.errors import DatabaseError, ReadOnlySessionError
from ledger.store import Store, audit, records
from ledger.store.records import Record
from tests.databases import only_sqlite

RECORD = Record(b"\1" * 32, "Inventory", b"\2" * 32, b"{}", True, "own", 5)


def test_leaving_without_commit_rolls_back(store: Store) -> None:
    with store.writing() as session:
        records.add(session, RECORD)
    with store.reading() as session:
        assert records.find(session, RECORD.id) is None


def test_an_exception_rolls_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        _add_and_fail(store)
    with store.reading() as session:
        assert records.find(session, RECORD.id) is None


def _add_and_fail(store: Store) -> None:
    with store.writing() as session:
        records.add(session, RECORD)
        raise ZeroDivisionError


def test_a_commit_stays(store: Store, database_url: str) -> None:
    with store.writing() as session:
        records.add(session, RECORD)
        session.commit()
    with Store.open(database_url) as again, again.reading() as session:
        assert records.get(session, RECORD.id) == RECORD


def test_reading_cannot_commit(store: Store) -> None:
    with store.reading() as session, pytest.raises(ReadOnlySessionError):
        session.commit()


def test_a_reader_sees_one_state(store: Store) -> None:
    with store.reading() as reader:
        assert records.find(reader, RECORD.id) is None
        with store.writing() as writer:
            records.add(writer, RECORD)
            writer.commit()
        assert records.find(reader, RECORD.id) is None
    with store.reading() as reader:
        assert records.find(reader, RECORD.id) == RECORD


@only_sqlite
def test_a_full_disk_has_a_name_and_leaves_nothing(store: Store) -> None:
    large = replace(RECORD, id=b"\3" * 32, document=b"x" * 2_000_000)
    with pytest.raises(DatabaseError, match="full"):
        _fill(store, large)
    with store.writing() as session:
        session.orm.execute(text("PRAGMA max_page_count=1000000"))
        assert records.ids(session) == []
        records.add(session, large)
        session.commit()


def _fill(store: Store, large: Record) -> None:
    with store.writing() as session:
        session.orm.execute(text("PRAGMA max_page_count=100"))
        records.add(session, RECORD)
        records.add(session, large)
        session.commit()


def test_a_database_that_is_gone_has_a_name(store: Store, database_url: str) -> None:
    with store.writing() as session:
        session.orm.execute(text("DROP TABLE audit"))
        session.commit()
    with pytest.raises(DatabaseError, match="audit"), store.reading() as session:
        audit.listing(session)
