import pytest
from jinja2 import UndefinedError
from starlette.requests import Request

from api.pages.template import environment, grouped, label, name_of, other_language_address, stylesheet, unit, when


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2103.4", "2\u202f103.4"),
        ("-1234567.050", "−1\u202f234\u202f567.050"),
        ("12", "12"),
        ("0.0001", "0.0001"),
        ("not a number", "not a number"),
    ],
)
def test_numbers_keep_every_digit(text: str, shown: str) -> None:
    assert grouped(text) == shown
    assert shown.replace("\u202f", "").replace("−", "-") == text


def test_times_are_shown_in_beijing_and_kept_in_utc() -> None:
    assert when("2026-12-31T23:00:00Z") == (
        '<time datetime="2026-12-31T23:00:00Z">2027-01-01 07:00:00&nbsp;UTC+8</time>'
    )
    assert when("") == ""


def test_names_fall_back_to_the_other_language() -> None:
    assert name_of({"zh": "钢", "en": "steel"}, "zh") == "钢"
    assert name_of({"en": "steel"}, "zh") == "steel"
    assert name_of({"zh": "钢", "en": None}, "en") == "钢"
    assert name_of(None, "en") == ""


def test_labels_come_from_the_closed_lists() -> None:
    assert label("STAGES", "production", "zh") == "生产"
    assert label("STAGES", "of-a-newer-version", "zh") == "of-a-newer-version"


def test_the_other_language_keeps_the_other_questions() -> None:
    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    request = Request({**scope, "query_string": b"validAt=2026-01-01T00%3A00%3A00Z&lang=zh"})
    assert other_language_address(request, "zh") == "?validAt=2026-01-01T00%3A00%3A00Z&lang=en"


def test_a_value_that_nobody_gave_is_an_error_and_text_is_escaped() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ nobody_gave_this }}").render()
    assert environment().from_string("{{ text }}").render(text="<script>") == "&lt;script&gt;"


def test_the_style_sheets_address_changes_with_its_bytes() -> None:
    data, address = stylesheet()
    assert address.startswith("/static/tanju.css?v=")
    assert b"@import" not in data
    assert b"url(" not in data


def test_units_are_written_for_people() -> None:
    assert unit("kg CO2e") == "kg CO₂e"
