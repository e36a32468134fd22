"""verification: an evidence file checked with this node's trust root, against the chain that it names."""

from __future__ import annotations

from ledger.node import Node
from verifier.case import Question
from verifier.report import Report
from verifier.verify import verify


def check(
    node: Node,
    data: bytes,
    *,
    profile: str,
    jurisdiction: str | None = None,
    purpose: str | None = None,
    valid_at: int | None = None,
    known_at: int | None = None,
) -> Report:
    """Run the numbered checks over the bytes of an evidence file; times are Unix seconds, None for now.

    The answer says what was wrong; nothing is stored. Raises ProfileError for a profile that does not exist or is not
    built, and nothing else: a chain that cannot be asked makes its checks ERROR.
    """
    question = Question(
        profile=profile,
        now=node.now(),
        valid_at=valid_at,
        known_at=known_at,
        jurisdiction=jurisdiction,
        purpose=purpose,
    )
    return verify(data, trust=node.trust, question=question, view=node.view())
