import re

from api.pages.chart import WIDTH, Bar, bar_chart


def bars(svg: str) -> list[tuple[str, float, float]]:
    found = re.findall(r'<rect class="(bar(?: bar-negative)?)" x="([\d.]+)" y="\d+" width="([\d.]+)"', svg)
    return [(kind, float(x), float(width)) for kind, x, width in found]


def test_the_longest_bar_fills_the_width_and_the_others_are_in_proportion() -> None:
    drawn = bars(bar_chart([Bar("a", "50", "50"), Bar("b", "200", "200")], title="t"))
    assert drawn == [("bar", 0.0, WIDTH / 4), ("bar", 0.0, float(WIDTH))]


def test_a_negative_bar_ends_at_the_zero_line_where_the_others_begin() -> None:
    drawn = bars(bar_chart([Bar("a", "300", "300"), Bar("b", "-100", "-100")], title="t"))
    assert drawn[0] == ("bar", WIDTH / 4, WIDTH * 3 / 4)
    assert drawn[1] == ("bar bar-negative", 0.0, WIDTH / 4)


def test_nothing_but_zeros_draws_no_bar() -> None:
    assert [width for _, _, width in bars(bar_chart([Bar("a", "0", "0"), Bar("b", "0.0", "0.0")], title="t"))] == [0, 0]


def test_labels_are_text_and_are_escaped() -> None:
    svg = bar_chart([Bar("<b>", "1", "1 & more")], title='"quoted"')
    assert "&lt;b&gt;" in svg
    assert "1 &amp; more" in svg
    assert "<title>&#34;quoted&#34;</title>" in svg
    assert "style=" not in svg
    assert "<script" not in svg
