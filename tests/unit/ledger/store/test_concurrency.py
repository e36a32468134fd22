"""Two processes that write at once: who comes second waits, and then sees what the first one left."""

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import text

from ledger.chain.outbox import enqueue
from ledger.errors import DatabaseError
from ledger.store import Session, Store, cursor, drafts, engine, files, leaves, outbox, records, tables
from ledger.store.cursor import Cursor
from ledger.store.drafts import Draft
from ledger.store.files import StoredFile
from ledger.store.leaves import Leaf
from ledger.store.models import CursorRow, LogRow, OutboxRow, SenderRow
from ledger.store.outbox import State
from ledger.store.records import Record
from ledger.store.tables import RecordTable
from tests.databases import only_postgresql, only_sqlite
from tests.racing import Work, behind, committed

SENDER = "0x52908400098527886E0F7030069857D2E4169EE7"
INSTITUTION = b"\7" * 32
RECORD = Record(b"\1" * 32, "Inventory", INSTITUTION, b"{}", True, "own", 5)
TABLE = RecordTable(RECORD.id, "exchanges", 0, b"\2" * 32, b"[]")


@pytest.fixture
def second(database_url: str) -> Iterator[Store]:
    with Store.open(database_url) as opened:
        yield opened


def confirm(session: Session, action_id: str = "confirm/1") -> int:
    return enqueue(
        session, sender_account=SENDER, contract="RecognitionRegistry", function="confirm", args=[b"\1" * 32],
        action_id=action_id, now=5,
    )  # fmt: skip


def add_record(session: Session) -> bool:
    return records.add(session, RECORD)


def add_table(session: Session) -> bool:
    return tables.add(session, TABLE)


def add_draft(session: Session) -> bool:
    return drafts.add(session, Draft(RECORD.id, "RecognitionDecision", INSTITUTION, b"{}", "li", 7))


def add_file(session: Session) -> bool:
    return files.add(session, StoredFile(b"\3" * 32, "evidence", None, b"bytes", 8))


@only_postgresql
@pytest.mark.parametrize("add", [add_record, add_table, add_draft, add_file])
def test_what_two_store_at_once_is_stored_once(store: Store, second: Store, add: Work) -> None:
    if add is add_table:
        committed(store, add_record)
    assert behind(store, second, add) == (True, False)


@only_postgresql
def test_the_same_action_of_two_is_one(store: Store, second: Store) -> None:
    row, again = behind(store, second, confirm)
    assert row == again
    with store.reading() as session:
        assert outbox.count_by_state(session) == {State.PENDING: 1}


@only_postgresql
def test_two_first_actions_of_an_account(store: Store, second: Store) -> None:
    row, other = behind(store, second, confirm, lambda session: confirm(session, "confirm/2"))
    assert row != other
    with store.reading() as session:
        assert len(session.orm.query(SenderRow).all()) == 1


def append(session: Session) -> int:
    """The next index of the log, taken."""
    index = leaves.lock_log(session, INSTITUTION, 0)
    identity = index.to_bytes(32, "big")
    records.add(session, Record(identity, "Inventory", INSTITUTION, b"{}", True, "own", 5))
    leaves.add(session, Leaf(INSTITUTION, 0, index, identity, bytes(97)), [((0, index), identity)])
    return index


@only_postgresql
def test_two_that_append_to_a_new_log_and_then_to_an_old_one(store: Store, second: Store) -> None:
    assert behind(store, second, append) == (0, 1)
    assert behind(store, second, append) == (2, 3)


@only_postgresql
def test_what_was_read_before_the_lock_is_read_again_under_it(store: Store, second: Store) -> None:
    committed(store, append)
    with store.writing() as session:
        loaded = session.orm.get(LogRow, (INSTITUTION, 0))
        assert leaves.size(session, INSTITUTION, 0) == 1
        committed(second, append)
        assert append(session) == 2
        assert loaded is not None
    committed(second, lambda session: cursor.put(session, Cursor(1, b"\1" * 32)))
    with store.writing() as session:
        seen = session.orm.get(CursorRow, 1)
        committed(second, lambda session: cursor.put(session, Cursor(2, b"\2" * 32)))
        assert cursor.get(session) == Cursor(2, b"\2" * 32)
        assert seen is not None


