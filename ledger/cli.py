"""The node's own commands: ``tanju db upgrade``, ``tanju log checkpoint|proof``, ``tanju fsck``.

Exit codes as everywhere: 0 fine, 1 differences, 2 usage, 3 could not check.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from ledger.chain.client import ChainClient
from ledger.chain.pins import ChainPins
from ledger.errors import LedgerError, NotFoundError
from ledger.fsck import check_chain, check_store
from ledger.keys import KeyFile
from ledger.log import proofs
from ledger.settings import NodeSettings
from ledger.store import Store, checkpoints, leaves
from ledger.store.engine import open_engine
from ledger.store.upgrade import current_revision, upgrade
from verifier.canonical import raw_digest
from verifier.errors import VerifierError
from verifier.trustroot import load_trust_root

EXIT_DIFFERENT: Final = 1
EXIT_USAGE: Final = 2
EXIT_FAILED: Final = 3

app = typer.Typer(help="A node's database, log and consistency check.", no_args_is_help=True)
db = typer.Typer(help="The node's database.", no_args_is_help=True)
log = typer.Typer(help="An institution's record log.", no_args_is_help=True)
app.add_typer(db, name="db")
app.add_typer(log, name="log")

Config = Annotated[Path | None, typer.Option("--config", help="Settings file (TOML); default: TANJU_CONFIG.")]
As = Annotated[str, typer.Option("--as", help="Short name of the institution in the key file.")]
Epoch = Annotated[int, typer.Option(min=0, help="Epoch of the log.")]


@db.command("upgrade")
def upgrade_database(config: Config = None) -> None:
    """Bring the database to this version's tables, creating it where it is missing."""
    with _failing():
        engine = open_engine(NodeSettings.load(config).database_url)
        before = current_revision(engine)
        typer.echo(f"{before or 'empty'} → {upgrade(engine)}", err=True)
        engine.dispose()


@log.command("checkpoint")
def show_checkpoint(as_: As, epoch: Epoch = 0, config: Config = None) -> None:
    """Print the newest checkpoint that the chain has, as a C2SP signed note."""
    with _failing(), _open(config) as (settings, store), store.reading() as session:
        found = checkpoints.last_anchored(session, _institution(settings, as_), epoch)
        if found is None:
            raise NotFoundError("checkpoint", f"{as_}/{epoch}", next_step="wait until a checkpoint is on chain")
        typer.echo(found.note, nl=False)


@log.command("proof")
def show_proof(
    record: Annotated[str, typer.Argument(help="Record id, sha-256:…")],
    as_: As,
    config: Config = None,
) -> None:
    """Print the inclusion proof of a record in the newest checkpoint on chain, as JSON."""
    with _failing(), _open(config) as (settings, store), store.reading() as session:
        institution = _institution(settings, as_)
        for leaf in leaves.of_record(session, institution, raw_digest(record)):
            found = checkpoints.last_anchored(session, institution, leaf.epoch)
            if found is None or found.size <= leaf.index:
                continue
            path = proofs.inclusion_proof(session, institution, leaf.epoch, leaf.index, found.size)
            answer = {
                "institution": institution.hex(),
                "epoch": leaf.epoch,
                "index": leaf.index,
                "size": found.size,
                "path": [part.hex() for part in path],
            }
            typer.echo(json.dumps(answer, indent=1))
            return
        raise NotFoundError("anchored leaf", record, next_step="wait until a checkpoint that covers it is on chain")


@app.command("fsck")
def run_fsck(
    config: Config = None,
    offline: Annotated[bool, typer.Option("--offline", help="Check the database alone, without the chain.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the differences as JSON.")] = False,
) -> None:
    """Compare records, tables, logs, outbox and chain, and name every difference."""
    with _failing(), _open(config) as (settings, store):
        differences = list(check_store(store))
        if not offline:
            pins = ChainPins.from_trust_root(load_trust_root(settings.trust_root))
            client = ChainClient.connect(settings.chain_rpc, pins)
            differences += check_chain(store, client)
            client.close()
    if as_json:
        typer.echo(json.dumps([{"code": d.code, "where": d.where, "what": d.what} for d in differences], indent=1))
    else:
        for difference in differences:
            typer.echo(f"{difference.code}: {difference.where}: {difference.what}")
        typer.echo(f"{len(differences)} differences", err=True)
    if differences:
        raise typer.Exit(EXIT_DIFFERENT)


@contextmanager
def _open(config: Path | None) -> Iterator[tuple[NodeSettings, Store]]:
    settings = NodeSettings.load(config)
    with Store.open(settings.database_url) as store:
        yield settings, store


def _institution(settings: NodeSettings, name: str) -> bytes:
    passphrase = settings.passphrase.get_secret_value() if settings.passphrase else None
    if passphrase is None:
        passphrase = typer.prompt("passphrase of the key file", hide_input=True, err=True)
    return KeyFile.open(settings.key_file, passphrase).institution(name).id


@contextmanager
def _failing() -> Iterator[None]:
    try:
        yield
    except NotFoundError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_USAGE) from error
    except (LedgerError, VerifierError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error
