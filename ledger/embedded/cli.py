"""`tanju chain`: run the embedded chain on this machine."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from ledger.embedded.config import ChainConfig, load_config
from ledger.embedded.errors import ConfigError, EmbeddedChainError

EXIT_USAGE = 2
EXIT_FAILED = 3

app = typer.Typer(help="The embedded chain.", no_args_is_help=True)


@app.command("chain")
def run_chain(
    data: Annotated[Path, typer.Option(help="Directory that holds the chain; created when absent.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="TCP port on 127.0.0.1; 0 takes a free one.")] = 8545,
    config: Annotated[
        Path | None, typer.Option(help="TOML file such as chain/local.toml; default: its values.")
    ] = None,
    genesis_time: Annotated[
        int | None, typer.Option(min=1, help="Unix time of block 0, for a new chain; default: now.")
    ] = None,
) -> None:
    """Run a durable Ethereum chain for this machine: JSON-RPC on 127.0.0.1, one block a second when there is work.

    Stop it with Ctrl-C or SIGTERM. Killed, it keeps every block it has shown and every transaction it has accepted.
    """
    # Imported here: py-evm takes a second, and --help should not.
    from ledger.embedded.chain import EmbeddedChain
    from ledger.embedded.server import LOOPBACK, serve

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("eth").setLevel(logging.ERROR)
    try:
        settings = (load_config(config) if config else ChainConfig()).with_timestamp(genesis_time)
        with EmbeddedChain(data, settings) as chain:

            def ready(actual_port: int) -> None:
                typer.echo(
                    f"listening on http://{LOOPBACK}:{actual_port} chain {chain.chain_id}"
                    f" genesis 0x{chain.genesis_hash.hex()} block {chain.head.block_number}"
                )

            serve(chain, port, ready)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_USAGE) from error
    except EmbeddedChainError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(EXIT_FAILED) from error
    except OSError as error:
        typer.echo(f"cannot listen on port {port}: {error} — choose another with --port", err=True)
        raise typer.Exit(EXIT_FAILED) from error
