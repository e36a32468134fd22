"""Chinese or English: chosen by ``?lang=``, else ``Accept-Language``, else English; words from ``locales/*.json``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, cast

from starlette.requests import Request

from verifier.canonical import parse

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
DEFAULT: Final[Language] = "en"


def choose(request: Request) -> Language:
    """The language of an answer to ``request``."""
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        return asked
    return from_header(request.headers.get("accept-language", ""))


def from_header(header: str) -> Language:
    """The best of Chinese and English in an Accept-Language header (RFC 9110 section 12.5.4)."""
    best, weight = DEFAULT, 0.0
    for part in header.split(",")[:20]:
        tag, _, parameter = part.strip().lower().partition(";")
        primary = tag.partition("-")[0].strip()
        quality = _quality(parameter)
        if primary in LANGUAGES and quality > weight:
            best, weight = primary, quality
    return best


def _quality(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


@cache
def words(language: Language) -> dict[str, str]:
    """All words of one language by key."""
    data = files("api").joinpath("locales", f"{language}.json").read_bytes()
    return cast(dict[str, str], parse(data))


def say(language: Language, key: str, **values: Any) -> str:
    """The words of ``key`` with its ``{places}`` filled. Raises KeyError for a key that no locale has."""
    return words(language)[key].format(**values)
