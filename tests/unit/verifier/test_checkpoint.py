"""C2SP checkpoint notes."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.checkpoint import Checkpoint, check_note, parse_note, sign_checkpoint
from verifier.errors import FormatError, ProofError, VerifierError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CHECKPOINT = Checkpoint(institution=bytes(range(32)), epoch=0, size=7, root=bytes(32))
NOTE = sign_checkpoint(CHECKPOINT, KEY)


def test_a_note_says_what_was_signed() -> None:
    assert check_note(NOTE, KEY.public_key()) == CHECKPOINT
    assert NOTE.startswith(f"tanju/{bytes(range(32)).hex()}/0\n7\nAAAA")


def test_another_key_is_named_as_such() -> None:
    with pytest.raises(ProofError, match="another key"):
        check_note(NOTE, Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key())


def test_no_changed_character_passes() -> None:
    for position, character in enumerate(NOTE):
        changed = NOTE[:position] + ("A" if character != "A" else "B") + NOTE[position + 1 :]
        with pytest.raises(VerifierError):
            check_note(changed, KEY.public_key())
        with pytest.raises(VerifierError):
            check_note(NOTE[:position] + NOTE[position + 1 :], KEY.public_key())


@pytest.mark.parametrize(
    "note", ["", NOTE + NOTE, NOTE.replace("\n7\n", "\n07\n"), NOTE.replace("\n7\n", f"\n{2**32 + 1}\n"), "x" * 5000]
)
def test_a_malformed_note_is_refused(note: str) -> None:
    with pytest.raises(FormatError):
        parse_note(note)
