"""What a record is found by: the same thing twice has one digest, another thing another."""

import copy
from typing import Any

from ledger.services.lookup import inventory_lookup, lookup_of
from verifier.canonical import sha256
from verifier.identifiers import number_digest

ROW: dict[str, Any] = {"i": 0, "salt": "00" * 16, "row": {"id": "e1", "quantity": {"amount": "1", "unit": "t"}}}
SUBJECT: dict[str, Any] = {
    "product": {"name": {"en": "coil"}},
    "factors": [],
    "tables": {"exchanges": {"root": "aa", "count": 1}},
}


def test_salts_and_roots_do_not_make_another_inventory() -> None:
    salted = {**ROW, "salt": "ff" * 16}
    other_root = {**SUBJECT, "tables": {"exchanges": {"root": "bb", "count": 1}}}
    assert inventory_lookup(SUBJECT, {"exchanges": [ROW]}) == inventory_lookup(other_root, {"exchanges": [salted]})


def test_a_digit_of_a_row_or_of_the_header_makes_another_inventory() -> None:
    first = inventory_lookup(SUBJECT, {"exchanges": [ROW]})
    row = copy.deepcopy(ROW)
    row["row"]["quantity"]["amount"] = "2"
    assert inventory_lookup(SUBJECT, {"exchanges": [row]}) != first
    assert inventory_lookup({**SUBJECT, "source": "x"}, {"exchanges": [ROW]}) != first
    assert inventory_lookup(SUBJECT, {"flows": [ROW]}) != first


def test_each_type_is_found_by_what_it_is_about() -> None:
    cited = "sha-256:" + "ab" * 32
    assert lookup_of("FactorDataset", {"series": "a", "version": "1"}) == sha256(b"tanju/dataset-name/1a@1")
    assert lookup_of("FootprintStatement", {"inventory": cited}) == bytes.fromhex("ab" * 32)
    assert lookup_of("Certificate", {"number": "N-1"}) == number_digest("N-1")
    assert lookup_of("Surveillance", {"certificate": cited}) == bytes.fromhex("ab" * 32)
    assert lookup_of("RecognitionDecision", {"certificate": cited}) == bytes.fromhex("ab" * 32)
    assert lookup_of("CertificationDossier", {"footprint": cited}) == bytes.fromhex("ab" * 32)
    assert lookup_of("Qualification", {"institution": "cd" * 32}) == bytes.fromhex("cd" * 32)
    assert lookup_of("Inventory", SUBJECT) is None
