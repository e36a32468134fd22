"""The golden world, built: trust root, records, logs, status changes, recognition, evidence file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, Final

from scripts.golden import records, tree
from scripts.golden.chain import CHAIN_ID, GENESIS_TIME, GoldenChain
from scripts.golden.inventory import CATEGORY, golden_factors, golden_inventory
from scripts.golden.keys import (
    AUTHORITIES,
    BODY,
    INSTITUTIONS,
    MAKER,
    PLATFORM,
    PUBLISHER,
    GoldenInstitution,
    account,
    signing_key,
)
from verifier.canonical import Digest, canonicalise, parse, raw_digest
from verifier.case import Question
from verifier.chainview import OWNERS
from verifier.checkpoint import Checkpoint, sign_checkpoint
from verifier.credential import leaf_input, sign
from verifier.footprint import DatasetFactors, FootprintResult, LoadedDataset, load_gwp, recalculate
from verifier.footprint.conversion_basis import conversion_basis
from verifier.identifiers import (
    bytes32_text,
    certificate_key,
    holder_commitment,
    number_digest,
    rule_name_id,
)
from verifier.inventory_tables import put_together, take_apart
from verifier.merkle import leaf_hash
from verifier.multikey import public_multikey
from verifier.onchain import OnchainView
from verifier.records.factors import factor_dataset_from_json
from verifier.records.inventory import Inventory, inventory_from_json
from verifier.records.model import format_time, parse_time
from verifier.report import Report
from verifier.trustroot import TrustRoot, read_trust_root
from verifier.verify import verify

DECLARED: Final = "123.6"
PURPOSE: Final = "procurement"
JURISDICTION: Final = "CN-ZJ"
Changes = Callable[[dict[str, Any]], None]


class GoldenWorld:
    """One record's life up to recognition. ``suspend`` and ``restore`` continue it; ``evidence`` exports at any
    point.
    """

    def __init__(
        self,
        *,
        declared: str = DECLARED,
        alter: Mapping[str, Changes] | None = None,
        publisher: GoldenInstitution = PUBLISHER,
        maker: GoldenInstitution = MAKER,
        calculator: GoldenInstitution = BODY,
        anchored: bool = True,
    ) -> None:
        """Build everything; about two seconds.

        The arguments are for worlds that are not honest: ``alter`` changes what is about to be signed (factors,
        inventory, header, statement, certificate, decision), the institutions sign in another's place, and without
        ``anchored`` nothing is on chain before the certificate is issued.
        """
        self.declared, self.alter, self.anchored = declared, alter or {}, anchored
        self.publisher, self.maker, self.calculator = publisher, maker, calculator
        self.chain = GoldenChain()
        self.chain.deploy()
        self.writer = records.Writer({"chainId": CHAIN_ID, "genesis": self.chain.genesis})
        self.documents: dict[str, dict[str, Any]] = {}
        self.logs: dict[str, list[dict[str, Any]]] = {item.name: [] for item in INSTITUTIONS}
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self._accredit()
        self._disclose()
        self._certify()
        self._recognise()

    def _altered(self, name: str, value: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = parse(canonicalise(value))
        if name in self.alter:
            self.alter[name](found)
        return found

    # -- what the verifier holds

    @cached_property
    def trust_bytes(self) -> bytes:
        """The trust root, version 1, signed by all authorities."""
        document: dict[str, Any] = {
            "schema": "tanju/trust-root/1",
            "version": 1,
            "previous": None,
            "created": format_time(GENESIS_TIME),
            "network": "test",
            "ledger": self.writer.ledger,
            "directory": self.chain.addresses["Directory"].lower(),
            "contracts": self.chain.pinned(),
            "authorities": [
                {
                    "name": {"zh": item.zh, "en": item.en},
                    "jurisdiction": item.jurisdiction,
                    "did": item.did,
                    "key": public_multikey(signing_key(f"authority/{item.name}").public_key()),
                    "account": account(item.name).address.lower(),
                    "grants": list(item.grants),
                }
                for item in AUTHORITIES
            ],
            "witnesses": [],
            "quorum": 0,
        }
        for item in AUTHORITIES:
            key = signing_key(f"authority/{item.name}")
            document = sign(document, key, did=item.did, created=format_time(GENESIS_TIME))
        return canonicalise(document)

    @cached_property
    def trust(self) -> TrustRoot:
        """The trust root, read and checked."""
        return read_trust_root(self.trust_bytes)

    def view(self) -> OnchainView:
        """A fresh view of the chain at its head."""
        return OnchainView(self.chain.web3, self.trust, endpoint="golden chain")

    def verify(self, data: bytes, *, profile: str = "document", offline: bool = False, **question: Any) -> Report:
        """Verify against the golden chain, at its own time unless asked otherwise."""
        asked = Question(profile=profile, now=question.pop("now", self.chain.now()), **question)
        return verify(data, trust=self.trust, question=asked, view=None if offline else self.view())

    # -- the story

    def _accredit(self) -> None:
        at = self.chain.now()
        for institution in INSTITUTIONS:
            authority = next(item for item in AUTHORITIES if item.jurisdiction == institution.jurisdiction)
            subject = records.profile_subject(institution, at)
            profile = self.writer.by_authority(authority, "tanju/institution-profile/1", at, subject)
            self.documents[f"profile-{institution.name}"] = profile
            self.chain.accredit(institution, authority.name, raw_digest(records.digest(profile)))
        for kind, authority in zip(("approval", "accreditation", "designation"), AUTHORITIES, strict=False):
            subject = records.qualification_subject(BODY, kind, at)
            record = self.writer.by_authority(authority, "tanju/qualification/1", at, subject)
            self.documents[f"qualification-{kind}"] = record
            number = {"approval": 1, "accreditation": 2, "designation": 3}[kind]
            call = self.chain.contract("InstitutionRegistry").functions.grant(
                BODY.id,
                number,
                bytes32_text(CATEGORY),
                raw_digest(records.digest(record)),
                0,
                parse_time(subject["until"]),
            )
            self.chain.send(authority.name, call)

    def _disclose(self) -> None:
        at = self.chain.now()
        self.factors = self._altered("factors", golden_factors())
        self.inventory = self._altered("inventory", golden_inventory(self.declared))
        dataset = self.writer.by(self.publisher, "tanju/factor-dataset/1", at, self.factors)
        self._log(self.publisher, "factor-dataset", dataset)
        numbers = iter(range(1000))
        subject, self.tables = take_apart(
            self.inventory,
            resolve=lambda name: f"{records.digest(dataset)}#{name.partition('#')[2]}",
            new_salt=lambda: records.salt(f"row/{next(numbers)}"),
        )
        if self.anchored:
            self.append(self.publisher)
        header = self._altered("header", subject)
        disclosed = self.writer.by(self.maker, "tanju/inventory-record/1", self.chain.now(), header)
        self._log(self.maker, "inventory-record", disclosed)
        if self.anchored:
            self.append(self.maker)

    def _result(self, inventory: Inventory) -> FootprintResult:
        dataset = records.digest(self.documents["factor-dataset"])
        loaded = LoadedDataset(factor_dataset_from_json(self.factors), dataset)
        return recalculate(inventory, factors=DatasetFactors([loaded]))

    def _statement(self, at: int) -> dict[str, Any]:
        inventory = self.documents["inventory-record"]
        disclosed = inventory_from_json(put_together(inventory["credentialSubject"], self.tables))
        result = self._result(disclosed)
        rows = [
            {"exchange": item.exchange, "process": item.process, "stage": "production", "co2eKg": item.value}
            for item in result.exchanges
            if item.additive
        ]
        salted = [{"i": i, "salt": records.salt(f"contribution/{i}"), "row": row} for i, row in enumerate(rows)]
        gwp, basis = load_gwp("ipcc-ar6-gwp100"), conversion_basis(disclosed, result)
        subject, rules = records.statement_subject(inventory, result, gwp, salted, basis)
        altered = self._altered("statement", subject)
        return self.writer.by(self.calculator, "tanju/footprint-statement/1", at, altered, rules)

    def _certify(self) -> None:
        at, inventory = self.chain.now(), self.documents["inventory-record"]
        statement = self._statement(at)
        self._log(self.calculator, "footprint-statement", statement)
        dossier = self.writer.by_persons(BODY, "tanju/certification-dossier/1", at, records.dossier_subject(statement))
        self.documents["certification-dossier"] = dossier
        subject = self._altered("certificate", records.certificate_subject(inventory, statement, dossier, at))
        self._log(BODY, "certificate", self.writer.by(BODY, "tanju/certificate/1", at, subject))
        if self.anchored:
            self._append_all()
        self.chain.send(BODY.name, self.chain.contract("CertificateRegistry").functions.issue(self._issue(subject)))
        self._append_all()

    def _append_all(self) -> None:
        for institution in INSTITUTIONS:
            size, _, _ = self.chain.contract("RecordLog").functions.head(institution.id, 0).call()
            if size < len(self.logs[institution.name]):
                self.append(institution)

    def _issue(self, subject: dict[str, Any]) -> tuple[Any, ...]:
        return (
            BODY.id,
            raw_digest(records.digest(self.documents["certificate"])),
            number_digest(subject["number"]),
            1,
            bytes32_text(CATEGORY),
            rule_name_id(subject["pcr"]["name"]) if subject["pcr"] else bytes(32),
            bytes32_text(subject["origin"]),
            holder_commitment(bytes.fromhex(subject["holderSalt"]), subject["client"]["code"] or ""),
            bytes(32),
            parse_time(subject["validity"]["from"]),
            parse_time(subject["validity"]["until"]),
            bytes(32),
        )

    def _recognise(self) -> None:
        report = self.verify(self.evidence(), profile="procurement", jurisdiction=JURISDICTION, purpose=PURPOSE)
        at = self.chain.now()
        honest = records.decision_subject(self.documents["certificate"], at, report.digest())
        subject = self._altered("decision", honest)
        decision = self.writer.by_persons(PLATFORM, "tanju/recognition-decision/1", at, subject)
        self._log(PLATFORM, "recognition-decision", decision)
        self.append(PLATFORM)
        registry = self.chain.contract("RecognitionRegistry").functions
        identity = raw_digest(records.digest(decision))
        question = (self.key, bytes32_text(JURISDICTION), bytes32_text(PURPOSE))
        proposal: tuple[Any, ...] = (*question, PLATFORM.id, 4, 1, identity, parse_time(honest["validUntil"]), [])
        first, second = (f"{PLATFORM.name}/{person}" for person in PLATFORM.persons)
        self.chain.send(first, registry.propose(proposal))
        self.chain.send(second, registry.confirm(registry.idOf(*question, identity).call()))

    def change_status(self, action: str) -> None:
        """Suspend or restore the certificate with a surveillance record as the reason."""
        subject = records.surveillance_subject(self.documents["certificate"], action)
        record = self.writer.by(BODY, "tanju/surveillance/1", self.chain.now(), subject)
        self._log(BODY, f"surveillance-{action}", record)
        self.append(BODY)
        registry = self.chain.contract("CertificateRegistry").functions
        reason = raw_digest(records.digest(record))
        self.chain.send(BODY.name, getattr(registry, action)(self.key, reason, 0))

    # -- logs

    @property
    def key(self) -> bytes:
        """The certificate's key on chain."""
        return certificate_key(BODY.id, raw_digest(records.digest(self.documents["certificate"])))

    def _log(self, institution: GoldenInstitution, name: str, document: dict[str, Any]) -> None:
        self.documents[name] = document
        self.logs[institution.name].append(document)

    def leaves(self, institution: GoldenInstitution) -> list[bytes]:
        """The leaf hashes of an institution's log."""
        return [leaf_hash(leaf_input(document)) for document in self.logs[institution.name]]

    def append(self, institution: GoldenInstitution) -> None:
        """Anchor the institution's log as it stands."""
        log = self.chain.contract("RecordLog").functions
        size, _, _ = log.head(institution.id, 0).call()
        leaves = self.leaves(institution)
        call = log.append(institution.id, 0, len(leaves), tree.root(leaves), tree.consistency(size, leaves))
        self.chain.send(institution.name, call)

    def checkpoint(self, institution: GoldenInstitution) -> dict[str, str]:
        """The signed note of the log as it stands, with its key."""
        leaves = self.leaves(institution)
        checkpoint = Checkpoint(institution.id, 0, len(leaves), tree.root(leaves))
        return {"note": sign_checkpoint(checkpoint, institution.key("log")), "key": institution.multikey("log")}

    # -- evidence

    def unsigned_evidence(self) -> dict[str, Any]:
        """The evidence file as it stands, before the exporter signs."""
        block = self.chain.web3.eth.get_block("latest")
        entries = [self._entry(name) for name in self.documents if name != "certification-dossier"]
        inventory = records.digest(self.documents["inventory-record"])
        return {
            "schema": "tanju/evidence/1",
            "ledger": self.writer.ledger,
            "exporter": BODY.did,
            "exportedAt": format_time(block["timestamp"]),
            "asOf": {"validAt": format_time(block["timestamp"]), "knownAt": format_time(block["timestamp"])},
            "certificate": records.digest(self.documents["certificate"]),
            "records": sorted(entries, key=lambda entry: records.digest(entry["document"])),
            "tables": [{"record": inventory, "name": name, "rows": self.tables[name]} for name in sorted(self.tables)],
            "checkpoints": [self.checkpoint(item) for item in INSTITUTIONS if self.logs[item.name]],
            "chain": self._chain_seen(block),
        }

    def evidence(self, changes: Changes | None = None, exporter: GoldenInstitution = BODY) -> bytes:
        """The signed evidence file; ``changes`` may alter it before the exporter signs (a dishonest exporter)."""
        document = parse(canonicalise(self.unsigned_evidence()))
        if changes is not None:
            changes(document)
        return self.sign_evidence(document, exporter)

    def sign_evidence(self, document: dict[str, Any], exporter: GoldenInstitution = BODY) -> bytes:
        """Sign whatever document as an exporter would."""
        did, created = document.get("exporter", exporter.did), format_time(self.chain.now())
        return canonicalise(sign(document, exporter.key("assert"), did=did, created=created))

    def _entry(self, name: str) -> dict[str, Any]:
        document = self.documents[name]
        for institution in INSTITUTIONS:
            if document in self.logs[institution.name]:
                index = self.logs[institution.name].index(document)
                leaves = self.leaves(institution)
                path = [part.hex() for part in tree.inclusion(index, leaves)]
                place = {
                    "institution": institution.id.hex(),
                    "epoch": 0,
                    "index": index,
                    "size": len(leaves),
                    "path": path,
                }
                return {"document": document, "log": place}
        return {"document": document, "log": None}

    def _chain_seen(self, block: Any) -> dict[str, Any]:
        view, now = self.view(), int(block["timestamp"])
        status, decision = view.recognition_at(self.key, bytes32_text(JURISDICTION), bytes32_text(PURPOSE), now, now)
        history = view.history(self.key)
        seen = {"jurisdiction": JURISDICTION, "purpose": PURPOSE, "status": status, "decision": decision.hex()}
        return {
            "block": {"number": int(block["number"]), "hash": bytes(block["hash"]).hex(), "time": format_time(now)},
            "certificateKey": self.key.hex(),
            "issuedAt": format_time(history[0].recorded_at),
            "status": view.status_at(self.key, now, now),
            "history": [
                {
                    "action": change.action,
                    "owner": change.owner if change.owner in OWNERS else "NONE",
                    "effectiveFrom": format_time(change.effective_from),
                    "recordedAt": format_time(change.recorded_at),
                    "reason": change.reason.hex(),
                }
                for change in history
            ],
            "competentAtIssue": True,
            "recognitions": [] if status == "NONE" else [seen],
        }

    def certificate_id(self) -> Digest:
        """The certificate's record id."""
        return Digest(records.digest(self.documents["certificate"]))
