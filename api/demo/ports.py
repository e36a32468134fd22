"""Free TCP ports on loopback."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import Final

from api.demo.errors import DemoError

LOOPBACK: Final = "127.0.0.1"
MAX_PORT: Final = 65535


def free_ports(count: int, base: int | None) -> list[int]:
    """Ports that nobody listens on: ``base``, ``base`` + 1, …, or any. Raises DemoError when a wanted one is taken."""
    if base is not None and base + count - 1 > MAX_PORT:
        raise DemoError(f"there is no port {base + count - 1}", next_step="give a lower --port-base")
    ports = []
    with ExitStack() as held:
        for i in range(count):
            listener = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            wanted = 0 if base is None else base + i
            try:
                listener.bind((LOOPBACK, wanted))
                listener.listen(1)
            except OSError as error:
                raise DemoError(
                    f"port {wanted} cannot be used: {error}", next_step="give another --port-base"
                ) from error
            ports.append(int(listener.getsockname()[1]))
    return ports
