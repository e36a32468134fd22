"""``/c/{id}``: a certificate for people, and ``/c/{id}.json``: the same facts for machines.

The page is drawn from an evidence file that the node exports at that moment and from the check of that file against
the chain: it shows nothing that a stranger with the file could not find.
"""

from __future__ import annotations

from typing import Any, Final

import segno
from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, Response

from api.language import Language, choose, say, words
from api.lookup import Asked, Lookups
from api.pages.chart import Bar, bar_chart
from api.pages.facts import certificate_facts
from api.pages.template import grouped, label, render
from api.parameters import JurisdictionAsked, KnownAt, PurposeAsked, RecordId, ValidAt, record_digest, seconds
from ledger.node import Node
from ledger.services import status
from verifier.records.lists import PURPOSES

JURISDICTIONS: Final = ("CN-SH", "CN-JS", "CN-ZJ", "CN-AH")
"""Offered in the form; any other may be asked for in the address."""

router = APIRouter(tags=["pages"])


@router.get("/c/{certificate_id}.json", summary="The facts of the certificate page")
def certificate_json(
    request: Request,
    certificate_id: RecordId,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    jurisdiction: JurisdictionAsked = None,
    purpose: PurposeAsked = None,
) -> JSONResponse:
    """The page's facts without its words."""
    asked = Asked(jurisdiction=jurisdiction, purpose=purpose, valid_at=seconds(valid_at), known_at=seconds(known_at))
    return JSONResponse(_facts(request, record_digest(certificate_id), asked))


@router.get("/c/{certificate_id}", response_class=HTMLResponse, summary="The certificate page")
def certificate_page(
    request: Request,
    certificate_id: RecordId,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    jurisdiction: str = "",
    purpose: str = "",
) -> Response:
    """The page; the fields of its own form may come empty."""
    node: Node = request.app.state.node
    identity = record_digest(certificate_id)
    known = status.certificate(node, identity)
    if known.status is None:
        return _pending_page(request, node, known)
    asked = Asked.from_form(jurisdiction, purpose, seconds(valid_at), seconds(known_at))
    facts = _facts(request, identity, asked)
    language = choose(request)
    return render(
        request,
        "certificate.html",
        facts=facts,
        known={key for key in words(language) if key.startswith("band.")},
        who=_who(facts, language),
        findings=len({finding["code"] for row in facts["checks"] for finding in row["findings"]}),
        chart=_chart(facts, language),
        asked={"validAt": valid_at or "", "knownAt": known_at or ""},
        jurisdictions=JURISDICTIONS,
        purposes=[term.code for term in PURPOSES],
        node=request.app.state.about,
        file_name=f"{identity.removeprefix('sha-256:')[:16]}.evidence.json",
        qr=qr_code(f"{request.app.state.public_url}/c/{identity}"),
    )


def qr_code(address: str) -> Markup:
    """A QR code of an address as inline SVG (ISO/IEC 18004, error correction M), without style attributes."""
    drawn = segno.make(address, error="m").svg_inline(scale=1, border=4, omitsize=True, dark="#000000", light="#ffffff")
    return Markup(drawn)  # noqa: S704 - made of modules, the address does not stand in it as text


def _facts(request: Request, identity: str, asked: Asked) -> dict[str, Any]:
    lookups: Lookups = request.app.state.lookups
    found = lookups.look(identity, asked)
    return certificate_facts(found.evidence, found.report)


def _pending_page(request: Request, node: Node, known: status.CertificateState) -> HTMLResponse:
    actions = [
        {"contract": item.contract, "function": item.function, "state": item.state, "error": item.error or ""}
        for item in known.actions
    ]
    return render(request, "pending.html", certificate=known.document["credentialSubject"], actions=actions)


def _who(facts: dict[str, Any], language: Language) -> str:
    """Who recalculated, in words."""
    if facts["recalculatedBy"] == "you":
        return say(language, "who.this_node")
    if facts["recalculatedBy"] == "nobody":
        return say(language, "who.nobody")
    return say(language, "who.certifier", tool=facts["tool"]["name"], version=facts["tool"]["version"])


def _chart(facts: dict[str, Any], language: Language) -> Markup:
    bars = [
        Bar(label("STAGES", row["stage"], language), row["value"], grouped(row["value"]) + _percent(row["share"]))
        for row in facts["stages"]
    ]
    return bar_chart(bars, title=say(language, "stages.chart"))


def _percent(share: str) -> str:
    return f" · {grouped(share)}\u202f%" if share else ""
