"""The key file: encrypted, authenticated, private, whole after a crash."""

import json
import stat
from pathlib import Path

import pytest

from ledger.errors import KeyFileError, NotFoundError, WrongPassphraseError
from ledger.keys import InstitutionKeys, KeyFile
from verifier.canonical import sha256
from verifier.errors import FormatError
from verifier.multikey import load_public

PASSPHRASE = "correct horse"
USCC = "91310000631696382C"
COST = 2**14


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "node.keys"


def filled(path: Path) -> InstitutionKeys:
    file = KeyFile.create(path, PASSPHRASE, scrypt_n=COST)
    return file.add_institution("cb", "uscc", USCC, "did:web:cb.example", ["li", "wang"])


def secrets_of(keys: InstitutionKeys) -> set[bytes]:
    ed25519 = [keys.assert_key, keys.log_key, keys.auth_key, *(person.cosign_key for person in keys.persons.values())]
    accounts = [keys.account, *(person.account for person in keys.persons.values())]
    return {key.private_bytes_raw() for key in ed25519} | {bytes(account.key) for account in accounts}


def test_everything_comes_back(path: Path) -> None:
    made = filled(path)
    opened = KeyFile.open(path, PASSPHRASE).institution("cb")
    assert secrets_of(opened) == secrets_of(made)
    assert len(secrets_of(made)) == 8
    assert (opened.id, opened.did, opened.code) == (made.id, made.did, USCC)
    assert opened.id == sha256(b"tanju/institution/1" + b"uscc" + USCC.encode())
    assert list(opened.persons) == ["li", "wang"]
    assert opened.multikeys() == made.multikeys()


def test_the_multikeys_are_those_of_the_keys(path: Path) -> None:
    keys = filled(path)
    named = keys.multikeys()
    assert load_public(named["log"][0]).public_bytes_raw() == keys.log_key.public_key().public_bytes_raw()
    assert [load_public(text).public_bytes_raw() for text in named["cosign"]] == [
        person.cosign_key.public_key().public_bytes_raw() for person in keys.persons.values()
    ]


def test_accounts_of_institutions_and_persons(path: Path) -> None:
    keys = filled(path)
    accounts = KeyFile.open(path, PASSPHRASE).accounts()
    assert set(accounts) == {keys.account.address, *(person.account.address for person in keys.persons.values())}


def test_nothing_secret_is_readable(path: Path) -> None:
    keys = filled(path)
    stored = path.read_bytes()
    for secret in secrets_of(keys) | {KeyFile.open(path, PASSPHRASE).token_secret}:
        assert secret not in stored
        assert secret.hex().encode() not in stored
    shown = repr(keys) + repr(keys.person("li"))
    assert not any(secret.hex() in shown for secret in secrets_of(keys))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_another_passphrase_does_not_open_it(path: Path) -> None:
    filled(path)
    with pytest.raises(WrongPassphraseError):
        KeyFile.open(path, "another one")


@pytest.mark.parametrize("field", ["ciphertext", "nonce", "salt"])
def test_a_changed_digit_is_noticed(path: Path, field: str) -> None:
    filled(path)
    document = json.loads(path.read_bytes())
    holder = document["kdf"] if field == "salt" else document
    holder[field] = ("1" if holder[field][0] != "1" else "2") + holder[field][1:]
    path.write_text(json.dumps(document))
    with pytest.raises(WrongPassphraseError):
        KeyFile.open(path, PASSPHRASE)


@pytest.mark.parametrize(
    ("field", "value"), [("n", 2**13), ("n", 2**21), ("r", 1), ("p", 2), ("name", "pbkdf2"), ("salt", "zz")]
)
def test_a_weaker_or_costlier_derivation_is_refused(path: Path, field: str, value: object) -> None:
    filled(path)
    document = json.loads(path.read_bytes())
    document["kdf"][field] = value
    path.write_text(json.dumps(document))
    with pytest.raises(KeyFileError):
        KeyFile.open(path, PASSPHRASE)


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"schema":"tanju/keys/2"}', b"\xff"])
def test_another_file_is_refused(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError) as caught:
        KeyFile.open(path, PASSPHRASE)
    assert caught.value.next_step


def test_a_file_that_others_can_read_is_refused(path: Path) -> None:
    filled(path)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="others"):
        KeyFile.open(path, PASSPHRASE)


def test_creating_never_overwrites(path: Path) -> None:
    filled(path)
    with pytest.raises(KeyFileError, match="exists"):
        KeyFile.create(path, PASSPHRASE, scrypt_n=COST)
    with pytest.raises(KeyFileError, match="short"):
        KeyFile.create(path.with_name("other.keys"), "short", scrypt_n=COST)


def test_a_name_and_an_identity_are_given_once(path: Path) -> None:
    filled(path)
    file = KeyFile.open(path, PASSPHRASE)
    for name, code in [("cb", "5493001KJTIIGC8Y1R12"), ("other", USCC)]:
        with pytest.raises(KeyFileError, match="already"):
            file.add_institution(name, "lei" if name == "cb" else "uscc", code, "did:web:x.example")
    with pytest.raises(FormatError):
        file.add_institution("third", "uscc", "91310000631696382D", "did:web:x.example")
    assert [keys.name for keys in KeyFile.open(path, PASSPHRASE).institutions()] == ["cb"]


def test_unknown_names_are_named(path: Path) -> None:
    keys = filled(path)
    with pytest.raises(NotFoundError, match="the key file has: cb"):
        KeyFile.open(path, PASSPHRASE).institution("bank")
    with pytest.raises(NotFoundError, match="li, wang"):
        keys.person("zhao")


def test_every_writing_has_its_own_nonce_and_token_secret_stays(path: Path) -> None:
    file = KeyFile.create(path, PASSPHRASE, scrypt_n=COST)
    before = json.loads(path.read_bytes())["nonce"]
    file.add_institution("cb", "uscc", USCC, "did:web:cb.example")
    assert json.loads(path.read_bytes())["nonce"] != before
    assert KeyFile.open(path, PASSPHRASE).token_secret == file.token_secret
    assert len(file.token_secret) == 32


def test_a_crash_while_writing_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(path)
    file = KeyFile.open(path, PASSPHRASE)
    before = path.read_bytes()
    monkeypatch.setattr(Path, "replace", _fail)
    with pytest.raises(OSError, match="disk full"):
        file.add_institution("two", "lei", "5493001KJTIIGC8Y1R12", "did:web:two.example")
    assert path.read_bytes() == before
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def _fail(*_: object) -> None:
    raise OSError("disk full")
