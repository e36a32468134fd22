"""What is copied from the chain: once, in order, and undone to the ancestor."""

from ledger.store import (
    Store,
    anchors,
    certificates,
    chainrows,
    cursor,
    institutions,
    keys,
    qualifications,
    recognitions,
)
from ledger.store.chainrows import Place
from ledger.store.cursor import Cursor
from ledger.store.models import (
    CertificateChangeRow,
    CertificateRow,
    DeciderChangeRow,
    DidRow,
    InstitutionRow,
    KeyRevocationRow,
    KeyRow,
    LogAppendRow,
    LogEpochRow,
    QualificationChangeRow,
    RecognitionChangeRow,
    RecognitionRow,
)


def h(number: int) -> bytes:
    return number.to_bytes(32, "big")


def at(block: int, index: int = 0) -> Place:
    return Place(block, index, 1000 + block)


def register(session, block: int, identity: int) -> None:
    chainrows.add(
        session, InstitutionRow, at(block), id=h(identity), scheme="lei", registered_code=f"C{identity}",
        jurisdiction="CN-SH", account=f"0x{identity}", roles=2, profile_id=h(50), endpoint="e",
    )  # fmt: skip
    chainrows.add(session, DidRow, at(block), institution=h(identity), did_digest=h(100 + identity))


def certificate(session, block: int, key: int, supersedes: int = 0) -> None:
    chainrows.add(
        session, CertificateRow, at(block), key=h(key), issuer=h(1), record_id=h(key + 1), number_digest=h(key + 2),
        document_type=1, category="steel", pcr_id=h(0), origin="CN-SH", holder_commitment=h(3), capacity_id=h(key),
        valid_from=1, valid_until=9, supersedes=h(supersedes),
    )  # fmt: skip


def test_an_event_is_stored_once(store: Store) -> None:
    with store.writing() as session:
        epoch = {"institution": h(1), "epoch": 1, "by": "0x1"}
        assert chainrows.add(session, LogEpochRow, at(4), **epoch) is True
        assert chainrows.add(session, LogEpochRow, at(4), **epoch) is False
        assert anchors.current_epoch(session, h(1)) == 1
        assert anchors.current_epoch(session, h(2)) == 0


def test_a_reorganisation_forgets_what_lies_beyond(store: Store) -> None:
    with store.writing() as session:
        register(session, 4, 1)
        register(session, 5, 2)
        certificate(session, 6, 10)
        assert chainrows.forget_after(session, 4) == 3
        assert institutions.find(session, h(1)) is not None
        assert institutions.find(session, h(2)) is None
        assert certificates.find(session, h(10)) is None
        register(session, 5, 2)
        assert institutions.find(session, h(2)) is not None


def test_an_institution_has_its_last_did(store: Store) -> None:
    with store.writing() as session:
        register(session, 4, 1)
        chainrows.add(session, DidRow, at(6, 3), institution=h(1), did_digest=h(777))
        found = institutions.find_by_did(session, h(777))
        assert found is not None
        assert (found.did_digest, found.recorded_at, found.code) == (h(777), 1004, "C1")
        assert institutions.find_by_did(session, h(101)) == found
        assert institutions.find_by_account(session, "0x1") == found
        assert institutions.listing(session, jurisdiction="CN-ZJ") == []


def test_deciders_come_and_go(store: Store) -> None:
    with store.writing() as session:
        for block, account, added in [(4, "0xa", True), (5, "0xb", True), (6, "0xa", False), (7, "0xc", True)]:
            chainrows.add(session, DeciderChangeRow, at(block), institution=h(1), account=account, added=added)
        assert institutions.deciders(session, h(1)) == ["0xb", "0xc"]


def test_a_key_shows_its_earliest_revocation(store: Store) -> None:
    with store.writing() as session:
        chainrows.add(
            session, KeyRow, at(4), institution=h(1), digest=h(8), multikey="z6Mk", algorithm=1, purpose=2,
            valid_from=5, valid_until=0,
        )  # fmt: skip
        for block, moment in [(5, 900), (6, 700)]:
            chainrows.add(
                session,
                KeyRevocationRow,
                at(block),
                institution=h(1),
                digest=h(8),
                purpose=2,
                effective_from=moment,
                by="0x1",
            )
        found = keys.find(session, h(8), 2)
        assert found is not None
        assert found.revoked_from == 700
        assert keys.find(session, h(8), 1) is None
        assert keys.of_institution(session, h(1), purpose=2) == [found]


