"""How near one name is to another: for suggestions, never for decisions."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NUMBERS = re.compile(r"\d+")


def distance(one: str, other: str, most: int) -> int:
    """Letters to change, add or leave out, a swapped pair counting once; ``most + 1`` where it is more than that."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, its in enumerate(other, start=1):
            step = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                step = min(step, before[j - 2] + 1)
            row.append(step)
        if min(row) > most:
            return most + 1
        before, last = last, row
    return last[-1]


def nearest(text: str, candidates: Iterable[str], most: int) -> tuple[str, ...]:
    """Up to ``most`` candidates that may be meant, the nearest first. Another number is another thing, not a slip."""
    allowed = 1 + len(text) // 6
    numbers = _numbers(text)
    found = [
        (distance(text, candidate, allowed), index, candidate)
        for index, candidate in enumerate(candidates)
        if _numbers(candidate) == numbers
    ]
    return tuple(candidate for far, _, candidate in sorted(found)[:most] if far <= allowed)


def _numbers(text: str) -> list[str]:
    return [number.lstrip("0") for number in _NUMBERS.findall(text)]
