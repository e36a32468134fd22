"""Which numbered checks a job requires (design: one profile a job). A profile whose checks are not built yet is
refused.
"""

from __future__ import annotations

from typing import Final

from verifier.errors import VerifierError

DOCUMENT: Final = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 9})
PROFILES: Final[dict[str, frozenset[int]]] = {
    "document": DOCUMENT,
    "procurement": DOCUMENT | {10, 13},
}
NOT_BUILT: Final = {"recognition": "checks 11 and 12", "finance": "checks 11, 12 and 14"}


class ProfileError(VerifierError):
    """A profile that does not exist, or whose checks are not built yet."""

    code = "PROFILE"


def required_checks(profile: str) -> frozenset[int]:
    """The checks that a profile requires. Raises ProfileError."""
    if profile in PROFILES:
        return PROFILES[profile]
    if profile in NOT_BUILT:
        raise ProfileError(
            f"the profile {profile!r} needs {NOT_BUILT[profile]}, which are not built yet",
            remedy="use document or procurement",
        )
    raise ProfileError(f"there is no profile {profile!r}", remedy="use document or procurement")
