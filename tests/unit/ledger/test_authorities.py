"""The authorities' key file, and who acts for which jurisdiction and kind."""

import stat
from pathlib import Path

import pytest

from ledger.authorities import DEMONSTRATION, Authority, governing, granting, open_authorities
from ledger.errors import NotFoundError, WrongPassphraseError
from ledger.keys import MIN_SCRYPT_N
from verifier.identifiers import check_uscc
from verifier.trustroot import Authority as TrustedAuthority

PASSPHRASE = "correct horse"


@pytest.fixture
def authorities(tmp_path: Path) -> list[Authority]:
    return open_authorities(tmp_path / "a.keys", PASSPHRASE, DEMONSTRATION, scrypt_n=MIN_SCRYPT_N)


def test_opened_again_they_are_the_same_and_nothing_stands_in_clear(
    tmp_path: Path, authorities: list[Authority]
) -> None:
    path = tmp_path / "a.keys"
    before = path.read_bytes()
    again = open_authorities(path, PASSPHRASE, DEMONSTRATION)
    assert [item.entry() for item in again] == [item.entry() for item in authorities]
    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert authorities[0].keys.account.key.hex() not in before.decode()
    with pytest.raises(WrongPassphraseError):
        open_authorities(path, "battery staple", DEMONSTRATION)


def test_a_later_plan_adds_only_what_is_missing(tmp_path: Path) -> None:
    first = open_authorities(tmp_path / "b.keys", PASSPHRASE, DEMONSTRATION[:2], scrypt_n=MIN_SCRYPT_N)
    both = open_authorities(tmp_path / "b.keys", PASSPHRASE, DEMONSTRATION[:3])
    assert [item.address for item in both[:2]] == [item.address for item in first]
    assert len({item.address for item in both}) == 3


def test_every_entry_is_one_that_a_trust_root_may_hold(authorities: list[Authority]) -> None:
    for authority in authorities:
        TrustedAuthority.model_validate(authority.entry())
        check_uscc(authority.plan.code)
    assert [item.plan.grant_mask for item in authorities] == [2, 4, 8, 0, 0, 0, 0]


def test_a_province_is_governed_by_its_own_authority_else_by_the_country(authorities: list[Authority]) -> None:
    assert governing(authorities, "CN-ZJ").plan.name == "zhejiang"
    assert governing(authorities, "CN-BJ").plan.jurisdiction == "CN"
    with pytest.raises(NotFoundError):
        governing(authorities, "SG")


def test_each_kind_has_its_own_authority(authorities: list[Authority]) -> None:
    named = [granting(authorities, kind).plan.name for kind in ("approval", "accreditation", "designation")]
    assert named == ["approval", "accreditation", "pilot"]
    with pytest.raises(NotFoundError):
        granting(authorities[3:], "approval")