@only_postgresql
def test_two_workers_choose_two_nonces(store: Store, second: Store) -> None:
    rows = [committed(store, partial(confirm, action_id=name)) for name in ("first", "other")]

    def sign(session: Session, row: int) -> int:
        outbox.lock_sender(session, SENDER)
        top = outbox.top_nonce(session, SENDER)
        nonce = 0 if top is None else top + 1
        assert outbox.move(session, outbox.get(session, row), State.SIGNED, now=6, nonce=nonce)
        return nonce

    assert behind(
        store, second, lambda session: sign(session, rows[0]), lambda session: sign(session, rows[1])
    ) == (0, 1)  # fmt: skip


@only_postgresql
def test_of_two_moves_at_once_one_wins(store: Store, second: Store) -> None:
    row = committed(store, confirm)
    with store.reading() as session:
        action = outbox.get(session, row)

    def sign(nonce: int) -> Work:
        return lambda session: outbox.move(session, action, State.SIGNED, now=6, nonce=nonce)

    assert behind(store, second, sign(4), sign(5)) == (True, False)
    with store.reading() as session:
        assert outbox.get(session, row).nonce == 4


@only_postgresql
def test_two_indexers_begin(store: Store, second: Store) -> None:
    def first_block(session: Session) -> Cursor | None:
        before = cursor.get(session)
        if before is None:
            cursor.put(session, Cursor(1, b"\1" * 32))
        return before

    assert behind(store, second, first_block) == (None, Cursor(1, b"\1" * 32))


@only_postgresql
def test_a_turn_is_one_workers_at_a_time(store: Store, second: Store) -> None:
    with store.turn("sender/a") as mine, second.turn("sender/a") as also, second.turn("sender/b") as other:
        assert (mine, also, other) == (True, False, True)
    with second.turn("sender/a") as now:
        assert now is True


@only_sqlite
def test_on_sqlite_a_turn_is_everybodys(store: Store, second: Store) -> None:
    with store.turn("sender/a") as mine, second.turn("sender/a") as also:
        assert (mine, also) == (True, True)


def test_a_wait_for_a_lock_ends_with_a_name(database_url: str, second: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    committed(second, confirm)
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    with Store.open(database_url) as impatient, second.writing() as holder:
        outbox.lock_sender(holder, SENDER)
        with pytest.raises(DatabaseError, match="lock"), impatient.writing() as session:
            outbox.lock_sender(session, SENDER)


@only_postgresql
def test_a_session_for_reading_writes_nothing(store: Store) -> None:
    with pytest.raises(DatabaseError, match="read-only"), store.reading() as session:
        session.orm.execute(text("DELETE FROM records"))


@only_postgresql
def test_a_writer_sees_what_others_committed_whatever_the_servers_default(store: Store, database_url: str) -> None:
    with store.engine.connect() as connection:
        name = connection.execute(text("SELECT current_database()")).scalar_one()
        connection.execute(text(f"ALTER DATABASE {name} SET default_transaction_isolation = 'serializable'"))
        connection.commit()
    try:
        with Store.open(database_url) as opened:
            levels = []
            for opening in (opened.writing, opened.reading):
                with opening() as session:
                    levels.append(session.orm.execute(text("SHOW transaction_isolation")).scalar_one())
            assert levels == ["read committed", "repeatable read"]
    finally:
        with store.engine.connect() as connection:
            connection.execute(text(f"ALTER DATABASE {name} RESET default_transaction_isolation"))
            connection.commit()


def test_the_outbox_has_big_numbers_and_raw_bytes(store: Store) -> None:
    row = committed(store, confirm)
    largest, raw = 2**63 - 1, bytes(range(256)) * 4

    def fill(session: Session) -> None:
        action = outbox.get(session, row)
        assert outbox.note(session, action, nonce=largest, block_number=largest, raw=raw, tx_hash=b"\0" * 32)

    committed(store, fill)
    with store.reading() as session:
        found = session.orm.query(OutboxRow).one()
        assert (found.nonce, found.block_number, found.raw, found.tx_hash) == (largest, largest, raw, bytes(32))
