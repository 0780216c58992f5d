"""Were all messages of a sender heard? A pure function of the numbers that it counts them by.

Two sessions bring one sender's messages out of order, and a broker brings them again: a number that is missing counts
as lost when it has not come for ``GRACE_S``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

GRACE_S = 60.0
# Behind a wider hole nothing is waited for number by number: nobody sends so much late.
_WIDEST = 1_000


@dataclass(slots=True)
class Count:
    """Of one run: the highest number, and since when lower ones are missing (on the monotonic clock)."""

    highest: int
    heard_s: float
    missing: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hole:
    first: int
    last: int
    count: int


def heard(count: Count, seq: int, wraps: int, now_s: float) -> Hole | None:
    """One more number; a hole that is too wide to be waited for."""
    count.heard_s = now_s
    ahead = (seq - count.highest) % wraps if wraps else seq - count.highest
    if ahead <= 0 or (wraps and ahead > wraps // 2):
        count.missing.pop(seq, None)
        return None
    first, lost, count.highest = count.highest + 1, ahead - 1, seq
    if lost > _WIDEST:
        return Hole(first, first + lost - 1, lost)
    for number in range(first, first + lost):
        count.missing[number % wraps if wraps else number] = now_s
    return None


def overdue(count: Count, now_s: float) -> Sequence[Hole]:
    """Holes that are waited for no longer; told once."""
    gone = sorted(number for number, since_s in count.missing.items() if now_s - since_s >= GRACE_S)
    holes: list[Hole] = []
    for number in gone:
        del count.missing[number]
        if holes and holes[-1].last == number - 1:
            holes[-1] = Hole(holes[-1].first, number, holes[-1].count + 1)
        else:
            holes.append(Hole(number, number, 1))
    return holes
