"""What the services' guards refuse: each with a stable code, typed fields and a next step. Nothing was stored when one
is raised.
"""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import LedgerError


class GuardError(LedgerError):
    """A rule refuses what was asked; nothing was stored."""

    code = "REFUSED"


class NotRegisteredError(GuardError):
    """The chain, as far as the node has read it, knows no such institution."""

    code = "NOT_REGISTERED"

    def __init__(self, institution: str) -> None:
        self.institution = institution
        super().__init__(
            f"{institution} is not registered on chain, as far as this node has read it",
            next_step="have the authority register it, and let the node catch up with the chain",
        )


class RoleMissingError(GuardError):
    """The institution does not have the role that the verb needs."""

    code = "ROLE_MISSING"

    def __init__(self, institution: str, roles: Sequence[str]) -> None:
        self.institution = institution
        self.roles = tuple(roles)
        super().__init__(
            f"{institution} has none of the roles {', '.join(roles)}",
            next_step="an authority registers the roles of an institution",
        )


class LicenceError(GuardError):
    """Entries whose licence forbids passing them on."""

    code = "LICENCE_FORBIDS"

    def __init__(self, dataset: str, entries: Sequence[str]) -> None:
        self.dataset = dataset
        self.entries = tuple(entries)
        shown = ", ".join(entries[:10]) + (f" and {len(entries) - 10} more" if len(entries) > 10 else "")
        super().__init__(
            f"{dataset}: the licence of {shown} forbids redistribution",
            next_step="leave these entries out; licensed background is cited by commitment, not published",
        )


class DatasetExistsError(GuardError):
    """The publisher has published another dataset under this series and version."""

    code = "DATASET_EXISTS"

    def __init__(self, dataset: str, record_id: str) -> None:
        self.dataset = dataset
        self.record_id = record_id
        super().__init__(f"{dataset} is published already as {record_id}", next_step="publish it under a new version")


class FactorUnknownError(GuardError):
    """A row cites a factor that no published dataset known to this node has, or that several have."""

    code = "FACTOR_UNKNOWN"

    def __init__(self, row: str, reference: str, reason: str) -> None:
        self.row = row
        self.reference = reference
        super().__init__(
            f"row {row}: {reference}: {reason}",
            next_step="publish or receive the dataset first, or cite it by record id: sha-256:…#entry",
        )


class TablesMissingError(GuardError):
    """The rows of an inventory are not in this node, so it cannot calculate or export."""

    code = "TABLES_MISSING"

    def __init__(self, inventory: str, missing: Sequence[str]) -> None:
        self.inventory = inventory
        self.missing = tuple(missing)
        super().__init__(
            f"this node has no {', '.join(missing)} of {inventory}",
            next_step="ask the enterprise to disclose the tables",
        )


class ProviderUnsupportedError(GuardError):
    """A certificate that stands as a provider cannot be used as one."""

    code = "PROVIDER_CERTIFICATE"

    def __init__(self, row: str, certificate: str, reason: str) -> None:
        self.row = row
        self.certificate = certificate
        super().__init__(
            f"row {row}: {certificate}: {reason}", next_step="receive the certificate's evidence file first"
        )


class SamePersonError(GuardError):
    """Two persons are needed, and one was named twice."""

    code = "SAME_PERSON"

    def __init__(self, person: str, what: str) -> None:
        self.person = person
        super().__init__(
            f"{person} cannot be both {what}", next_step="another person of the institution takes the second part"
        )


class NotDeciderError(GuardError):
    """The person's account is no registered decider of the institution."""

    code = "NOT_DECIDER"

    def __init__(self, person: str, institution: str) -> None:
        self.person = person
        self.institution = institution
        super().__init__(
            f"the account of {person} does not decide for {institution} on chain",
            next_step="the institution adds it (InstitutionRegistry.addDecider)",
        )


class StatementNotReproducedError(GuardError):
    """A footprint statement whose verdict does not allow a certificate."""

    code = "STATEMENT_NOT_REPRODUCED"

    def __init__(self, statement: str, verdict: str) -> None:
        self.statement = statement
        self.verdict = verdict
        super().__init__(
            f"the verdict of {statement} is {verdict}",
            next_step="correct the inventory or its declared value, disclose it again and recalculate",
        )


