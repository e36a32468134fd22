"""Bar charts drawn on the server as SVG: no script, no inline style, the same numbers in a table beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from markupsafe import Markup

WIDTH: Final = 360
ROW_HEIGHT: Final = 46
BAR_HEIGHT: Final = 16
TEXT_BASE: Final = 15


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, its value as a decimal string, and how the value is shown."""

    label: str
    value: str
    shown: str


def bar_chart(bars: Sequence[Bar], *, title: str) -> Markup:
    """Horizontal bars on one scale; a negative value lies left of the zero line. Every bar has its own label and
    value as text.
    """
    values = [Decimal(bar.value) for bar in bars]
    low, high = min([Decimal(0), *values]), max([Decimal(0), *values])
    scale = Decimal(WIDTH) / (high - low) if high > low else Decimal(0)
    zero = -low * scale
    rows = [_row(i, bar, value, scale, zero) for i, (bar, value) in enumerate(zip(bars, values, strict=True))]
    return Markup(
        '<svg class="chart" role="img" viewBox="0 0 {w} {h}" xmlns="http://www.w3.org/2000/svg"><title>{title}</title>{rows}</svg>'
    ).format(w=WIDTH, h=ROW_HEIGHT * len(bars), title=title, rows=Markup("").join(rows))


def _row(position: int, bar: Bar, value: Decimal, scale: Decimal, zero: Decimal) -> Markup:
    top = position * ROW_HEIGHT
    left, length = (zero, value * scale) if value >= 0 else (zero + value * scale, -value * scale)
    return Markup(
        '<text class="bar-label" x="0" y="{text}">{label}</text>'
        '<text class="bar-value" x="{right}" y="{text}" text-anchor="end">{shown}</text>'
        '<rect class="bar-track" x="0" y="{y}" width="{right}" height="{height}"/>'
        '<rect class="{kind}" x="{x}" y="{y}" width="{length}" height="{height}"/>'
    ).format(
        text=top + TEXT_BASE,
        label=bar.label,
        right=WIDTH,
        shown=bar.shown,
        y=top + TEXT_BASE + 7,
        height=BAR_HEIGHT,
        kind="bar" if value >= 0 else "bar bar-negative",
        x=_place(left),
        length=_place(length),
    )


def _place(value: Decimal) -> str:
    return format(value.quantize(Decimal("0.01")), "f")
