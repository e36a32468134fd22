"""The base error of the ledger's floor and the errors that are not about one contract's revert (those:
chain/errors.py).

Every error has a stable ``code``, says what was found (``detail``) and what to do (``next_step``); what a program may
want to know stands in typed fields.
"""

from __future__ import annotations


class LedgerError(Exception):
    """Base of every error of this floor.

    Attributes:
        code: stable, documented, never translated.
        detail: what was found, in one sentence.
        next_step: what the reader can do about it.
    """

    code = "LEDGER_ERROR"

    def __init__(self, detail: str, *, next_step: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.code}: {self.detail} — {self.next_step}"


class SchemaError(LedgerError):
    """The database's tables are not those of this version."""

    code = "DATABASE_SCHEMA"

    def __init__(self, found: str | None, expected: str) -> None:
        self.found = found
        self.expected = expected
        step = (
            "run `tanju db upgrade`"
            if found is None or found < expected
            else "run the version that wrote this database, or a later one"
        )
        super().__init__(
            f"the database is at revision {found or 'none'}, this version needs {expected}", next_step=step
        )


class DatabaseError(LedgerError):
    """The database could not read or write: full disk, read-only file, connection lost. Nothing of the
    transaction stands.
    """

    code = "DATABASE"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"the database failed: {reason}", next_step="check its disk, its rights and that it runs")


class ReadOnlySessionError(LedgerError):
    """A session that was opened for reading was told to commit."""

    code = "SESSION_READ_ONLY"

    def __init__(self) -> None:
        super().__init__("a session opened with reading() cannot commit", next_step="open it with writing()")


class RecordConflictError(LedgerError):
    """The same record id with other bytes: another set of proofs, or another owner."""

    code = "RECORD_CONFLICT"

    def __init__(self, record_id: bytes, what: str) -> None:
        self.record_id = record_id
        super().__init__(
            f"record {record_id.hex()} is stored already with another {what}",
            next_step="a record never changes: write a new record that supersedes it",
        )


class NotFoundError(LedgerError):
    """Something asked for by its name or id is not in this database or key file."""

    code = "NOT_FOUND"

    def __init__(self, kind: str, name: str, *, next_step: str = "check the name, and that it was stored here") -> None:
        self.kind = kind
        self.name = name
        super().__init__(f"no {kind} {name}", next_step=next_step)


class KeyFileError(LedgerError):
    """The key file cannot be read, opened or written."""

    code = "KEY_FILE"


class WrongPassphraseError(KeyFileError):
    """The passphrase does not open the key file, or a byte of the file was changed."""

    code = "KEY_FILE_PASSPHRASE"

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(
            f"{path} does not open with this passphrase, or was changed",
            next_step="give the right passphrase in TANJU_PASSPHRASE, or restore the file from a backup",
        )


class LogCorruptError(LedgerError):
    """What is stored no longer hashes to what the log holds. Nothing was signed."""

    code = "LOG_CORRUPT"

    def __init__(self, institution: bytes, epoch: int, what: str) -> None:
        self.institution = institution
        self.epoch = epoch
        super().__init__(
            f"log {institution.hex()}/{epoch}: {what}",
            next_step="stop the node, run `tanju fsck`, restore the database from a backup",
        )


class LogRangeError(LedgerError):
    """A leaf or a size that the log does not have."""

    code = "LOG_RANGE"

    def __init__(self, what: str, size: int) -> None:
        self.size = size
        super().__init__(f"{what}; the log has {size} leaves", next_step="ask for a leaf or a size within the log")


class SealBlockedError(LedgerError):
    """The last checkpoint's append failed on chain, so no further one can be sealed."""

    code = "SEAL_BLOCKED"

    def __init__(self, action_id: str, state: str, reason: str) -> None:
        self.action_id = action_id
        self.state = state
        super().__init__(
            f"the append {action_id} is {state}: {reason}",
            next_step="remove the cause, then retry that action (`outbox.retry`)",
        )


class ActionConflictError(LedgerError):
    """The same action id was given to two different actions."""

    code = "ACTION_CONFLICT"

    def __init__(self, action_id: str) -> None:
        self.action_id = action_id
        super().__init__(
            f"another action is called {action_id} already", next_step="derive the action id from the record id"
        )


class UnknownActionError(LedgerError):
    """A contract function that the outbox does not send, because it could not tell whether its effect is there
    already.
    """

    code = "ACTION_UNKNOWN"

    def __init__(self, contract: str, function: str) -> None:
        self.contract = contract
        self.function = function
        super().__init__(
            f"{contract}.{function} is not an action of the outbox",
            next_step="add how its effect is recognised on chain to ledger/chain/effects.py",
        )


class ChainUnavailableError(LedgerError):
    """The endpoint is down, slow, or answered with something that is no answer. Trying again is right."""

    code = "CHAIN_UNAVAILABLE"

    def __init__(self, method: str, reason: str) -> None:
        self.method = method
        self.reason = reason
        super().__init__(
            f"{method}: {reason}", next_step="check the chain's address (TANJU_CHAIN_RPC) and that it answers"
        )


class ChainMismatchError(LedgerError):
    """The endpoint serves another chain, or other contracts, than the trust root pins."""

    code = "CHAIN_MISMATCH"

    def __init__(self, what: str, *, pinned: str, found: str) -> None:
        self.what = what
        self.pinned = pinned
        self.found = found
        super().__init__(
            f"{what} is {found}, the trust root pins {pinned}",
            next_step="use the endpoint of the right chain; never change the trust root to match an endpoint",
        )


class ChainRolledBackError(LedgerError):
    """The chain lacks a block that this database knows to be final: it was rolled back, or is far behind."""

    code = "CHAIN_ROLLED_BACK"

    def __init__(self, number: int, expected: str, found: str) -> None:
        self.number = number
        self.expected = expected
        self.found = found
        super().__init__(
            f"block {number} should be {expected}, the endpoint has {found}",
            next_step="wait until the endpoint has caught up, or use another; never continue on a chain rolled back",
        )


class DatabaseBehindError(LedgerError):
    """The chain holds more of an own log than the database: the database was restored from an old backup."""

    code = "DATABASE_BEHIND"

    def __init__(self, institution: bytes, epoch: int, own_size: int, chain_size: int) -> None:
        self.institution = institution
        self.epoch = epoch
        self.own_size = own_size
        self.chain_size = chain_size
        super().__init__(
            f"log {institution.hex()}/{epoch} has {own_size} leaves here, {chain_size} on chain",
            next_step="restore the newest database; if leaves are lost, ask the authority to open a new epoch",
        )


class LogDivergedError(LedgerError):
    """The own log's root at the size on chain is another than the chain's."""

    code = "LOG_DIVERGED"

    def __init__(self, institution: bytes, epoch: int, size: int) -> None:
        self.institution = institution
        self.epoch = epoch
        self.size = size
        super().__init__(
            f"log {institution.hex()}/{epoch} has another root at size {size} here than on chain",
            next_step="stop: restore the database that wrote the log; if it is lost, ask the authority for a new epoch",
        )


class SettingsError(LedgerError):
    """A setting is missing or contradicts another."""

    code = "SETTINGS"
