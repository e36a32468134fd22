"""The shape of an RFC 6962 tree: which perfect subtrees make up a root, an inclusion proof and a consistency proof.

A tree never stores more than its *perfect* subtrees, (level, index) over the leaves index·2^level … (index+1)·2^level
− 1: they never change once complete, one leaf completes two of them on average, and any range hash is folded from at
most 2·log2(n) of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

Position = tuple[int, int]
"""(level, index) of a perfect subtree."""

Range = tuple[int, int]
"""A half-open range of leaves that is a node of the tree."""

EMPTY_ROOT: Final = hashlib.sha256().digest()
"""The hash of an empty tree (RFC 6962 section 2.1)."""


def hash_leaf(leaf_input: bytes) -> bytes:
    """SHA-256(0x00 ‖ leaf input)."""
    return hashlib.sha256(b"\x00" + leaf_input).digest()


def hash_children(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def cover(span: Range) -> list[Position]:
    """The perfect subtrees that make up a range, from left to right, largest first."""
    start, end = span
    positions = []
    while start < end:
        level = (end - start).bit_length() - 1
        positions.append((level, start >> level))
        start += 1 << level
    return positions


def fold(span: Range, nodes: Mapping[Position, bytes]) -> bytes:
    """The tree hash of a range out of its perfect subtrees. Raises KeyError for one that is missing."""
    hashes = [nodes[position] for position in cover(span)]
    if not hashes:
        return EMPTY_ROOT
    result = hashes.pop()
    while hashes:
        result = hash_children(hashes.pop(), result)
    return result


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """The siblings on the way from leaf ``index`` to the root of ``size`` leaves (RFC 6962 section 2.1.1, PATH)."""
    start, end = 0, size
    siblings = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    return siblings[::-1]


def consistency_ranges(old_size: int, size: int) -> list[Range]:
    """The nodes that show that ``size`` leaves extend ``old_size`` (RFC 6962 section 2.1.2, PROOF)."""
    start, end = 0, size
    ranges: list[Range] = []
    while end != old_size:
        middle = start + _split(end - start)
        if old_size <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start > 0:
        ranges.append((start, end))
    return ranges[::-1]


def left_siblings(index: int) -> list[Position]:
    """The complete subtrees that the leaf at ``index`` closes over, lowest first: one for each trailing one bit of
    ``index``.
    """
    positions = []
    level = 0
    while index >> level & 1:
        positions.append((level, (index >> level) - 1))
        level += 1
    return positions


def completed_by(index: int, leaf: bytes, siblings: Mapping[Position, bytes]) -> list[tuple[Position, bytes]]:
    """The perfect subtrees that a new leaf completes, itself first. ``siblings`` hold what `left_siblings` names."""
    current = leaf
    completed = [((0, index), leaf)]
    for level, left in left_siblings(index):
        current = hash_children(siblings[level, left], current)
        completed.append(((level + 1, left >> 1), current))
    return completed


def push(peaks: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Add a leaf hash to the peaks, (level, hash) of the perfect subtrees of a growing tree from left to right."""
    level, current = 0, leaf
    while peaks and peaks[-1][0] == level:
        current = hash_children(peaks.pop()[1], current)
        level += 1
    peaks.append((level, current))


def bag(peaks: Sequence[tuple[int, bytes]]) -> bytes:
    """The root of the tree with these peaks."""
    if not peaks:
        return EMPTY_ROOT
    result = peaks[-1][1]
    for _, peak in reversed(peaks[:-1]):
        result = hash_children(peak, result)
    return result


def _split(size: int) -> int:
    """The largest power of two below ``size`` (size > 1)."""
    return 1 << (size - 1).bit_length() - 1
