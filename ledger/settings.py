"""A node's settings: environment variables with the prefix TANJU_, beside them an optional TOML file; the
environment wins.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, SettingsConfigDict

from ledger.errors import SettingsError

CONFIG_VARIABLE: Final = "TANJU_CONFIG"
"""Names the TOML file where no path is given."""

MIN_TOKEN_SECRET: Final = 32
"""Characters; the secret signs the API's tokens with HMAC-SHA-256 (RFC 7518 section 3.2 asks for 32 bytes)."""


class NodeSettings(BaseSettings):
    """One node's settings.

    Attributes:
        name: the node's name in logs and pages.
        database_url: ``sqlite:///path`` or ``postgresql+psycopg://…``.
        key_file, trust_root: paths.
        passphrase: opens the key file; asked for at the terminal where it is missing.
        chain_rpc: the chain's JSON-RPC endpoint.
        institutions: short names in the key file that this node serves; empty is all of them.
        host, port, public_url: where the API listens, and how others reach it.
        token_secret: signs the API's tokens; the key file has one for nodes that set none.
        finality_blocks: blocks on top of a block that make it final; 0 on chains with immediate finality (QBFT).
        log_level: of the process's own log.
        test_network: whether pages and reports say that this is a demonstration.
    """

    model_config = SettingsConfigDict(env_prefix="TANJU_", extra="forbid", frozen=True)

    name: str = "tanju"
    database_url: str
    key_file: Path
    passphrase: SecretStr | None = None
    chain_rpc: str
    trust_root: Path
    institutions: Annotated[tuple[str, ...], NoDecode] = ()
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    public_url: str = "http://127.0.0.1:8000"
    token_secret: Annotated[SecretStr, Field(min_length=MIN_TOKEN_SECRET)] | None = None
    finality_blocks: Annotated[int, Field(ge=0, le=10_000)] = 0
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    test_network: bool = False

    @field_validator("institutions", mode="before")
    @classmethod
    def _split_names(cls, value: Any) -> Any:
        return tuple(name.strip() for name in value.split(",") if name.strip()) if isinstance(value, str) else value

    @classmethod
    def load(cls, file: Path | None = None) -> Self:
        """Read ``file`` (or the one that TANJU_CONFIG names, or none), then the environment over it.

        Relative paths of the file are relative to its folder. Raises SettingsError naming the first field that is
        wrong.
        """
        path = file or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
        values = _read(path) if path is not None else {}
        try:
            return cls(**{**values, **EnvSettingsSource(cls)()})
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"]) or "settings"
            raise SettingsError(
                f"{field}: {first['msg']}", next_step=f"set TANJU_{field.upper()}, or {field} in the settings file"
            ) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}", next_step="check the path and the TOML syntax") from error
    for field in ("key_file", "trust_root"):
        if isinstance(values.get(field), str):
            values[field] = str(path.parent / values[field])
    url = values.get("database_url")
    if isinstance(url, str) and url.startswith("sqlite:///"):
        values["database_url"] = f"sqlite:///{path.parent / url.removeprefix('sqlite:///')}"
    return values
