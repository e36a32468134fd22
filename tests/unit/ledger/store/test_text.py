"""What a column holds is the same on both databases, and so is what it refuses."""

import pytest

from ledger.store import Store, chainrows, clients, institutions, keys
from ledger.store.base import MAX_NUMBER, UnstorableTextError
from ledger.store.chainrows import Place
from ledger.store.clients import ApiClient
from ledger.store.models import DidRow, InstitutionRow, KeyRow

INSTITUTION = b"\1" * 32


@pytest.mark.parametrize("name", ["a\0b", "\0", "half \ud83d"])
def test_text_that_is_none_is_refused(store: Store, name: str) -> None:
    with store.writing() as session:
        with pytest.raises(UnstorableTextError, match="FORMAT"):
            clients.add(session, ApiClient(name, "hash", "reader", "cb", 1))
        session.orm.rollback()
        with pytest.raises(UnstorableTextError):
            clients.find(session, name)


@pytest.mark.parametrize("name", ["", "热轧卷板 😀", "a\nb\t", "﷐ É", "x" * 100_000])
def test_every_other_text_comes_back(store: Store, name: str) -> None:
    client = ApiClient(name, "hash", "reader", "cb", 1)
    with store.writing() as session:
        clients.add(session, client)
        session.commit()
    with store.reading() as session:
        assert clients.find(session, name) == client


def test_what_others_write_to_the_chain_does_not_stop_its_copying(store: Store) -> None:
    with store.writing() as session:
        chainrows.add(
            session, InstitutionRow, Place(4, 0, 9), id=INSTITUTION, scheme="lei", registered_code="C",
            jurisdiction="CN-SH", account="0x1", roles=2**32 - 1, profile_id=bytes(32), endpoint="http://a\0b",
        )  # fmt: skip
        chainrows.add(session, DidRow, Place(4, 0, 9), institution=INSTITUTION, did_digest=b"\2" * 32)
        chainrows.add(
            session, KeyRow, Place(5, 0, 9), institution=INSTITUTION, digest=b"\3" * 32, multikey="z6Mk", algorithm=1,
            purpose=2, valid_from=MAX_NUMBER, valid_until=2**64 - 1,
        )  # fmt: skip
        session.commit()
    with store.reading() as session:
        found = institutions.find(session, INSTITUTION)
        assert found is not None
        assert (found.endpoint, found.roles) == ("http://a\ufffdb", 2**32 - 1)
        (key,) = keys.of_institution(session, INSTITUTION)
        assert (key.valid_from, key.valid_until) == (MAX_NUMBER, MAX_NUMBER)
