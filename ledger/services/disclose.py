"""disclose: an enterprise signs an inventory; its rows stay apart in salted tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ledger.node import Node
from ledger.services.factors import FactorCatalogue
from ledger.services.lookup import about, inventory_lookup
from ledger.services.recording import Recorded, assert_signed, draft, existing, hold_log, keep, note
from ledger.services.standing import require_registered
from verifier.canonical import canonicalise, parse
from verifier.inventory_tables import take_apart
from verifier.records.inventory import inventory_from_json

SCHEMA: Final = "tanju/inventory-record/1"


def disclose(node: Node, as_: str, inventory: Mapping[str, Any]) -> Recorded:
    """Record an inventory (the JSON of a ``*.inventory.json`` file) for the enterprise that made it.

    Factor references become record ids of datasets this node knows; every row gets a random salt of 128 bits. The same
    content again from the same institution is the record that is there, salts or not. Raises FormatError (another form;
    rows are named), FactorUnknownError (the row and its reference are named), NotRegisteredError.
    """
    keys = node.institution(as_)
    own = parse(canonicalise(dict(inventory)))
    inventory_from_json(own)
    with node.store.reading() as session:
        require_registered(session, keys)
        catalogue = FactorCatalogue(session)
        for row in own["exchanges"]:
            catalogue.resolve_row(row)
    subject, rows = take_apart(own, resolve=catalogue.resolved, new_salt=node.salt)
    with node.store.writing() as session:
        hold_log(session, keys)
        before = about(session, "Inventory", inventory_lookup(subject, rows), institution=keys.id)
        if before:
            return existing(session, before[0])
        document = assert_signed(node, keys, draft(node, keys, SCHEMA, subject))
        recorded = keep(session, node, keys, document, rows=rows)
        note(session, node, as_, f"disclose {recorded.record_id}", own)
        session.commit()
    return recorded
