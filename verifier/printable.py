"""Text that others wrote, made safe to print: a file or an endpoint may hold terminal commands or reversed letters."""

from __future__ import annotations

from typing import Final

IDEOGRAPHIC_SPACE: Final = "\u3000"


def printable(text: str, *, limit: int | None = None) -> str:
    r"""The text with every control, format, surrogate and unassigned character escaped (``\x1b``, ``\u202e``).

    Args:
        text: anything, lone surrogates included.
        limit: most characters of ``text`` that are shown; None for all.
    """
    shown = text if limit is None else text[:limit]
    if shown.isprintable():
        return shown
    return "".join(
        character if character.isprintable() or character == IDEOGRAPHIC_SPACE else _escaped(character)
        for character in shown
    )


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
