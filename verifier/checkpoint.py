"""Checkpoints of an institution's log as C2SP signed notes (c2sp.org/tlog-checkpoint and c2sp.org/signed-note).

The origin is ``tanju/<institution id in hex>/<epoch>``; the note carries one Ed25519 signature by a key that the
institution registered for the purpose *log*.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from verifier.canonical import sha256
from verifier.errors import FormatError, ProofError
from verifier.merkle import HASH_BYTES, MAX_TREE_SIZE

ED25519_ALGORITHM: Final = b"\x01"
MAX_NOTE_BYTES: Final = 4096
_ORIGIN: Final = re.compile(r"\Atanju/([0-9a-f]{64})/(0|[1-9][0-9]{0,9})\Z", re.ASCII)
_SIZE: Final = re.compile(r"\A(0|[1-9][0-9]{0,10})\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head: institution id (32 bytes), epoch, size and root (32 bytes)."""

    institution: bytes
    epoch: int
    size: int
    root: bytes

    @property
    def origin(self) -> str:
        """The note's first line."""
        return f"tanju/{self.institution.hex()}/{self.epoch}"

    def text(self) -> str:
        """The three lines that are signed, each ended by a newline."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """The first 4 bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key) (c2sp.org/signed-note)."""
    return sha256(name.encode() + b"\n" + ED25519_ALGORITHM + key.public_bytes_raw())[:4]


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The signed note of a checkpoint."""
    text = checkpoint.text()
    blob = key_id(checkpoint.origin, key.public_key()) + key.sign(text.encode())
    return f"{text}\n— {checkpoint.origin} {base64.b64encode(blob).decode()}\n"


def parse_note(note: str) -> tuple[Checkpoint, bytes]:
    """The checkpoint and the signature blob (key id ‖ signature) of a note with one signature. Raises FormatError."""
    lines = note.split("\n")
    if len(note.encode()) > MAX_NOTE_BYTES or len(lines) != 6 or lines[3] or lines[5]:
        raise FormatError("a checkpoint note has three lines, a blank line and one signature", code="CHECKPOINT_FORMAT")
    origin = _ORIGIN.match(lines[0])
    prefix = f"— {lines[0]} "
    if not origin or not _SIZE.match(lines[1]) or not lines[4].startswith(prefix):
        raise FormatError("origin, size or signature line of the checkpoint is malformed", code="CHECKPOINT_FORMAT")
    size, root, blob = int(lines[1]), _base64(lines[2]), _base64(lines[4].removeprefix(prefix))
    if size > MAX_TREE_SIZE or len(root) != HASH_BYTES or len(blob) != 4 + 64:
        raise FormatError("size, root or signature of the checkpoint has a wrong length", code="CHECKPOINT_FORMAT")
    return Checkpoint(bytes.fromhex(origin[1]), int(origin[2]), size, root), blob


def check_note(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """Check a note's signature under ``key`` and return its checkpoint. Raises FormatError or ProofError."""
    checkpoint, blob = parse_note(note)
    if blob[:4] != key_id(checkpoint.origin, key):
        raise ProofError("the checkpoint is signed by another key", code="CHECKPOINT_SIGNATURE")
    try:
        key.verify(blob[4:], checkpoint.text().encode())
    except InvalidSignature as error:
        raise ProofError("the checkpoint's signature does not hold", code="CHECKPOINT_SIGNATURE") from error
    return checkpoint


def _base64(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise FormatError("not base64", code="CHECKPOINT_FORMAT") from error
    if base64.b64encode(raw).decode() != text:
        raise FormatError("base64 in another spelling", code="CHECKPOINT_FORMAT")
    return raw
