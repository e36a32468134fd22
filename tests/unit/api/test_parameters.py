import pytest

from api.parameters import institution_bytes, record_digest, seconds
from verifier.errors import FormatError

DIGITS = "0123456789abcdef" * 4


def test_a_record_id_may_come_with_or_without_its_tag() -> None:
    assert record_digest(DIGITS) == record_digest("sha-256:" + DIGITS) == "sha-256:" + DIGITS


@pytest.mark.parametrize(
    "text", ["", "sm3:" + DIGITS, DIGITS[:-1], DIGITS.upper(), DIGITS + "\n", "sha-256:sha-256:" + DIGITS]
)
def test_nothing_else_is_a_record_id(text: str) -> None:
    with pytest.raises(FormatError):
        record_digest(text)


def test_an_institution_id_is_its_32_bytes() -> None:
    assert institution_bytes(DIGITS) == bytes.fromhex(DIGITS)
    with pytest.raises(FormatError):
        institution_bytes("0x" + DIGITS[2:])


def test_times_are_canonical_or_left_out() -> None:
    assert seconds("1970-01-01T00:01:00Z") == 60
    assert seconds(None) is None
    assert seconds("") is None
    for text in ("2026-01-01", "2026-02-30T00:00:00Z", "2026-01-01T00:00:00+08:00"):
        with pytest.raises(FormatError):
            seconds(text)
