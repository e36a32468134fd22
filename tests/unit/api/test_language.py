import string

import pytest
from starlette.requests import Request

from api.language import LANGUAGES, choose, from_header, say, words


def request(query: str = "", header: str = "") -> Request:
    headers = [(b"accept-language", header.encode())] if header else []
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("fr,zh;q=0.5", "zh"),
        ("fr", "en"),
        ("zh;q=0", "en"),
        ("zh;q=nonsense,en;q=0.1", "en"),
    ],
)
def test_accept_language_decides_where_nothing_is_asked(header: str, language: str) -> None:
    assert from_header(header) == language
    assert choose(request(header=header)) == language


def test_the_address_beats_the_header() -> None:
    assert choose(request("lang=zh", "en")) == "zh"
    assert choose(request("lang=en", "zh")) == "en"
    assert choose(request("lang=fr", "zh")) == "zh"


def test_both_languages_say_the_same_things() -> None:
    zh, en = words("zh"), words("en")
    assert list(zh) == list(en)
    places = {key: {name for _, name, _, _ in string.Formatter().parse(en[key]) if name} for key in en}
    for key, text in zh.items():
        assert text.strip(), key
        assert {name for _, name, _, _ in string.Formatter().parse(text) if name} == places[key], key


def test_a_key_that_no_locale_has_is_an_error() -> None:
    for language in LANGUAGES:
        with pytest.raises(KeyError):
            say(language, "no.such.key")
