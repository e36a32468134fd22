import pytest

from api.auth import ROLE_SCOPES
from api.demo.actors import ACTORS, CLIENTS, NODES, Actor
from verifier.identifiers import ROLES, check_uscc


def organisation_check(code: str) -> str:
    """GB 11714: weights 3 7 9 10 5 8 4 2 over the eight characters."""
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(weight * int(character, 36) for weight, character in zip(weights, code, strict=True))
    rest = 11 - total % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


@pytest.mark.parametrize("actor", ACTORS, ids=lambda actor: actor.name)
def test_codes_have_right_check_characters_and_are_plainly_nobodys(actor: Actor) -> None:
    check_uscc(actor.code)
    assert organisation_check(actor.code[8:16]) == actor.code[16]
    assert "TANJU" in actor.code
    assert "虚构" in actor.zh
    assert "fictitious" in actor.en


def test_everybody_has_a_place() -> None:
    names = {actor.name for actor in ACTORS}
    assert {actor.node for actor in ACTORS} == set(NODES)
    assert {client.actor for client in CLIENTS} == names
    for actor in ACTORS:
        assert set(actor.roles) <= set(ROLES)
    for client in CLIENTS:
        actor = next(actor for actor in ACTORS if actor.name == client.actor)
        assert client.role in ROLE_SCOPES
        assert client.person is None or client.person in actor.persons


def test_two_persons_have_two_clients() -> None:
    reviewers = [client.person for client in CLIENTS if client.role == "reviewer"]
    assert len(reviewers) == len(set(reviewers)) == 2
