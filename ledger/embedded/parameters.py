"""Parameters of JSON-RPC methods that are more than one value: blocks, calls, log filters."""

from __future__ import annotations

from typing import Any, Final

from eth.abc import BlockHeaderAPI

from ledger.embedded.chain import ZERO_ADDRESS, EmbeddedChain
from ledger.embedded.encoding import WORD_BYTES, parse_address, parse_data, parse_quantity
from ledger.embedded.errors import InvalidParamsError, UnknownBlockError
from ledger.embedded.execution import CallRequest
from ledger.embedded.index import TOPIC_POSITIONS, LogFilter

MAX_ALTERNATIVES: Final = 1_000  # addresses, and topics at one position: go-ethereum's limit

# Every block is final the moment it is sealed.
HEAD_TAGS: Final = ("latest", "safe", "finalized")
_HASH_DIGITS: Final = 2 + 2 * WORD_BYTES


def parse_block(chain: EmbeddedChain, value: object) -> BlockHeaderAPI:
    """Header for a tag, number, hash, or EIP-1898 object; `pending` is the block that would be sealed now.

    Raises:
        InvalidParamsError: none of these.
        UnknownBlockError: not in this chain.
    """
    if value == "pending":
        return chain.next_header()
    if isinstance(value, dict):
        keys = set(value) - {"requireCanonical"}
        if keys == {"blockHash"}:
            return chain.header_by_hash(parse_data(value["blockHash"], "blockHash", WORD_BYTES))
        if keys == {"blockNumber"}:
            return chain.header(parse_number(chain, value["blockNumber"]))
        raise InvalidParamsError("block: expected exactly one of blockHash and blockNumber")
    if isinstance(value, str) and len(value) == _HASH_DIGITS:
        return chain.header_by_hash(parse_data(value, "block", WORD_BYTES))
    return chain.header(parse_number(chain, value))


def parse_number(chain: EmbeddedChain, value: object) -> int:
    """Height for a tag or number; `pending` counts as the newest block. The block need not exist."""
    if value in HEAD_TAGS or value == "pending":
        return int(chain.head.block_number)
    if value == "earliest":
        return 0
    number = parse_quantity(value, "block")
    return min(number, 2**62)


def parse_call(value: object) -> CallRequest:
    """A call object. Prices are read and ignored: gas is free here, and a trial is not charged."""
    if not isinstance(value, dict):
        raise InvalidParamsError("call: expected an object")
    content = [parse_data(value[key], key) for key in ("input", "data") if value.get(key) is not None]
    if len(set(content)) > 1:
        raise InvalidParamsError('both "data" and "input" are set and not equal')
    for price in ("gasPrice", "maxFeePerGas", "maxPriorityFeePerGas", "nonce"):
        _optional_quantity(value, price)
    to = value.get("to")
    sender = value.get("from")
    return CallRequest(
        sender=ZERO_ADDRESS if sender is None else parse_address(sender, "from"),
        to=None if to is None else parse_address(to, "to"),
        data=content[0] if content else b"",
        value=_optional_quantity(value, "value") or 0,
        gas=_optional_quantity(value, "gas"),
    )


def _optional_quantity(value: dict[str, Any], key: str) -> int | None:
    return None if value.get(key) is None else parse_quantity(value[key], key)


def parse_log_filter(chain: EmbeddedChain, value: object) -> LogFilter:
    """A filter of eth_getLogs: by `blockHash`, or from `fromBlock` to `toBlock` (absent: the newest).

    A range that reaches above the head is answered with what there is below: ask for the head first to know how far.
    """
    if not isinstance(value, dict):
        raise InvalidParamsError("filter: expected an object")
    first, last = _range(chain, value)
    topics = value.get("topics") or []
    if not isinstance(topics, list) or len(topics) > TOPIC_POSITIONS:
        raise InvalidParamsError(f"topics: expected a list of at most {TOPIC_POSITIONS} positions")
    addresses = value.get("address")
    return LogFilter(
        first=first,
        last=last,
        addresses=_alternatives(addresses, "address", None),
        topics=tuple(_alternatives(position, f"topics[{n}]", WORD_BYTES) for n, position in enumerate(topics)),
    )


def _range(chain: EmbeddedChain, value: dict[str, Any]) -> tuple[int, int]:
    if value.get("blockHash") is not None:
        if value.get("fromBlock") is not None or value.get("toBlock") is not None:
            raise InvalidParamsError("cannot specify both blockHash and fromBlock/toBlock, choose one or the other")
        row = chain.index.block_by_hash(parse_data(value["blockHash"], "blockHash", WORD_BYTES))
        if row is None:
            raise UnknownBlockError("unknown block")
        return row.number, row.number
    head = int(chain.head.block_number)
    first = head if value.get("fromBlock") is None else parse_number(chain, value["fromBlock"])
    last = head if value.get("toBlock") is None else parse_number(chain, value["toBlock"])
    if first > last:
        raise InvalidParamsError("invalid block range params")
    return first, last


def _alternatives(value: object, name: str, length: int | None) -> tuple[bytes, ...]:
    """The values allowed at one place; empty means any. `length` None: addresses."""
    if value is None:
        return ()
    several = value if isinstance(value, list) else [value]
    if len(several) > MAX_ALTERNATIVES:
        raise InvalidParamsError(f"{name}: at most {MAX_ALTERNATIVES} alternatives")
    if length is None:
        return tuple(parse_address(item, name) for item in several)
    if None in several:  # an alternative that matches everything
        return ()
    return tuple(parse_data(item, name, length) for item in several)
