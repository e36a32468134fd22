"""Whether the effect of an action is on the chain already: what makes every action idempotent.

A database restored from a backup has actions as PENDING that were sent long ago. Before an action is signed, and when
its transaction reverted, its effect is looked for by the record id, key or account it is about. Only functions listed
here may be enqueued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ledger.chain.abi import decode_name
from ledger.chain.certificates import CertificateAction
from ledger.chain.client import ChainClient
from ledger.chain.qualifications import QualificationAction
from ledger.errors import UnknownActionError
from verifier.identifiers import certificate_key, institution_id, key_digest, recognition_id

Args = Sequence[Any]
"""Arguments in the JSON form of the outbox."""

Effect = Callable[[ChainClient, str, Args], bool]
"""Whether the effect is there, asked with the client, the sender's address and the arguments."""


def require_known(contract: str, function: str) -> None:
    """Raise UnknownActionError for a function that the outbox does not send."""
    if (contract, function) not in EFFECTS:
        raise UnknownActionError(contract, function)


def is_done(client: ChainClient, sender: str, contract: str, function: str, args: Args) -> bool:
    """Whether the chain, at its head, shows the effect of this call. Raises ChainUnavailableError,
    UnknownActionError.
    """
    require_known(contract, function)
    return EFFECTS[contract, function](client, sender, args)


def _append(client: ChainClient, _sender: str, args: Args) -> bool:
    institution, epoch, size, root, _proof = args
    found = client.log.checkpoint_for(_raw(institution), epoch, size - 1)
    return found is not None and found[0].size == size and found[0].root == _raw(root)


def _issue(client: ChainClient, _sender: str, args: Args) -> bool:
    issue = args[0]
    return client.certificates.certificate(certificate_key(_raw(issue["issuer"]), _raw(issue["recordId"]))) is not None


def _status(action: CertificateAction) -> Effect:
    def changed(client: ChainClient, _sender: str, args: Args) -> bool:
        key, reason = _raw(args[0]), _raw(args[1])
        return any(entry.action == action and entry.reason == reason for entry in client.certificates.history(key))

    return changed


def _register(client: ChainClient, _sender: str, args: Args) -> bool:
    registration = args[0]
    found = client.institutions.institution(institution_id(registration["scheme"], registration["code"]))
    return found is not None and found.account == registration["account"]


def _change_did(client: ChainClient, _sender: str, args: Args) -> bool:
    span = client.institutions.did_span(_raw(args[1]))
    return span is not None and span.institution == _raw(args[0])


def _add_key(client: ChainClient, _sender: str, args: Args) -> bool:
    digest, purpose = key_digest(_raw(args[1]).decode("ascii")), args[3]
    return any(key.digest == digest and key.purpose == purpose for key in client.institutions.keys(_raw(args[0])))


def _revoke_key(client: ChainClient, _sender: str, args: Args) -> bool:
    institution, digest, purpose, effective_from = _raw(args[0]), _raw(args[1]), args[2], args[3]
    return any(
        key.revoked_from is not None and (effective_from == 0 or key.revoked_from <= effective_from)
        for key in client.institutions.keys(institution)
        if key.digest == digest and key.purpose == purpose
    )


def _grant(client: ChainClient, _sender: str, args: Args) -> bool:
    history = client.qualifications.history(_raw(args[0]), args[1], decode_name(_raw(args[2])))
    return any(item.action == QualificationAction.GRANT and item.record_id == _raw(args[3]) for item in history)


def _change_qualification(client: ChainClient, sender: str, args: Args) -> bool:
    history = client.qualifications.history(_raw(args[0]), args[1], decode_name(_raw(args[2])))
    last = history[-1] if history else None
    return (
        last is not None
        and (last.action, last.by) == (args[3], sender)
        and (args[4] == 0 or last.effective_from == args[4])
    )


def _add_decider(client: ChainClient, _sender: str, args: Args) -> bool:
    return client.institutions.is_decider(_raw(args[0]), args[1])


def _remove_decider(client: ChainClient, _sender: str, args: Args) -> bool:
    return not client.institutions.is_decider(_raw(args[0]), args[1])


def _propose(client: ChainClient, _sender: str, args: Args) -> bool:
    proposal = args[0]
    decision = recognition_id(
        _raw(proposal["certificate"]),
        decode_name(_raw(proposal["jurisdiction"])),
        decode_name(_raw(proposal["purpose"])),
        _raw(proposal["recordId"]),
    )
    return client.recognitions.decision(decision) is not None


def _confirm(client: ChainClient, _sender: str, args: Args) -> bool:
    decision = client.recognitions.decision(_raw(args[0]))
    return decision is not None and decision.confirmed_by is not None


def _withdraw_decision(client: ChainClient, sender: str, args: Args) -> bool:
    decision = client.recognitions.decision(_raw(args[0]))
    if decision is None or decision.withdrawal_reason != _raw(args[1]):
        return False
    return sender in (decision.withdrawal_proposed_by, decision.withdrawal_confirmed_by)


def _raw(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


EFFECTS: Final[dict[tuple[str, str], Effect]] = {
    ("RecordLog", "append"): _append,
    ("CertificateRegistry", "issue"): _issue,
    ("CertificateRegistry", "suspend"): _status(CertificateAction.SUSPEND),
    ("CertificateRegistry", "restore"): _status(CertificateAction.RESTORE),
    ("CertificateRegistry", "withdraw"): _status(CertificateAction.WITHDRAW),
    ("CertificateRegistry", "cancel"): _status(CertificateAction.CANCEL),
    ("InstitutionRegistry", "register"): _register,
    ("InstitutionRegistry", "changeDid"): _change_did,
    ("InstitutionRegistry", "addKey"): _add_key,
    ("InstitutionRegistry", "revokeKey"): _revoke_key,
    ("InstitutionRegistry", "grant"): _grant,
    ("InstitutionRegistry", "changeQualification"): _change_qualification,
    ("InstitutionRegistry", "addDecider"): _add_decider,
    ("InstitutionRegistry", "removeDecider"): _remove_decider,
    ("RecognitionRegistry", "propose"): _propose,
    ("RecognitionRegistry", "confirm"): _confirm,
    ("RecognitionRegistry", "withdrawDecision"): _withdraw_decision,
}
"""Every function that the outbox sends. ``openEpoch`` is not here: it names no epoch, so a repetition could not be
told.
"""
