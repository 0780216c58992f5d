"""The decisions of a person, ready to be looked up row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.problems import WHOLE_FILE, Choice, Decision


class Answers:
    """A later decision on the same place replaces an earlier one; one on the whole file covers a column's questions."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        by_place = {(each.row, each.column): each for each in decisions}
        self._agreed = {place for place, each in by_place.items() if each.choice is Choice.AGREE}
        self._skipped = {each.row for each in by_place.values() if each.choice is Choice.SKIP}
        self._replaced: dict[int, dict[Column, str]] = {}
        for each in by_place.values():
            if each.choice is Choice.REPLACE and each.column:
                self._replaced.setdefault(each.row, {})[each.column] = each.value

    def is_skipped(self, row: int) -> bool:
        return row in self._skipped

    def is_agreed(self, row: int, column: Column | None) -> bool:
        return not self._agreed.isdisjoint({(row, column), (row, None), (WHOLE_FILE, column)})

    def replaced(self, row: int) -> Mapping[Column, str]:
        return self._replaced.get(row, {})