class ValueDiffersError(GuardError):
    """The certificate's value is not the statement's."""

    code = "VALUE_DIFFERS"

    def __init__(self, certified: str, stated: str) -> None:
        self.certified = certified
        self.stated = stated
        super().__init__(f"the application says {certified}, the statement {stated}", next_step=f"certify {stated}")


class CitationDiffersError(GuardError):
    """Two records that must be about the same thing are not."""

    code = "CITATION_DIFFERS"


class ScopeError(GuardError):
    """A category, origin or holder that does not fit."""

    code = "OUT_OF_SCOPE"


class OpenFindingError(GuardError):
    """A certification with findings or nonconformities that are not closed."""

    code = "FINDING_OPEN"

    def __init__(self, subjects: Sequence[str]) -> None:
        self.subjects = tuple(subjects)
        super().__init__(
            f"not closed: {'; '.join(subjects)[:300]}", next_step="close each before deciding (ISO/IEC 17065, 7.6)"
        )


class NotCompetentError(GuardError):
    """The institution lacks a qualification that the document needs."""

    code = "ISSUER_NOT_COMPETENT"

    def __init__(self, institution: str, document_type: str, category: str) -> None:
        self.institution = institution
        self.document_type = document_type
        self.category = category
        super().__init__(
            f"{institution} is not competent for {document_type} in {category} now",
            next_step="approval, accreditation and designation must all be active on chain",
        )


class NumberTakenError(GuardError):
    """The issuer has used the certificate number."""

    code = "NUMBER_TAKEN"

    def __init__(self, number: str, certificate: str) -> None:
        self.number = number
        self.certificate = certificate
        super().__init__(
            f"the number {number} is that of {certificate}", next_step="choose another number; it is unique per issuer"
        )


class NotIssuerError(GuardError):
    """Only the issuer changes a certificate's status through its own node."""

    code = "NOT_ISSUER"

    def __init__(self, institution: str, certificate: str) -> None:
        self.institution = institution
        self.certificate = certificate
        super().__init__(f"{certificate} was not issued by {institution}", next_step="ask the issuer, or its authority")


class IllegalStatusError(GuardError):
    """The state machine has no such step."""

    code = "ILLEGAL_STATUS_CHANGE"

    def __init__(self, certificate: str, status: str, action: str) -> None:
        self.certificate = certificate
        self.status = status
        self.action = action
        super().__init__(
            f"{certificate} is {status} for its issuer: {action} is not possible", next_step="look at its history"
        )


class RefusalWithoutReasonError(GuardError):
    """A refusal must say why."""

    code = "REFUSAL_WITHOUT_REASON"

    def __init__(self) -> None:
        super().__init__("a refusal names at least one reason code", next_step="choose from the list of refusal codes")


class DecisionDiffersError(GuardError):
    """What the node finds when it checks does not support the decision."""

    code = "DECISION_NOT_SUPPORTED"

    def __init__(self, certificate: str, verdict: str, codes: Sequence[str]) -> None:
        self.certificate = certificate
        self.verdict = verdict
        self.codes = tuple(codes)
        super().__init__(
            f"the check of {certificate} says {verdict}: {', '.join(codes)}",
            next_step="refuse it with a reason code, or wait until the certificate is VALID",
        )


class NotAnchoredError(GuardError):
    """A record on which the evidence rests is not on chain yet."""

    code = "NOT_ANCHORED"

    def __init__(self, record_id: str, what: str) -> None:
        self.record_id = record_id
        super().__init__(
            f"{what} {record_id} is not anchored yet",
            next_step="wait until the node's log is sealed and final on chain",
        )


class NotIssuedError(GuardError):
    """The chain does not know the certificate yet."""

    code = "NOT_ISSUED"

    def __init__(self, certificate: str) -> None:
        self.certificate = certificate
        super().__init__(
            f"the chain knows no certificate {certificate} yet", next_step="wait until its issue is final on chain"
        )


class EvidenceRefusedError(GuardError):
    """An evidence file that does not verify against this node's trust root and chain; it was not stored."""

    code = "EVIDENCE_REFUSED"

    def __init__(self, verdict: str, codes: Sequence[str]) -> None:
        self.verdict = verdict
        self.codes = tuple(codes)
        super().__init__(f"the file is {verdict}: {', '.join(codes)}", next_step="ask its sender for a new export")
