"""Which of a node's institutions signs what the node gives out to anybody."""

from __future__ import annotations

from ledger.errors import NotFoundError
from ledger.node import Node


def exporting_institution(node: Node) -> str:
    """The short name of the first institution that the node serves. Raises NotFoundError for
    an empty file.
    """
    institutions = node.institutions()
    if not institutions:
        raise NotFoundError("institution", "in the key file", next_step="add one to the key file")
    return institutions[0].name
