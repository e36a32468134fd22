"""What an endpoint means when it refuses a raw transaction. Clients word it differently; this is the one place that
reads the words.

Wordings of go-ethereum (and what follows it), Besu, GoQuorum, Anvil and the embedded chain.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final


class Refusal(Enum):
    """What a refusal means for the sender."""

    KNOWN = auto()
    """The endpoint has these very bytes: as good as accepted."""
    NONCE_USED = auto()
    """The nonce is used: by this transaction, or by another. Look it up."""
    PERMANENT = auto()
    """This transaction can never be accepted."""
    LATER = auto()
    """Not now: try the same bytes again."""


_WORDS: Final[tuple[tuple[Refusal, tuple[str, ...]], ...]] = (
    (
        Refusal.KNOWN,
        ("already known", "known transaction", "already imported", "already in the pool", "already exists"),
    ),
    (
        Refusal.NONCE_USED,
        ("nonce too low", "nonce is too low", "nonce below", "old nonce", "nonce has already been used"),
    ),
    (
        Refusal.PERMANENT,
        (
            "intrinsic gas",
            "exceeds block gas limit",
            "exceeds the block gas limit",
            "exceeds block limit",
            "invalid sender",
            "invalid signature",
            "invalid chain id",
            "wrong chain",
            "oversized data",
            "max initcode size",
            "not permitted",
            "rlp:",
        ),
    ),
)


def meaning_of(reason: str) -> Refusal:
    """The meaning of an endpoint's words. Words that nobody here knows mean LATER: the action stays, and the words are
    shown.
    """
    lower = reason.lower()
    for refusal, words in _WORDS:
        if any(word in lower for word in words):
            return refusal
    return Refusal.LATER
