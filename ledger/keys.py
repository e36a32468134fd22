"""The node's key file: the secrets of its institutions and their deciding persons, encrypted at rest.

The file is JSON: a header in clear (scrypt and AES-256-GCM parameters) and one ciphertext over everything secret; the
header is authenticated with it. Each institution has a chain account (secp256k1) and Ed25519 keys by purpose (assert,
log, auth); each person an Ed25519 key for cosigning and a chain account of their own, because two accounts decide.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from eth_account import Account
from eth_account.signers.local import LocalAccount

from ledger.durable import write_durably
from ledger.errors import KeyFileError, NotFoundError, WrongPassphraseError
from verifier.canonical import canonicalise
from verifier.identifiers import institution_id
from verifier.multikey import public_multikey

SCHEMA: Final = "tanju/keys/1"

SCRYPT_N: Final = 2**17
"""Cost of a new file's key derivation, 128 MiB with r = 8 (RFC 7914; OWASP password storage)."""
SCRYPT_R: Final = 8
SCRYPT_P: Final = 1
MIN_SCRYPT_N: Final = 2**14
MAX_SCRYPT_N: Final = 2**20
"""A file may not ask for more than 1 GiB."""
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12
"""AES-GCM nonce (NIST SP 800-38D); a new random one for every write."""
MIN_PASSPHRASE: Final = 8
TOKEN_SECRET_BYTES: Final = 32
MAX_FILE_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """A person who decides for an institution: an Ed25519 key for the purpose cosign, and their own chain account."""

    name: str
    cosign_key: Ed25519PrivateKey = field(repr=False)
    account: LocalAccount = field(repr=False)

    @property
    def cosign_multikey(self) -> str:
        """The public cosign key as a multikey."""
        return public_multikey(self.cosign_key.public_key())


@dataclass(frozen=True, slots=True)
class InstitutionKeys:
    """Everything an institution signs with.

    Attributes:
        name: short name in this file (`--as NAME`).
        scheme, code: "uscc" or "lei" and the code; ``id`` is derived from them, 32 bytes.
        did: the institution's DID.
        account: its chain account; ``.address`` is the checksum address.
        assert_key, log_key, auth_key: Ed25519 keys for records, checkpoints and HTTP signatures.
        persons: deciding persons by name.
    """

    name: str
    scheme: str
    code: str
    id: bytes
    did: str
    account: LocalAccount = field(repr=False)
    assert_key: Ed25519PrivateKey = field(repr=False)
    log_key: Ed25519PrivateKey = field(repr=False)
    auth_key: Ed25519PrivateKey = field(repr=False)
    persons: Mapping[str, PersonKeys]

    def person(self, name: str) -> PersonKeys:
        """One deciding person. Raises NotFoundError."""
        if name not in self.persons:
            raise NotFoundError(
                "person", f"{self.name}/{name}", next_step="use one of: " + (", ".join(self.persons) or "none")
            )
        return self.persons[name]

    def multikeys(self) -> dict[str, list[str]]:
        """The public multikeys by purpose: assert, log, auth (one each) and cosign (one a person)."""
        return {
            "assert": [public_multikey(self.assert_key.public_key())],
            "log": [public_multikey(self.log_key.public_key())],
            "auth": [public_multikey(self.auth_key.public_key())],
            "cosign": [person.cosign_multikey for person in self.persons.values()],
        }


@dataclass(frozen=True, slots=True)
class _Content:
    """What the ciphertext holds."""

    institutions: dict[str, InstitutionKeys]
    token_secret: bytes = field(repr=False)


