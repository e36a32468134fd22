"""Who an institution is on chain, as far as the node has read it: what guards ask before they let somebody act."""

from __future__ import annotations

from ledger.keys import InstitutionKeys
from ledger.services.errors import NotDeciderError, NotRegisteredError, RoleMissingError
from ledger.store import Session, institutions
from ledger.store.institutions import Institution
from verifier.identifiers import ROLES


def require_registered(session: Session, keys: InstitutionKeys) -> Institution:
    """The institution's entry. Raises NotRegisteredError."""
    found = institutions.find(session, keys.id)
    if found is None:
        raise NotRegisteredError(keys.name)
    return found


def require_role(session: Session, keys: InstitutionKeys, *roles: str) -> Institution:
    """The institution's entry, if it has one of the roles. Raises NotRegisteredError or RoleMissingError."""
    found = require_registered(session, keys)
    if not any(found.roles & 1 << ROLES.index(role) for role in roles):
        raise RoleMissingError(keys.name, roles)
    return found


def require_decider(session: Session, keys: InstitutionKeys, person: str) -> str:
    """The checksum address of a person who decides for the institution. Raises NotFoundError or NotDeciderError."""
    account = str(keys.person(person).account.address)
    if account not in institutions.deciders(session, keys.id):
        raise NotDeciderError(person, keys.name)
    return account
