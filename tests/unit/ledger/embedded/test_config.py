from pathlib import Path

import pytest

from ledger.embedded.config import ChainConfig, load_config
from ledger.embedded.errors import ConfigError


def test_the_shipped_file_says_what_the_defaults_say(repo_root: Path) -> None:
    assert load_config(repo_root / "chain" / "local.toml") == ChainConfig()


def test_every_key_is_read(tmp_path: Path) -> None:
    path = tmp_path / "chain.toml"
    path.write_text(
        '[genesis]\nchain_id = 9\nextra_data = "x"\ngas_limit = 5000\ntimestamp = 3\n'
        '[sealing]\nblock_seconds = 2\n[rpc]\nallowed_hosts = ["a"]\n'
    )
    assert load_config(path) == ChainConfig(9, "x", 5_000, 3, 2, ("a",))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[genesis]\nchainid = 1", "genesis.chainid"),
        ("[chain]\nchain_id = 1", "chain"),
        ("chain_id = 1", "chain_id"),
        ("[genesis]\nchain_id = '1'", "genesis.chain_id"),
        ("[genesis]\nchain_id = true", "genesis.chain_id"),
        ("[genesis]\nchain_id = 0", "chain_id"),
        ("[genesis]\nextra_data = '" + "x" * 33 + "'", "extra_data"),
        ("[genesis]\nextra_data = '碳'", "extra_data"),
        ("[genesis]\ngas_limit = 4999", "gas_limit"),
        ("[genesis]\ntimestamp = 0", "timestamp"),
        ("[sealing]\nblock_seconds = 0", "block_seconds"),
        ("[rpc]\nallowed_hosts = 'localhost'", "rpc.allowed_hosts"),
        ("[rpc]\nallowed_hosts = []", "allowed_hosts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / "chain.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.field == field


def test_an_unreadable_file_is_a_configuration_error(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text("[genesis")
    for name in ("absent.toml", "broken.toml"):
        with pytest.raises(ConfigError):
            load_config(tmp_path / name)
