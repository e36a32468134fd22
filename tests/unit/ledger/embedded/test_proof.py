"""Proofs are checked here by py-trie from the nodes alone, and by a walk that knows only RLP and keccak."""

from typing import Any

import pytest
import rlp
from eth.constants import BLANK_ROOT_HASH, EMPTY_SHA3
from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st
from trie.hexary import HexaryTrie

from ledger.embedded.proof import AccountProof, _path


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def walk(root: bytes, key: bytes, nodes: tuple[bytes, ...]) -> bytes:
    """The value that `nodes` prove under `key`, b"" for a proof of absence; ValueError when they prove nothing.

    Yellow paper, appendix D, written without any trie library: a node is named by its keccak, or stands in its parent
    when it is shorter than 32 bytes.
    """
    if root == BLANK_ROOT_HASH and not nodes:
        return b""
    rest = list(nodes)
    value = descend(root, key.hex(), rest)
    if rest:
        raise ValueError("nodes left over")
    return value


def descend(reference: Any, nibbles: str, rest: list[bytes]) -> bytes:
    """The value below a reference: a hash (of the next node in `rest`), a whole short node, or nothing."""
    if reference == b"":
        return b""
    node = reference
    if isinstance(reference, bytes):
        if not rest or keccak(rest[0]) != reference:
            raise ValueError("missing or wrong node")
        node = rlp.decode(rest.pop(0))
    if len(node) == 17:
        return bytes(node[16]) if not nibbles else descend(node[int(nibbles[0], 16)], nibbles[1:], rest)
    flag = int(node[0].hex()[0], 16)
    path = node[0].hex()[2 - flag % 2 :]
    if flag >= 2:
        return bytes(node[1]) if nibbles == path else b""
    return descend(node[1], nibbles[len(path) :], rest) if nibbles.startswith(path) else b""


def account_of(world: Any, proof: AccountProof, block: int) -> list[bytes]:
    root = bytes(world.chain.header(block).state_root)
    encoded = walk(root, keccak(proof.address), proof.nodes)
    by_library = HexaryTrie.get_from_proof(root, keccak(proof.address), [rlp.decode(node) for node in proof.nodes])
    assert encoded == by_library
    return rlp.decode(encoded) if encoded else []


def test_an_account_and_its_slots_are_proven_at_every_block(world: Any) -> None:
    recorder = world.deploy()
    for value in range(1, 40):
        world.seal(world.actor.sign(recorder, word(value)))
    for block, latest in [(40, 39), (20, 19), (2, 1)]:
        slots = [word(n) for n in (0, 1, 19, 39, 1_000)]
        proof = world.chain.proof(recorder, slots, world.chain.header(block))
        nonce, balance, storage_root, code_hash = account_of(world, proof, block)
        assert (nonce, balance) == (b"\1", b"")
        assert storage_root == proof.storage_root
        assert code_hash == proof.code_hash == keccak(world.chain.reader.state(world.chain.head).get_code(recorder))
        for item, slot in zip(proof.storage, slots, strict=True):
            number = int.from_bytes(slot, "big")
            expected = latest if number == 0 else number if number <= latest else 0
            proven = walk(storage_root, keccak(slot), item.nodes)
            assert int.from_bytes(rlp.decode(proven) if proven else b"", "big") == item.value == expected


def test_absent_accounts_and_empty_storage_are_proven_absent(world: Any) -> None:
    genesis = world.chain.proof(b"\x33" * 20, [word(0)], world.chain.header(0))
    assert (genesis.nodes, genesis.storage[0].nodes) == ((), ())
    world.deploy()
    absent = world.chain.proof(b"\x33" * 20, [word(0)], world.chain.head)
    assert account_of(world, absent, 1) == []
    assert (absent.nonce, absent.code_hash, absent.storage_root) == (0, EMPTY_SHA3, BLANK_ROOT_HASH)
    sender = world.chain.proof(world.actor.address, [word(0)], world.chain.head)
    assert account_of(world, sender, 1)[0] == b"\1"
    assert sender.storage[0].nodes == ()


def test_a_proof_of_another_block_or_with_a_changed_byte_proves_nothing(world: Any) -> None:
    recorder = world.deploy()
    proof = world.chain.proof(recorder, [], world.chain.head)
    world.seal(world.actor.sign(recorder, word(1)))
    with pytest.raises(ValueError, match="wrong node"):
        account_of(world, proof, 2)
    changed = (*proof.nodes[:-1], proof.nodes[-1][:-1] + bytes([proof.nodes[-1][-1] ^ 1]))
    with pytest.raises(ValueError, match="wrong node"):
        walk(bytes(world.chain.header(1).state_root), keccak(recorder), changed)


@given(st.dictionaries(st.binary(min_size=2, max_size=2), st.binary(min_size=1, max_size=3), min_size=1), st.data())
def test_short_nodes_stand_inside_their_parents(entries: dict[bytes, bytes], data: st.DataObject) -> None:
    """Keys of two bytes make nodes under 32 bytes, which hashed keys of a real state make only when it is huge."""
    store: dict[bytes, bytes] = {}
    trie = HexaryTrie(store)
    for key, value in entries.items():
        trie[key] = value
    wanted = data.draw(st.sampled_from(sorted(entries)) | st.binary(min_size=2, max_size=2))
    value, nodes = _path(store, trie.root_hash, wanted)  # type: ignore[arg-type]
    assert value == entries.get(wanted, b"")
    assert walk(trie.root_hash, wanted, nodes) == value
