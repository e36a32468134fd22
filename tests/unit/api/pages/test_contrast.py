"""WCAG 2.2 success criterion 1.4.3: every text colour on every ground that it stands on has 4.5:1."""

import re

import pytest

from api.pages.template import stylesheet

PAIRS = [
    *(
        (ink, ground)
        for ink in ("ink", "quiet", "link")
        for ground in ("paper", "tint")
    ),
    ("ink", "good-tint"), ("ink", "bad-tint"), ("ink", "warn-tint"), ("ink", "unknown-tint"),
    ("good", "good-tint"), ("bad", "bad-tint"), ("warn", "warn-tint"), ("unknown", "unknown-tint"),
    ("good", "warn-tint"), ("bad", "warn-tint"), ("unknown", "warn-tint"),
    ("good", "paper"), ("bad", "paper"), ("warn", "paper"), ("unknown", "paper"), ("paper", "link"),
]  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_text_has_enough_contrast(ink: str, ground: str) -> None:
    colours = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", stylesheet()[0].decode()))
    lighter, darker = sorted((luminance(colours[ink]), luminance(colours[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5
