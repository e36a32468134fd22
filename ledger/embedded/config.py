"""What an embedded chain is: its identity (fixed at genesis) and how it is served (may change at every start)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from ledger.embedded.errors import ConfigError

MAX_EXTRA_DATA_BYTES: Final = 32  # yellow paper, section 4.4.4
MIN_BLOCK_SECONDS: Final = 1  # header timestamps are whole seconds and strictly increasing
MIN_GAS_LIMIT: Final = 5_000  # yellow paper, section 4.4.4
MAX_CHAIN_ID: Final = (2**53 - 36) // 2  # v = 2·id + 36 stays an exact JSON number for every client

_TABLES: Final = {
    "genesis": ("chain_id", "extra_data", "gas_limit", "timestamp"),
    "sealing": ("block_seconds",),
    "rpc": ("allowed_hosts",),
}


@dataclass(frozen=True, slots=True)
class ChainConfig:
    """Configuration of one embedded chain; the defaults are those of `chain/local.toml`.

    Attributes:
        chain_id: EIP-155 chain id; transactions signed for another are refused.
        extra_data: ASCII text of the genesis header, at most 32 bytes.
        gas_limit: gas of every block, constant.
        timestamp: Unix time of genesis in seconds; None means the time of creation.
        block_seconds: least distance of two blocks in seconds, at least 1.
        allowed_hosts: host names accepted in the HTTP Host header (without port).
    """

    chain_id: int = 826_580_001
    extra_data: str = "tanju embedded chain"
    gas_limit: int = 60_000_000
    timestamp: int | None = None
    block_seconds: int = 1
    allowed_hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "::1")

    def __post_init__(self) -> None:
        """Check every field; raises `ConfigError` naming the first that is wrong."""
        _require(1 <= self.chain_id <= MAX_CHAIN_ID, "chain_id", f"must lie in 1…{MAX_CHAIN_ID}")
        _require(self.extra_data.isascii(), "extra_data", "must be ASCII")
        _require(len(self.extra_data) <= MAX_EXTRA_DATA_BYTES, "extra_data", f"at most {MAX_EXTRA_DATA_BYTES} bytes")
        _require(self.gas_limit >= MIN_GAS_LIMIT, "gas_limit", f"at least {MIN_GAS_LIMIT}")
        _require(self.timestamp is None or 0 < self.timestamp < 2**63, "timestamp", "must be a positive Unix time")
        _require(self.block_seconds >= MIN_BLOCK_SECONDS, "block_seconds", f"at least {MIN_BLOCK_SECONDS}")
        _require(bool(self.allowed_hosts), "allowed_hosts", "must name at least one host")

    def with_timestamp(self, timestamp: int | None) -> ChainConfig:
        """The same configuration with this genesis time (Unix seconds), or itself when None."""
        return self if timestamp is None else replace(self, timestamp=timestamp)


def load_config(path: Path) -> ChainConfig:
    """Read a TOML file with the tables `genesis`, `sealing` and `rpc`; absent keys keep their defaults.

    Raises:
        ConfigError: unreadable file, unknown table or key, a value of the wrong type or out of range.
    """
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise ConfigError(str(path), str(problem)) from problem
    values: dict[str, Any] = {}
    for table, content in document.items():
        if table not in _TABLES or not isinstance(content, dict):
            raise ConfigError(table, f"unknown table; known are {', '.join(_TABLES)}")
        for key, value in content.items():
            if key not in _TABLES[table]:
                raise ConfigError(f"{table}.{key}", f"unknown key; known are {', '.join(_TABLES[table])}")
            values[key] = _typed(f"{table}.{key}", key, value)
    return ChainConfig(**values)


def _typed(name: str, key: str, value: object) -> object:
    if key == "allowed_hosts":
        if not isinstance(value, list) or not all(isinstance(host, str) and host for host in value):
            raise ConfigError(name, "must be a list of host names")
        return tuple(value)
    wanted = str if key == "extra_data" else int
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise ConfigError(name, f"must be {'text' if wanted is str else 'a whole number'}")
    return value


def _require(condition: bool, field: str, message: str) -> None:
    if not condition:
        raise ConfigError(field, message)
