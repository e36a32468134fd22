"""The serving process: an opened node behind uvicorn, with structured logs, ended in order by SIGTERM or Ctrl-C."""

from __future__ import annotations

import logging
import signal
from typing import Final

import structlog
import uvicorn

from api.app import create_app
from ledger.node import Node
from ledger.settings import NodeSettings

GRACE_SECONDS: Final = 10
KEEP_ALIVE_SECONDS: Final = 15
MAX_CONCURRENCY: Final = 200
"""Requests in work at once; beyond it the answer is 503 at once."""


def serve_node(settings: NodeSettings) -> None:
    """Open the node, serve it, close it.

    Raises LedgerError or VerifierError when it cannot be opened, OSError when the port is taken.
    """
    configure_logs(settings.log_level)
    with Node.open(settings) as node:
        app = create_app(node, public_url=settings.public_url, loops=node.loops())
        config = uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            limit_concurrency=MAX_CONCURRENCY,
        )
        # uvicorn hands the signal on once it has stopped; to close the node in order, it must find nothing to do.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: None)
        uvicorn.Server(config).run()


def configure_logs(level: str) -> None:
    """One JSON object a line on standard error, from structlog and from the standard library alike."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("httpx2", "urllib3", "web3"):
        logging.getLogger(name).setLevel(max(logging.INFO, logging.getLevelNamesMapping()[level]))
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
