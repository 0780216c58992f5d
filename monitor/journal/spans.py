"""What was when: a device's life as spans of one state, made from its turns, and what they came to. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

# As coverage counts: late is still working, degraded (no picture, a full disk) is not.
_WORKING = frozenset({"ONLINE", "LATE"})
_DOWN = frozenset({"OFFLINE", "DEGRADED"})
_PLANNED = "MAINTENANCE"


class Turn(NamedTuple):
    """One change in a device's life. ``state``: its new one, None where it stays.

    ``is_planned``: planned maintenance begins or ends, None where nothing was said of it. ``is_end``: it was retired
    or removed, and is waited for no more.
    """

    device_id: str
    at_ms: int
    state: str | None = None
    is_planned: bool | None = None
    is_end: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """``ended_ms``: None while it lasts. ``row_id``: where it is stored already."""

    device_id: str
    began_ms: int
    ended_ms: int | None
    state: str
    is_planned: bool
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """Milliseconds by what they were: blind ones are in none of the others, planned ones are told whatever else was."""

    working_ms: int = 0
    down_ms: int = 0
    unknown_ms: int = 0
    planned_ms: int = 0
    blind_ms: int = 0

    def __add__(self, other: Spent) -> Spent:
        return Spent(
            self.working_ms + other.working_ms,
            self.down_ms + other.down_ms,
            self.unknown_ms + other.unknown_ms,
            self.planned_ms + other.planned_ms,
            self.blind_ms + other.blind_ms,
        )

    @property
    def counted_ms(self) -> int:
        return self.working_ms + self.down_ms


class BlindTimes:
    """When the monitor heard nothing; how much of any stretch that was, found by halving."""

    def __init__(self, stretches: Iterable[tuple[int, int]]) -> None:
        """``stretches``: from and to, in any order; they may overlap."""
        merged = list(_merged(sorted(stretches)))
        self.stretches: Sequence[tuple[int, int]] = merged
        self._begins = [began for began, _ in merged]
        self._before = [0, *accumulate(ended - began for began, ended in merged)]

    def within(self, began_ms: int, ended_ms: int) -> int:
        if not self._begins:
            return 0
        return self._until(ended_ms) - self._until(began_ms)

    def _until(self, at_ms: int) -> int:
        number = bisect_right(self._begins, at_ms)
        if number == 0:
            return 0
        return self._before[number - 1] + min(at_ms, self.stretches[number - 1][1]) - self._begins[number - 1]


def _merged(stretches: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    held: tuple[int, int] | None = None
    for began, ended in stretches:
        if held is not None and began <= held[1]:
            held = (held[0], max(held[1], ended))
            continue
        if held is not None:
            yield held
        held = (began, ended)
    if held is not None:
        yield held


def fold(last: Span | None, turns: Iterable[Turn], *, is_planned: bool = False) -> list[Span]:
    """The spans that ``turns`` of one device, oldest first, make after ``last``: that one ended, then the new ones.

    ``is_planned``: whether a device with nothing before is under planned work. What changes nothing is left out,
    and so is what lasted no time; a clock that was set back ends a span when it began, never before.
    """
    done: list[Span] = []
    for turn in turns:
        if last is None:
            is_planned = is_planned if turn.is_planned is None else turn.is_planned
            if turn.state is not None and not turn.is_end:
                last = Span(turn.device_id, turn.at_ms, None, turn.state, is_planned)
            continue
        after = _after(last, turn)
        if after is last:
            continue
        ended = Span(last.device_id, last.began_ms, after.began_ms, last.state, last.is_planned, last.row_id)
        if ended.row_id is not None or ended.ended_ms != ended.began_ms:
            done.append(ended)
        is_planned = after.is_planned
        last = None if turn.is_end else after
    return [*done, last] if last is not None else done


def _after(last: Span, turn: Turn) -> Span:
    state = last.state if turn.state is None else turn.state
    is_planned = last.is_planned if turn.is_planned is None else turn.is_planned
    if (state, is_planned) == (last.state, last.is_planned) and not turn.is_end:
        return last
    return Span(last.device_id, max(turn.at_ms, last.began_ms), None, state, is_planned)


def spent(state: str, began_ms: int, ended_ms: int, blind: BlindTimes, *, is_planned: bool = False) -> Spent:
    """What a stretch in one state came to."""
    whole_ms = ended_ms - began_ms
    if is_planned or state == _PLANNED:
        return Spent(planned_ms=whole_ms)
    blind_ms = blind.within(began_ms, ended_ms)
    told_ms = whole_ms - blind_ms
    if state in _WORKING:
        return Spent(working_ms=told_ms, blind_ms=blind_ms)
    if state in _DOWN:
        return Spent(down_ms=told_ms, blind_ms=blind_ms)
    return Spent(unknown_ms=told_ms, blind_ms=blind_ms)
