import base64
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import jwt
import pytest
import structlog
from fastapi import Depends, FastAPI

from api import problems
from api.auth import (
    ALGORITHM,
    AUDIENCE,
    ROLE_SCOPES,
    SCOPES,
    TOKEN_SECONDS,
    Allowed,
    Caller,
    authenticate,
    granted_scopes,
    issue_token,
    new_client,
    read_token,
)
from api.problems import ProblemError
from api.routes import tokens
from ledger.errors import NotFoundError
from ledger.store import Store, clients
from ledger.store.engine import open_engine
from ledger.store.upgrade import upgrade

NOW = 1_800_000_000


@dataclass
class Asked:
    """What authentication needs of a node."""

    store: Store
    name: str = "shanghai"
    token_secret: bytes = b"k" * 32


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Any]:
    url = f"sqlite:///{tmp_path / 'node.db'}"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    with Store.open(url) as store:
        yield Asked(store)


def added(node: Any, client_id: str, role: str = "certifier", person: str | None = None) -> str:
    client, secret = new_client(client_id, role=role, institution="sh-cb", person=person, now=NOW)
    with node.store.writing() as session:
        clients.add(session, client)
        session.commit()
    return secret


def revoke(node: Any, client_id: str) -> None:
    with node.store.writing() as session:
        clients.revoke(session, client_id, NOW + 1)
        session.commit()


def test_a_secret_is_kept_as_a_salted_hash_only(node: Any) -> None:
    secret = added(node, "c1")
    with node.store.reading() as session:
        kept = clients.find(session, "c1")
    assert kept is not None
    assert secret not in kept.secret_hash
    assert kept.secret_hash.startswith("$argon2id$")
    assert len(secret) >= 43


def test_only_the_right_secret_of_a_client_that_is_not_revoked_is_accepted(node: Any) -> None:
    secret = added(node, "c1")
    other = added(node, "c2")
    found = authenticate(node, "c1", secret)
    assert found is not None
    assert found.client_id == "c1"
    wrong = [("c1", other), ("c1", ""), ("c1", secret + "x"), ("nobody", secret), ("", ""), ("c1", "x" * 9999)]
    for name, given in wrong:
        assert authenticate(node, name, given) is None
    revoke(node, "c1")
    assert authenticate(node, "c1", secret) is None


def test_roles_are_a_closed_list_of_scopes() -> None:
    assert {scope for scopes in ROLE_SCOPES.values() for scope in scopes} == set(SCOPES)
    with pytest.raises(NotFoundError):
        new_client("c", role="root", institution="sh-cb", person=None, now=NOW)
    with pytest.raises(ValueError, match="not a scope"):
        Allowed("everything")


def test_scopes_are_what_was_asked_and_never_more_than_the_roles(node: Any) -> None:
    added(node, "c1", "certifier")
    with node.store.reading() as session:
        client = clients.find(session, "c1")
    assert client is not None
    assert granted_scopes(client, "") == frozenset(ROLE_SCOPES["certifier"])
    assert granted_scopes(client, "certify supervise") == frozenset({"certify", "supervise"})
    assert granted_scopes(client, "certify publish") is None


def token_for(node: Any, client_id: str, scopes: set[str], **options: Any) -> str:
    with node.store.reading() as session:
        client = clients.find(session, client_id)
    assert client is not None
    return issue_token(node, client, frozenset(scopes), **options)


def test_a_token_names_client_institution_person_and_scopes(node: Any) -> None:
    added(node, "c1", "reviewer", person="first")
    assert read_token(node, token_for(node, "c1", {"recognise"})) == Caller(
        "c1", "sh-cb", "first", frozenset({"recognise"})
    )


def claims_of(node: Any, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    claims = {
        "iss": node.name, "aud": AUDIENCE, "sub": "c1", "inst": "sh-cb", "person": None, "scope": "certify",
        "iat": now, "exp": now + 60,
    }  # fmt: skip
    return {key: value for key, value in {**claims, **changes}.items() if value != "left out"}


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "zhejiang"},
        {"aud": "another service"},
        {"sub": "nobody"},
        {"inst": "maker"},
        {"person": "decider"},
        {"exp": int(time.time()) - 1},
        {"exp": "left out"},
        {"scope": "left out"},
    ],
    ids=str,
)
def test_a_token_with_other_claims_is_refused(node: Any, changes: dict[str, Any]) -> None:
    added(node, "c1")
    good = jwt.encode(claims_of(node), node.token_secret, algorithm=ALGORITHM)
    assert read_token(node, good).client_id == "c1"
    bad = jwt.encode(claims_of(node, **changes), node.token_secret, algorithm=ALGORITHM)
    with pytest.raises(ProblemError) as caught:
        read_token(node, bad)
    assert caught.value.problem.code == "TOKEN_INVALID"


