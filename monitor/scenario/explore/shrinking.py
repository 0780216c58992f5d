"""The least of a story that still does what it did: steps left out as long as it does, first many, then each."""

from __future__ import annotations

from collections.abc import Callable

from simulator.scenario.grammar import Values

# A story of thirty steps comes down to three or four in about so many plays.
MOST_PLAYS = 120


def shrunk(story: Values, still_fails: Callable[[Values], bool]) -> Values:
    steps, plays = list(story["step"]), 0
    size = max(1, len(steps) // 2)
    while size and plays < MOST_PLAYS:
        start, is_smaller = 0, False
        while start < len(steps) and plays < MOST_PLAYS:
            fewer = steps[:start] + steps[start + size :]
            plays += 1
            if still_fails({**story, "step": fewer}):
                steps, is_smaller = fewer, True
            else:
                start += size
        size = size if is_smaller and size == 1 else size // 2
    return _without_idle_devices({**story, "step": steps}, still_fails)


def _without_idle_devices(story: Values, still_fails: Callable[[Values], bool]) -> Values:
    named = {word for step in story["step"] for value in step.values() for word in _words(value)}
    behind = {each.get("behind") for each in story["device"] if each["id"] in named}
    kept = [each for each in story["device"] if each["id"] in named | behind or each.get("feeder") in named]
    smaller = {**story, "device": kept}
    return smaller if kept and still_fails(smaller) else story


def _words(value: object) -> list[str]:
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    return [value] if isinstance(value, str) else []
