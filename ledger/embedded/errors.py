"""Errors of the embedded chain, on the base of this floor: a stable code, typed fields, a next step.

Two families: those that stop the chain or a write (`EmbeddedChainError`), and those that answer one JSON-RPC request
(`RpcError`, a subclass, which also carries the JSON-RPC number). Wording that clients look for ("already known",
"nonce too low", "execution reverted") is that of go-ethereum, the reference other nodes follow.
"""

from __future__ import annotations

from pathlib import Path

from ledger.errors import LedgerError

# JSON-RPC 2.0 section 5.1.
PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
# EIP-1474: "invalid input" is the code nodes use for refused transactions and unknown blocks; "limit exceeded".
SERVER_ERROR = -32000
LIMIT_EXCEEDED = -32005
# What go-ethereum answers for a reverted eth_call or eth_estimateGas.
EXECUTION_REVERTED = 3


class EmbeddedChainError(LedgerError):
    """Base of every error of this package; fields as in `LedgerError`."""

    code = "EMBEDDED_CHAIN"


class ConfigError(EmbeddedChainError):
    """The chain's configuration is missing, unreadable, or says something impossible."""

    code = "EMBEDDED_CHAIN_CONFIG"

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(
            f"chain configuration: {field}: {message}",
            next_step="correct the file; chain/local.toml is a working example",
        )


class StoreLockedError(EmbeddedChainError):
    """Another process holds the data directory."""

    code = "EMBEDDED_CHAIN_LOCKED"

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"the chain in {path} is already running in another process",
            next_step="use that chain's address, or stop that process first",
        )


class StoreError(EmbeddedChainError):
    """SQLite could not read or write: full disk, read-only file, damaged file. Nothing of the block was kept."""

    code = "EMBEDDED_CHAIN_STORE"

    def __init__(self, action: str, reason: str) -> None:
        self.action = action
        self.reason = reason
        super().__init__(
            f"could not {action}: {reason}",
            next_step="check free space and rights of the data directory, then restart",
        )


class StoreCorruptError(EmbeddedChainError):
    """The file opens but its parts disagree, so it cannot be this chain's."""

    code = "EMBEDDED_CHAIN_CORRUPT"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(
            f"the chain's data is inconsistent: {what}", next_step="restore the data directory from a backup"
        )


class StoreVersionError(EmbeddedChainError):
    """The file was laid out by another version of this program, or is not a chain at all."""

    code = "EMBEDDED_CHAIN_VERSION"

    def __init__(self, path: Path | None, stored: str, known: str) -> None:
        self.path = path
        self.stored = stored
        self.known = known
        super().__init__(
            f"the file in {path} has layout {stored}, this program reads layout {known}",
            next_step="use the version of the program it was made with, or another data directory",
        )


class GenesisMismatchError(EmbeddedChainError):
    """The configuration describes another chain than the one in the data directory."""

    code = "EMBEDDED_CHAIN_GENESIS"

    def __init__(self, field: str, stored: str, configured: str) -> None:
        self.field = field
        self.stored = stored
        self.configured = configured
        super().__init__(
            f"this data directory holds a chain with {field} {stored}, the configuration says {configured}",
            next_step="start with the configuration it was created with, or with an empty data directory",
        )


class ClockError(EmbeddedChainError):
    """The wall clock is behind what the chain has already written, so a block cannot be stamped truthfully."""

    code = "EMBEDDED_CHAIN_CLOCK"

    def __init__(self, now: int, chain_time: int) -> None:
        self.now = now
        self.chain_time = chain_time
        super().__init__(
            f"writes are refused: the clock reads {now}, the chain is {chain_time - now} s ahead at {chain_time}",
            next_step="correct the system clock, or wait until it has passed the chain's time;"
            " if the clock was wrongly ahead before, restart the chain",
        )


class RpcError(EmbeddedChainError):
    """An error that answers one JSON-RPC request.

    Attributes:
        rpc_code: number in the answer's `error.code`.
        data: hex string in `error.data`, or None.
    """

    code = "RPC"

    def __init__(self, rpc_code: int, message: str, data: str | None = None) -> None:
        self.rpc_code = rpc_code
        self.data = data
        super().__init__(message, next_step="see the Ethereum JSON-RPC specification of this method")


class InvalidParamsError(RpcError):
    """A parameter is missing, of the wrong shape, or beyond a named limit."""

    code = "RPC_PARAMS"

    def __init__(self, message: str) -> None:
        super().__init__(INVALID_PARAMS, message)


class UnknownBlockError(RpcError):
    """The block asked for is not in this chain."""

    code = "RPC_UNKNOWN_BLOCK"

    def __init__(self, message: str = "header not found") -> None:
        super().__init__(SERVER_ERROR, message)


class TransactionRefusedError(RpcError):
    """A raw transaction was not accepted; the message begins with go-ethereum's words for the reason."""

    code = "RPC_TRANSACTION_REFUSED"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(SERVER_ERROR, reason)


class RevertedError(RpcError):
    """The contract reverted; `output` are the revert bytes (selector and arguments of a custom error, or empty)."""

    code = "RPC_REVERTED"

    def __init__(self, output: bytes) -> None:
        self.output = output
        super().__init__(EXECUTION_REVERTED, "execution reverted", "0x" + output.hex())


class ExecutionFailedError(RpcError):
    """The EVM stopped for another reason than a revert: out of gas, invalid opcode, no funds for the value."""

    code = "RPC_EXECUTION"

    def __init__(self, message: str) -> None:
        super().__init__(SERVER_ERROR, message)
