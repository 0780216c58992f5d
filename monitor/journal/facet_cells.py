"""Devices counted once by several facets together, and then by each as if nothing were chosen in it. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, Generic, TypeVar

F = TypeVar("F")


class Cells(Generic[F]):
    """``cells``: a value of each facet, in order, and how many devices have them all. ``wanted``: what is chosen.

    A value "" or None: those that have none. Negative numbers take away what an earlier cell counted too many.
    """

    def __init__(self, facets: Sequence[F], cells: Iterable[Sequence[Any]], wanted: Mapping[F, Container[str]]) -> None:
        self.total = 0
        self._counted: dict[F, Counter[str]] = defaultdict(Counter)
        choices = [(place, wanted[facet]) for place, facet in enumerate(facets) if facet in wanted]
        for *found, number in cells:
            values = [value or "" for value in found]
            missed = [place for place, chosen in choices if values[place] not in chosen]
            if not missed:
                self.total += number
                for facet, value in zip(facets, values, strict=True):
                    self._counted[facet][value] += number
            elif len(missed) == 1:
                self._counted[facets[missed[0]]][values[missed[0]]] += number

    def counted(self, facet: F) -> dict[str, int]:
        """Value → how many; "" for devices that have none."""
        return {value: number for value, number in self._counted[facet].items() if number}