def test_a_token_of_another_key_or_without_one_is_refused(node: Any) -> None:
    added(node, "c1")
    foreign = jwt.encode(claims_of(node), b"x" * 32, algorithm=ALGORITHM)
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    unsigned = f"{header}.{foreign.split('.')[1]}."
    stronger = jwt.encode(claims_of(node), b"k" * 64, algorithm="HS512")
    for token in (foreign, unsigned, stronger, "", "a.b.c"):
        with pytest.raises(ProblemError):
            read_token(node, token)


def test_a_token_ends_with_its_time_and_with_its_client(node: Any) -> None:
    added(node, "c1")
    with pytest.raises(ProblemError):
        read_token(node, token_for(node, "c1", {"certify"}, now=int(time.time()) - TOKEN_SECONDS - 1))
    good = token_for(node, "c1", {"certify"})
    revoke(node, "c1")
    with pytest.raises(ProblemError, match="revoked"):
        read_token(node, good)


@pytest.fixture
def app(node: Any) -> FastAPI:
    app = FastAPI()
    app.state.node = node
    app.state.log = structlog.get_logger("test")
    problems.install(app)
    app.include_router(tokens.router)

    @app.post("/certify")
    def certify(caller: Annotated[Caller, Depends(Allowed("certify"))]) -> str:
        return caller.institution

    @app.post("/decide")
    def decide(caller: Annotated[Caller, Depends(Allowed("recognise"))]) -> str:
        return caller.named_person()

    return app


GRANT = {"grant_type": "client_credentials"}


def test_a_client_gets_a_token_and_writes_with_it(app: FastAPI, node: Any, asking: Callable[..., Any]) -> None:
    ask, secret = asking(app), added(node, "c1")
    in_form = {**GRANT, "client_id": "c1", "client_secret": secret}
    for credentials in ({"auth": ("c1", secret), "data": GRANT}, {"data": in_form}):
        answer = ask("POST", "/auth/token", **credentials)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["token_type"] == "Bearer"
        assert answer.json()["expires_in"] == TOKEN_SECONDS
        token = answer.json()["access_token"]
        assert ask("POST", "/certify", headers={"Authorization": f"Bearer {token}"}).json() == "sh-cb"


def test_refusals_have_the_form_of_oauth(app: FastAPI, node: Any, asking: Callable[..., Any]) -> None:
    ask, secret = asking(app), added(node, "c1")
    wrong = ask("POST", "/auth/token", data=GRANT, auth=("c1", "wrong"))
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert wrong.headers["www-authenticate"].startswith("Basic")
    assert ask("POST", "/auth/token", data={"grant_type": "password"}).json()["error"] == "unsupported_grant_type"
    scope = ask("POST", "/auth/token", data={**GRANT, "scope": "publish"}, auth=("c1", secret))
    assert (scope.status_code, scope.json()["error"]) == (400, "invalid_scope")
    both = ask("POST", "/auth/token", data={**GRANT, "client_id": "c1", "client_secret": secret}, auth=("c1", secret))
    assert both.json()["error"] == "invalid_request"
    broken = ask("POST", "/auth/token", data=GRANT, headers={"Authorization": "Basic !!!"})
    assert broken.status_code == 401


def test_writing_needs_a_token_with_the_scope_and_a_person_where_one_decides(
    app: FastAPI, node: Any, asking: Callable[..., Any]
) -> None:
    ask = asking(app)
    missing = ask("POST", "/certify")
    assert (missing.status_code, missing.json()["code"]) == (401, "TOKEN_MISSING")
    assert missing.headers["www-authenticate"] == "Bearer"
    added(node, "certifier")
    added(node, "machine", "reviewer")
    added(node, "person", "reviewer", person="first")

    def write(path: str, client: str, scope: str) -> Any:
        return ask("POST", path, headers={"Authorization": "Bearer " + token_for(node, client, {scope})})

    assert write("/decide", "certifier", "certify").json()["code"] == "SCOPE_MISSING"
    assert write("/decide", "machine", "recognise").json()["code"] == "PERSON_MISSING"
    assert write("/decide", "person", "recognise").json() == "first"
