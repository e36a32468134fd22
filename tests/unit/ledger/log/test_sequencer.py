"""A checkpoint is sealed only over what was read and hashed again, and never two appends at a time."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from ledger.chain import outbox
from ledger.errors import LogCorruptError, SealBlockedError
from ledger.keys import InstitutionKeys
from ledger.log import Sequencer, append_record, proofs, seal, sequencer
from ledger.store import Session, Store, chainrows, checkpoints, leaves
from ledger.store import outbox as actions
from ledger.store.chainrows import Place
from ledger.store.models import DidRow, InstitutionRow, LogEpochRow, LogLeafRow, LogNodeRow, RecordRow
from ledger.store.outbox import State
from tests.databases import only_postgresql
from tests.racing import behind, committed
from verifier.checkpoint import check_note
from verifier.errors import ProofError
from verifier.merkle import check_consistency

Keep = Callable[[Session, int], bytes]
NOW = 1_800_000_000


def fill(session: Session, institution: InstitutionKeys, keep: Keep, start: int, end: int) -> None:
    for number in range(start, end):
        append_record(session, institution.id, keep(session, number))


def finish(session: Session, action_row: int, state: State = State.FINAL) -> None:
    actions.move(session, actions.get(session, action_row), state, now=NOW)


def open_epoch(session: Session, institution: InstitutionKeys, epoch: int) -> None:
    chainrows.add(session, LogEpochRow, Place(epoch, 0, 9), institution=institution.id, epoch=epoch, by="0x1")


def test_the_first_checkpoint(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        fill(session, institution, keep, 0, 5)
        sealed = seal(session, institution, now=NOW)
        assert sealed is not None
        assert (sealed.size, sealed.sealed_at, sealed.position) == (5, NOW, None)
        noted = check_note(sealed.note, institution.log_key.public_key())
        assert (noted.institution, noted.epoch, noted.size, noted.root) == (institution.id, 0, 5, sealed.root)
        assert sealed.root == proofs.root(session, institution.id, 0, 5)
        action = actions.get(session, sealed.outbox_id)
        assert (action.contract, action.function, action.sender) == ("RecordLog", "append", institution.account.address)
        assert outbox.arguments(action) == ["0x" + institution.id.hex(), 0, 5, "0x" + sealed.root.hex(), []]
        assert checkpoints.last(session, institution.id, 0) == sealed


def test_nothing_new_nothing_sealed(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        assert seal(session, institution, now=NOW) is None
        fill(session, institution, keep, 0, 2)
        sealed = seal(session, institution, now=NOW)
        assert sealed is not None
        finish(session, sealed.outbox_id)
        assert seal(session, institution, now=NOW) is None


def test_one_unfinal_append_a_log(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        fill(session, institution, keep, 0, 2)
        first = seal(session, institution, now=NOW)
        assert first is not None
        fill(session, institution, keep, 2, 4)
        assert seal(session, institution, now=NOW) is None
        finish(session, first.outbox_id)
        second = seal(session, institution, now=NOW)
        assert second is not None
        proof = [bytes.fromhex(part[2:]) for part in outbox.arguments(actions.get(session, second.outbox_id))[4]]
        check_consistency(size1=2, size2=4, root1=first.root, root2=second.root, proof=proof)
        with pytest.raises(ProofError):
            check_consistency(size1=2, size2=4, root1=second.root, root2=second.root, proof=proof)


def test_a_refused_append_stops_sealing_until_it_is_retried(
    store: Store, institution: InstitutionKeys, keep: Keep
) -> None:
    with store.writing() as session:
        fill(session, institution, keep, 0, 2)
        first = seal(session, institution, now=NOW)
        assert first is not None
        finish(session, first.outbox_id, State.REVERTED)
        fill(session, institution, keep, 2, 3)
        with pytest.raises(SealBlockedError, match="REVERTED"):
            seal(session, institution, now=NOW)
        outbox.retry(session, first.outbox_id, now=NOW)
        assert seal(session, institution, now=NOW) is None
        finish(session, first.outbox_id)
        assert seal(session, institution, now=NOW) is not None


def test_a_large_log_is_sealed_in_parts(
    store: Store, institution: InstitutionKeys, keep: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencer, "MAX_SEAL_LEAVES", 3)
    with store.writing() as session:
        fill(session, institution, keep, 0, 7)
        sizes = []
        while (sealed := seal(session, institution, now=NOW)) is not None:
            sizes.append(sealed.size)
            finish(session, sealed.outbox_id)
        assert sizes == [3, 6, 7]


def change_document(session: Session, institution: InstitutionKeys) -> None:
    (leaf,) = leaves.between(session, institution.id, 0, 1, 2)
    session.orm.get_one(RecordRow, leaf.record_id).document = b'{"proof":[],"type":"Inventory"}'


def change_leaf(session: Session, institution: InstitutionKeys) -> None:
    session.orm.get_one(LogLeafRow, (institution.id, 0, 1)).leaf_input = b"\1" + bytes(96)


def drop_leaf(session: Session, institution: InstitutionKeys) -> None:
    session.orm.delete(session.orm.get_one(LogLeafRow, (institution.id, 0, 1)))


def change_subtree(session: Session, institution: InstitutionKeys) -> None:
    session.orm.get_one(LogNodeRow, (institution.id, 0, 1, 0)).hash = bytes(32)


@pytest.mark.parametrize("damage", [change_document, change_leaf, drop_leaf, change_subtree])
def test_what_was_changed_is_not_signed(
    store: Store,
    institution: InstitutionKeys,
    keep: Keep,
    damage: Callable[[Session, InstitutionKeys], None],
) -> None:
    with store.writing() as session:
        fill(session, institution, keep, 0, 3)
        damage(session, institution)
        session.orm.flush()
        with pytest.raises(LogCorruptError):
            seal(session, institution, now=NOW)
        assert checkpoints.last(session, institution.id, 0) is None
        assert actions.count_by_state(session) == {}


def test_a_changed_past_is_not_signed(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        fill(session, institution, keep, 0, 2)
        sealed = seal(session, institution, now=NOW)
        assert sealed is not None
        finish(session, sealed.outbox_id)
        fill(session, institution, keep, 2, 3)
        change_subtree(session, institution)
        session.orm.flush()
        with pytest.raises(LogCorruptError, match="sealed root at size 2"):
            seal(session, institution, now=NOW)


def register(session: Session, institution: InstitutionKeys) -> None:
    chainrows.add(
        session, InstitutionRow, Place(0, 0, 9), id=institution.id, scheme="uscc", registered_code=institution.code,
        jurisdiction="CN-SH", account=institution.account.address, roles=2, profile_id=bytes(32), endpoint="e",
    )  # fmt: skip
    chainrows.add(session, DidRow, Place(0, 0, 9), institution=institution.id, did_digest=bytes(32))


def test_the_loop_waits_until_the_chain_knows_the_institution(
    store: Store, institution: InstitutionKeys, keep: Keep
) -> None:
    loop = Sequencer(store, [institution], now=lambda: NOW)
    with store.writing() as session:
        fill(session, institution, keep, 0, 2)
        session.commit()
    assert loop.step() == 0
    with store.writing() as session:
        register(session, institution)
        session.commit()
    assert [loop.step(), loop.step()] == [1, 0]


def test_a_damaged_log_does_not_stop_the_others(
    store: Store, institution: InstitutionKeys, keep: Keep, caplog: pytest.LogCaptureFixture
) -> None:
    other = replace(institution, name="other", id=b"\x42" * 32)
    with store.writing() as session:
        register(session, institution)
        chainrows.add(
            session, InstitutionRow, Place(1, 0, 9), id=other.id, scheme="uscc", registered_code="other",
            jurisdiction="CN-SH", account="0x42", roles=2, profile_id=bytes(32), endpoint="e",
        )  # fmt: skip
        chainrows.add(session, DidRow, Place(1, 0, 9), institution=other.id, did_digest=b"\1" * 32)
        fill(session, institution, keep, 0, 3)
        append_record(session, other.id, keep(session, 2))
        change_leaf(session, institution)
        session.commit()
    loop = Sequencer(store, [institution, other], now=lambda: NOW)
    assert [loop.step(), loop.step()] == [1, 0]
    assert len([entry for entry in caplog.records if "cb is not sealed" in entry.getMessage()]) == 1
    with store.reading() as session:
        assert checkpoints.last(session, institution.id, 0) is None
        assert checkpoints.last(session, other.id, 0) is not None


def test_a_new_epoch_takes_what_the_old_one_never_anchored(
    store: Store, institution: InstitutionKeys, keep: Keep
) -> None:
    with store.writing() as session:
        register(session, institution)
        fill(session, institution, keep, 0, 2)
        sealed = seal(session, institution, now=NOW)
        assert sealed is not None
        checkpoints.anchor(session, sealed, position=0, block_number=3, recorded_at=NOW)
        fill(session, institution, keep, 2, 5)
        open_epoch(session, institution, 1)
        assert leaves.size(session, institution.id, 1) == 0
        session.commit()
    assert Sequencer(store, [institution], now=lambda: NOW).step() == 1
    with store.reading() as session:
        moved = [leaf.record_id for leaf in leaves.between(session, institution.id, 1, 0, 9)]
        assert moved == [leaf.record_id for leaf in leaves.between(session, institution.id, 0, 2, 5)]
        found = checkpoints.last(session, institution.id, 1)
        assert found is not None
        assert found.size == 3


@only_postgresql
def test_of_two_sequencers_one_seals(store: Store, database_url: str, institution: InstitutionKeys, keep: Keep) -> None:
    committed(store, lambda session: fill(session, institution, keep, 0, 2))
    with Store.open(database_url) as second:
        sealed, none = behind(store, second, lambda session: seal(session, institution, now=NOW))
    assert (sealed.size, none) == (2, None)
    with store.reading() as session:
        assert actions.count_by_state(session) == {State.PENDING: 1}