class KeyFile:
    """An opened key file. Changes are written at once: atomically, with fsync, mode 0600."""

    def __init__(self, path: Path, header: dict[str, Any], key: bytes, content: _Content) -> None:
        self.path = path
        self._header = header
        self._key = key
        self._institutions = content.institutions
        self._token_secret = content.token_secret

    @classmethod
    def create(cls, path: Path, passphrase: str, *, scrypt_n: int = SCRYPT_N) -> Self:
        """Write a new, empty key file. Raises KeyFileError if the file exists or the passphrase is shorter than 8
        characters.
        """
        if path.exists():
            raise KeyFileError(f"{path} exists", next_step="open it, or choose another path")
        if len(passphrase) < MIN_PASSPHRASE:
            raise KeyFileError("the passphrase is too short", next_step=f"use at least {MIN_PASSPHRASE} characters")
        kdf = {"name": "scrypt", "n": scrypt_n, "r": SCRYPT_R, "p": SCRYPT_P, "salt": secrets.token_hex(SALT_BYTES)}
        header = {"schema": SCHEMA, "kdf": kdf, "cipher": "aes-256-gcm"}
        content = _Content({}, secrets.token_bytes(TOKEN_SECRET_BYTES))
        file = cls(path, header, _derive(path, kdf, passphrase), content)
        file._save()
        return file

    @classmethod
    def open(cls, path: Path, passphrase: str) -> Self:
        """Open a key file. Raises KeyFileError (unreadable, readable by others, damaged) and WrongPassphraseError."""
        document = _read(path)
        header = {name: document[name] for name in ("schema", "kdf", "cipher")}
        key = _derive(path, header["kdf"], passphrase)
        try:
            nonce, ciphertext = bytes.fromhex(document["nonce"]), bytes.fromhex(document["ciphertext"])
            plain = AESGCM(key).decrypt(nonce, ciphertext, canonicalise(header))
        except (InvalidTag, ValueError, TypeError) as error:
            raise WrongPassphraseError(str(path)) from error
        return cls(path, header, key, _load_content(json.loads(plain)))

    def add_institution(
        self, name: str, scheme: str, code: str, did: str, persons: Iterable[str] = ()
    ) -> InstitutionKeys:
        """Make fresh keys for an institution and its persons, write the file, return the keys.

        Raises KeyFileError for a name or an identity that the file has already, FormatError for a malformed code.
        """
        keys = InstitutionKeys(
            name=name,
            scheme=scheme,
            code=code,
            id=institution_id(scheme, code),
            did=did,
            account=Account.create(),
            assert_key=Ed25519PrivateKey.generate(),
            log_key=Ed25519PrivateKey.generate(),
            auth_key=Ed25519PrivateKey.generate(),
            persons={person: PersonKeys(person, Ed25519PrivateKey.generate(), Account.create()) for person in persons},
        )
        self.add(keys)
        return keys

    def add(self, keys: InstitutionKeys) -> None:
        """Add keys that exist already and write the file. Raises KeyFileError for a name or an identity it has
        already.
        """
        known = self._institutions.values()
        if keys.name in self._institutions or any(other.id == keys.id for other in known):
            raise KeyFileError(
                f"{keys.name} or {keys.scheme} {keys.code} is in {self.path} already",
                next_step="use its keys, or another name",
            )
        self._institutions = {**self._institutions, keys.name: keys}
        self._save()

    def institution(self, name: str) -> InstitutionKeys:
        """The keys of an institution by its short name. Raises NotFoundError."""
        if name not in self._institutions:
            known = ", ".join(self._institutions) or "none"
            raise NotFoundError("institution", f"{name} in {self.path}", next_step=f"the key file has: {known}")
        return self._institutions[name]

    def institutions(self) -> list[InstitutionKeys]:
        """All institutions, in the order they were added."""
        return list(self._institutions.values())

    def accounts(self) -> dict[str, LocalAccount]:
        """Every chain account of the file, of institutions and persons, by checksum address."""
        accounts = {}
        for keys in self._institutions.values():
            for account in (keys.account, *(person.account for person in keys.persons.values())):
                accounts[str(account.address)] = account
        return accounts

    @property
    def token_secret(self) -> bytes:
        """32 secret bytes made with the file, for signing the API's tokens."""
        return self._token_secret

    def _save(self) -> None:
        institutions = [_dump(keys) for keys in self._institutions.values()]
        plain = json.dumps({"institutions": institutions, "tokenSecret": self._token_secret.hex()}).encode()
        nonce = secrets.token_bytes(NONCE_BYTES)
        ciphertext = AESGCM(self._key).encrypt(nonce, plain, canonicalise(self._header))
        document = {**self._header, "nonce": nonce.hex(), "ciphertext": ciphertext.hex()}
        write_durably(self.path, json.dumps(document, indent=1).encode(), mode=0o600)


def _read(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_mode & 0o077:
            raise KeyFileError(f"{path} can be read by others", next_step=f"chmod 600 {path}")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise KeyFileError(f"{path} is larger than any key file", next_step="check the path")
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyFileError(f"{path}: {error}", next_step="check the path, or restore the file from a backup") from error
    wanted = {"schema", "kdf", "cipher", "nonce", "ciphertext"}
    if (
        not isinstance(document, dict)
        or set(document) != wanted
        or document["schema"] != SCHEMA
        or document["cipher"] != "aes-256-gcm"
    ):
        raise KeyFileError(f"{path} is not a key file of schema {SCHEMA}", next_step="check the path and the version")
    return document


def _derive(path: Path, kdf: Any, passphrase: str) -> bytes:
    try:
        if (
            kdf["name"] != "scrypt"
            or not MIN_SCRYPT_N <= kdf["n"] <= MAX_SCRYPT_N
            or kdf["r"] != SCRYPT_R
            or kdf["p"] != SCRYPT_P
        ):
            raise ValueError("scrypt parameters outside the allowed range")
        salt = bytes.fromhex(kdf["salt"])
        return Scrypt(salt=salt, length=32, n=kdf["n"], r=kdf["r"], p=kdf["p"]).derive(passphrase.encode())
    except (KeyError, TypeError, ValueError) as error:
        raise KeyFileError(f"{path}: {error}", next_step="restore the file from a backup") from error


def _dump(keys: InstitutionKeys) -> dict[str, Any]:
    return {
        "name": keys.name,
        "scheme": keys.scheme,
        "code": keys.code,
        "did": keys.did,
        "account": keys.account.key.hex(),
        "assert": keys.assert_key.private_bytes_raw().hex(),
        "log": keys.log_key.private_bytes_raw().hex(),
        "auth": keys.auth_key.private_bytes_raw().hex(),
        "persons": [
            {
                "name": person.name,
                "cosign": person.cosign_key.private_bytes_raw().hex(),
                "account": person.account.key.hex(),
            }
            for person in keys.persons.values()
        ],
    }


def _load_content(content: dict[str, Any]) -> _Content:
    institutions = {item["name"]: _load(item) for item in content["institutions"]}
    return _Content(institutions, bytes.fromhex(content["tokenSecret"]))


def _load(item: dict[str, Any]) -> InstitutionKeys:
    return InstitutionKeys(
        name=item["name"],
        scheme=item["scheme"],
        code=item["code"],
        id=institution_id(item["scheme"], item["code"]),
        did=item["did"],
        account=Account.from_key(bytes.fromhex(item["account"])),
        assert_key=_ed25519(item["assert"]),
        log_key=_ed25519(item["log"]),
        auth_key=_ed25519(item["auth"]),
        persons={
            person["name"]: PersonKeys(
                person["name"], _ed25519(person["cosign"]), Account.from_key(bytes.fromhex(person["account"]))
            )
            for person in item["persons"]
        },
    )


def _ed25519(secret: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))
