"""``tanju serve`` and ``tanju client``: run an institution's node, and say who may write to it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

if TYPE_CHECKING:
    from ledger.settings import NodeSettings
    from ledger.store import Store

EXIT_USAGE: Final = 2
EXIT_FAILED: Final = 3
CLIENT_ID: Final = re.compile(r"\A[a-z0-9][a-z0-9._-]{0,62}\Z", re.ASCII)

app = typer.Typer(help="An institution's node.")
clients_app = typer.Typer(help="Who may write to the node.", no_args_is_help=True)
app.add_typer(clients_app, name="client")

SettingsFile = Annotated[
    Path | None, typer.Option("--settings", help="The node's TOML file; default: TANJU_CONFIG, then the environment.")
]


@app.command("serve")
def serve(settings_file: SettingsFile = None) -> None:
    """Serve the API and the pages, with sender, indexer and sequencer in the same process, until SIGTERM or Ctrl-C."""
    # Imported here: everything together takes two seconds, and --help should not.
    from api.server import serve_node
    from ledger.errors import LedgerError
    from verifier.errors import VerifierError

    settings = _load(settings_file, ask=True)
    try:
        serve_node(settings)
    except (LedgerError, VerifierError, OSError) as error:
        _fail(str(error), EXIT_FAILED)


@clients_app.command("add")
def add_client(
    client_id: Annotated[str, typer.Argument(help="The client's name: lower case, digits, . _ -")],
    role: Annotated[str, typer.Option(help="publisher, enterprise, certifier, reviewer or relying.")],
    institution: Annotated[str, typer.Option("--as", help="Short name of the institution it acts for.")],
    person: Annotated[str | None, typer.Option(help="Name of the person it acts for, where two must decide.")] = None,
    settings_file: SettingsFile = None,
) -> None:
    """Add a client and print its secret, which is kept nowhere."""
    from api.auth import new_client
    from ledger.errors import LedgerError
    from ledger.store import clients

    if not CLIENT_ID.match(client_id):
        _fail(f"{client_id!r} is no client name: lower case, digits, . _ -, at most 63 characters", EXIT_USAGE)
    settings = _load(settings_file, ask=True)
    try:
        _require_actor(settings, institution, person)
        client, secret = new_client(client_id, role=role, institution=institution, person=person, now=int(time.time()))
        with _opened(settings) as store, store.writing() as session:
            if clients.find(session, client_id) is not None:
                _fail(f"the client {client_id} exists already; choose another name", EXIT_USAGE)
            clients.add(session, client)
            session.commit()
    except LedgerError as error:
        _fail(str(error), EXIT_FAILED)
    typer.echo(json.dumps({"client_id": client_id, "client_secret": secret}))


@clients_app.command("revoke")
def revoke_client(client_id: str, settings_file: SettingsFile = None) -> None:
    """End a client's access; its tokens end with it."""
    from ledger.errors import LedgerError
    from ledger.store import clients

    try:
        with _opened(_load(settings_file)) as store, store.writing() as session:
            clients.revoke(session, client_id, int(time.time()))
            session.commit()
    except LedgerError as error:
        _fail(str(error), EXIT_FAILED)


@clients_app.command("list")
def list_clients(settings_file: SettingsFile = None) -> None:
    """Every client, one JSON object a line, without secrets."""
    from ledger.errors import LedgerError
    from ledger.store import clients

    try:
        with _opened(_load(settings_file)) as store, store.reading() as session:
            found = clients.listing(session)
    except LedgerError as error:
        _fail(str(error), EXIT_FAILED)
    for client in found:
        shown = {
            "client_id": client.client_id,
            "role": client.role,
            "as": client.institution_name,
            "person": client.person,
            "revoked": client.revoked_at is not None,
        }
        typer.echo(json.dumps(shown, ensure_ascii=False))


def serve_alone() -> None:
    """``python -m api``: the command `serve` without the others."""
    alone = typer.Typer()
    alone.command()(serve)
    alone(prog_name="python -m api")


def _load(file: Path | None, *, ask: bool = False) -> NodeSettings:
    """The settings; with ``ask``, the passphrase from the terminal where it is missing and somebody sits there."""
    from ledger.errors import SettingsError
    from ledger.settings import NodeSettings

    try:
        settings = NodeSettings.load(file)
    except SettingsError as error:
        _fail(str(error), EXIT_USAGE)
    if ask and settings.passphrase is None:
        from pydantic import SecretStr

        typed = typer.prompt("passphrase of the key file", hide_input=True, err=True)
        settings = settings.model_copy(update={"passphrase": SecretStr(typed)})
    return settings


def _opened(settings: NodeSettings) -> Store:
    from ledger.store import Store

    return Store.open(settings.database_url)


def _require_actor(settings: NodeSettings, institution: str, person: str | None) -> None:
    """The key file has that institution and that person. Raises LedgerError."""
    from ledger.keys import KeyFile

    passphrase = settings.passphrase.get_secret_value() if settings.passphrase else ""
    keys = KeyFile.open(settings.key_file, passphrase).institution(institution)
    if person is not None:
        keys.person(person)


def _fail(message: str, code: int) -> NoReturn:
    typer.echo(f"tanju: {message}", err=True)
    raise typer.Exit(code)
