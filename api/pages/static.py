"""The style sheet, under an address that carries its digest. The project serves nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter, Response

from api.pages.template import STYLESHEET, stylesheet

router = APIRouter(include_in_schema=False)


@router.get(f"/static/{STYLESHEET}")
def style_sheet() -> Response:
    """The one sheet."""
    return Response(
        stylesheet()[0], media_type="text/css", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )
