"""Settings from a file and the environment."""

from pathlib import Path

import pytest

from ledger.errors import SettingsError
from ledger.settings import NodeSettings

FILE = """
name = "shanghai"
database_url = "sqlite:///node.db"
key_file = "node.keys"
trust_root = "../trust-root.json"
chain_rpc = "http://127.0.0.1:8545"
port = 8101
institutions = ["sh-cb", "maker"]
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "PORT", "PASSPHRASE", "INSTITUTIONS", "CHAIN_RPC"):
        monkeypatch.delenv(f"TANJU_{name}", raising=False)
    path = tmp_path / "node.toml"
    path.write_text(FILE)
    return path


def test_paths_of_a_file_are_relative_to_it(file: Path) -> None:
    settings = NodeSettings.load(file)
    assert settings.key_file == file.parent / "node.keys"
    assert settings.database_url == f"sqlite:///{file.parent}/node.db"
    assert settings.trust_root == file.parent / "../trust-root.json"
    assert settings.institutions == ("sh-cb", "maker")
    assert (settings.port, settings.host, settings.finality_blocks) == (8101, "127.0.0.1", 0)


def test_the_environment_wins(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANJU_PORT", "9000")
    monkeypatch.setenv("TANJU_INSTITUTIONS", "bank, other")
    monkeypatch.setenv("TANJU_CONFIG", str(file))
    settings = NodeSettings.load()
    assert (settings.port, settings.institutions, settings.name) == (9000, ("bank", "other"), "shanghai")


def test_secrets_are_not_shown(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANJU_PASSPHRASE", "very secret")
    settings = NodeSettings.load(file)
    assert settings.passphrase is not None
    assert settings.passphrase.get_secret_value() == "very secret"
    assert "very secret" not in repr(settings)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("port = 70000", "port"),
        ("unknown = 1", "unknown"),
        ('token_secret = "short"', "token_secret"),
        ("finality_blocks = -1", "finality_blocks"),
        ('log_level = "LOUD"', "log_level"),
    ],
)
def test_a_wrong_field_is_named(file: Path, line: str, field: str) -> None:
    file.write_text(FILE.replace("port = 8101", line))
    with pytest.raises(SettingsError, match=field) as caught:
        NodeSettings.load(file)
    assert f"TANJU_{field.upper()}" in caught.value.next_step


def test_a_missing_field_is_named(file: Path) -> None:
    file.write_text(FILE.replace('chain_rpc = "http://127.0.0.1:8545"', ""))
    with pytest.raises(SettingsError, match="TANJU_CHAIN_RPC"):
        NodeSettings.load(file)


@pytest.mark.parametrize("content", ["port = = 3", None])
def test_an_unreadable_file_is_named(file: Path, content: str | None) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_text(content)
    with pytest.raises(SettingsError, match=r"node\.toml"):
        NodeSettings.load(file)
