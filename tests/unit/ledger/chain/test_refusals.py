"""The words with which endpoints refuse a transaction."""

import pytest

from ledger.chain.refusals import Refusal, meaning_of


@pytest.mark.parametrize(
    ("reason", "meaning"),
    [
        ("already known", Refusal.KNOWN),
        ("Known transaction", Refusal.KNOWN),
        ("transaction already imported", Refusal.KNOWN),
        ("nonce too low: next nonce 5, tx nonce 4", Refusal.NONCE_USED),
        ("Nonce too low", Refusal.NONCE_USED),
        ("intrinsic gas too low: have 1, want 21000", Refusal.PERMANENT),
        ("Intrinsic gas exceeds gas limit", Refusal.PERMANENT),
        ("Transaction gas limit exceeds block gas limit", Refusal.PERMANENT),
        ("invalid sender", Refusal.PERMANENT),
        ("nonce too high", Refusal.LATER),
        ("txpool is full", Refusal.LATER),
        ("replacement transaction underpriced", Refusal.LATER),
        ("something that nobody has said before", Refusal.LATER),
    ],
)
def test_what_an_endpoint_means(reason: str, meaning: Refusal) -> None:
    assert meaning_of(reason) is meaning
