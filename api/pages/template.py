"""Templates: Jinja2 with escaping on and nothing undefined tolerated; words, labels and times in the reader's
language.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from api.language import Language, choose, say
from verifier import codes
from verifier.canonical import digest_of
from verifier.records import lists
from verifier.records.model import parse_time

BEIJING: Final = timezone(timedelta(hours=8))
STYLESHEET: Final = "tanju.css"


@cache
def environment() -> Environment:
    """The one template environment."""
    made = Environment(
        loader=PackageLoader("api", "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    made.filters["when"] = when
    made.filters["when_in_table"] = when_in_table
    made.filters["number"] = grouped
    made.filters["unit"] = unit
    made.filters["first_upper"] = lambda text: text[:1].upper() + text[1:]
    return made


@cache
def stylesheet() -> tuple[bytes, str]:
    """The style sheet and its address, which carries its digest so that it may be cached for ever."""
    data = files("api").joinpath("static", STYLESHEET).read_bytes()
    return data, f"/static/{STYLESHEET}?v={digest_of(data)[-12:]}"


def render(
    request: Request, template: str, *, status: int = 200, headers: dict[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """A page in the reader's language; ``t``, ``term``, ``name`` and ``code_says`` are bound to it."""
    language = choose(request)
    body = (
        environment()
        .get_template(template)
        .render(
            language=language,
            t=lambda key, **places: say(language, key, **places),
            term=lambda table, code: label(table, code, language),
            name=lambda names: name_of(names, language),
            code_says=lambda code: codes.say(code, language),
            other_language=other_language_address(request, language),
            stylesheet=stylesheet()[1],
            **values,
        )
    )
    given = {
        "Content-Language": "zh-CN" if language == "zh" else "en",
        "Vary": "Accept-Language, Accept",
        **(headers or {}),
    }
    return HTMLResponse(body, status_code=status, headers=given)


def other_language_address(request: Request, language: Language) -> str:
    """This page in the other language, its other questions kept."""
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "lang"]
    return "?" + urlencode([*kept, ("lang", "en" if language == "zh" else "zh")])


def label(table: str, code: str, language: Language) -> str:
    """The label of a code in one of the closed lists; the code itself where a newer version wrote it."""
    try:
        return lists.label(getattr(lists, table), code, language)
    except KeyError:
        return code


def name_of(names: dict[str, str | None] | None, language: Language) -> str:
    """A name in the reader's language, else in the other one."""
    if not names:
        return ""
    own, other = (names.get("zh"), names.get("en")) if language == "zh" else (names.get("en"), names.get("zh"))
    return own or other or ""


def when(text: str) -> Markup:
    """A canonical time as Beijing time, with the exact value for machines."""
    return Markup('<time datetime="{}">{}&nbsp;UTC+8</time>').format(text, _beijing(text)) if text else Markup("")


def when_in_table(text: str) -> Markup:
    """A canonical time as Beijing time, under a heading that says so."""
    return Markup('<time datetime="{}">{}</time>').format(text, _beijing(text)) if text else Markup("")


def _beijing(text: str) -> str:
    return datetime.fromtimestamp(parse_time(text), UTC).astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def grouped(text: str) -> str:
    """A decimal string with thin spaces between thousands (ISO 80000-1 section 7.3.1); its digits stay as they are."""
    sign, digits = ("−", text[1:]) if text.startswith("-") else ("", text)
    whole, point, rest = digits.partition(".")
    if not whole.isdigit():
        return text
    groups: list[str] = []
    while len(whole) > 3:
        whole, last = whole[:-3], whole[-3:]
        groups.insert(0, last)
    return sign + "\u202f".join([whole, *groups]) + point + rest


def unit(text: str) -> str:
    """A unit as it is read by people: ``kg CO2e`` with its subscript. Machines get the string as it is signed."""
    return text.replace("CO2", "CO₂")