def test_qualification_history_is_in_order(store: Store) -> None:
    with store.writing() as session:
        for block, action in [(5, 2), (4, 1)]:
            chainrows.add(
                session, QualificationChangeRow, at(block), institution=h(1), kind=1, category="steel", action=action,
                effective_from=block, valid_until=0, record_id=None, by="0x1",
            )  # fmt: skip
        assert [change.action for change in qualifications.of_institution(session, h(1))] == [1, 2]


def test_a_certificate_with_history_and_successor(store: Store) -> None:
    with store.writing() as session:
        certificate(session, 4, 10)
        certificate(session, 6, 20, supersedes=10)
        for block, action in [(4, 1), (5, 2), (6, 6)]:
            chainrows.add(
                session,
                CertificateChangeRow,
                at(block, 1),
                key=h(10),
                action=action,
                owner=1,
                effective_from=block,
                reason=h(9),
            )
        old, new = certificates.find(session, h(10)), certificates.find(session, h(20))
        assert old is not None
        assert new is not None
        assert (old.supersedes, new.supersedes, old.issued_at) == (None, h(10), 1004)
        assert certificates.successor(session, h(10)) == new
        assert certificates.find_by_record(session, h(11)) == old
        assert certificates.find_by_number(session, h(1), h(12)) == old
        assert certificates.find_by_number(session, h(2), h(12)) is None
        assert certificates.listing(session, issuer=h(1)) == [new, old]
        assert [change.action for change in certificates.history(session, h(10))] == [1, 2, 6]


def test_a_recognition_with_its_steps(store: Store) -> None:
    with store.writing() as session:
        chainrows.add(
            session, RecognitionRow, at(4), id=h(30), certificate=h(10), jurisdiction="CN-ZJ", purpose="procurement",
            institution=h(2), mode=4, outcome=4, record_id=h(31), valid_until=0, reasons='["DATA_TOO_OLD"]', by="0xa",
        )  # fmt: skip
        before = recognitions.find(session, h(30))
        chainrows.add(session, RecognitionChangeRow, at(5), recognition=h(30), step="CONFIRMED", by="0xb", reason=None)
        after = recognitions.find_by_record(session, h(31))
        assert before is not None
        assert after is not None
        assert (before.is_confirmed, after.is_confirmed) == (False, True)
        assert (after.reasons, after.steps[0].by) == (("DATA_TOO_OLD",), "0xb")
        assert recognitions.of_certificate(session, h(10)) == recognitions.of_institution(session, h(2)) == [after]


def test_anchors_cover_leaves(store: Store) -> None:
    with store.writing() as session:
        for block, position, size in [(4, 0, 3), (5, 1, 10)]:
            chainrows.add(
                session, LogAppendRow, at(block), institution=h(1), epoch=0, position=position, size=size, root=h(size),
                tx_hash=h(block),
            )  # fmt: skip
        covering = [anchors.covering(session, h(1), 0, index) for index in (0, 2, 3, 9, 10)]
        assert [anchor and anchor.position for anchor in covering] == [0, 0, 1, 1, None]
        head = anchors.head(session, h(1), 0)
        assert head is not None
        assert head.size == 10
        assert anchors.head(session, h(1), 1) is None


def test_the_cursor_and_recent_blocks(store: Store) -> None:
    with store.writing() as session:
        assert cursor.get(session) is None
        for number in range(1, 6):
            cursor.put(session, Cursor(number, h(number)))
            cursor.remember(session, Cursor(number, h(number)), oldest=number - 2)
        assert cursor.get(session) == Cursor(5, h(5))
        assert [block.number for block in cursor.recent(session)] == [5, 4, 3]
        cursor.forget_after(session, 3)
        assert cursor.recent(session) == [Cursor(3, h(3))]
        cursor.remember(session, Cursor(3, h(33)), oldest=0)
        assert cursor.recent(session) == [Cursor(3, h(33))]
