"""Problem pages: what a browser sees when something failed, and ``/problems/{code}`` to which every ``type``
resolves.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from api.language import choose, words
from api.pages.template import render
from verifier import codes

router = APIRouter(tags=["pages"])


def meaning_of(code: str, language: str) -> str | None:
    """What a problem code means in that language; None for a code that nobody documented."""
    found = words("zh" if language == "zh" else "en").get(f"problem.{code}")
    if found is None and code in codes.CODES:
        return codes.say(code, language)
    return found


def render_problem(
    request: Request, document: dict[str, Any], *, headers: dict[str, str] | None = None
) -> HTMLResponse:
    """A failed request as a page."""
    meaning = meaning_of(document["code"], choose(request))
    return render(
        request, "problem.html", status=document["status"], headers=headers, problem=document, meaning=meaning
    )


@router.get("/problems/{code}", response_class=HTMLResponse, summary="What a problem code means")
def problem_page(request: Request, code: str) -> HTMLResponse:
    """The page of one problem code."""
    meaning = meaning_of(code, choose(request))
    if meaning is None:
        raise HTTPException(404, "there is no such problem code")
    return render(request, "problem.html", problem={"code": code}, meaning=meaning)
