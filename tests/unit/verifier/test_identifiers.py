"""Identifiers shared by records, chain and verifier."""

from __future__ import annotations

import hashlib

import pytest

from verifier.errors import FormatError
from verifier.identifiers import bytes32_text, certificate_key, check_uscc, institution_id


def test_a_real_credit_code_holds_and_every_other_check_character_fails() -> None:
    check_uscc("91310000631696382C")
    for character in "0123456789ABDEFGHJKLMNPQRTUWXY":
        with pytest.raises(FormatError, match="check character"):
            check_uscc("91310000631696382" + character)


@pytest.mark.parametrize("code", ["91310000631696382", "91310000631696382c", "9131000063169638IC", ""])
def test_what_is_no_credit_code_is_refused(code: str) -> None:
    with pytest.raises(FormatError):
        check_uscc(code)


def test_ids_are_tagged_sha256() -> None:
    expected = hashlib.sha256(b"tanju/institution/1uscc91310000631696382C").digest()
    assert institution_id("uscc", "91310000631696382C") == expected
    assert certificate_key(bytes(32), bytes(32)) == hashlib.sha256(b"tanju/certificate/1" + bytes(64)).digest()
    with pytest.raises(FormatError):
        institution_id("duns", "1")


def test_short_names_fit_or_are_refused() -> None:
    assert bytes32_text("CN-SH") == b"CN-SH" + bytes(27)
    for text in ("", "x" * 32, "钢"):
        with pytest.raises(FormatError):
            bytes32_text(text)
