"""One row of a list: its cells read, its group found, its rules checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from monitor.inventory.spreadsheets.cells import Cell, shown
from monitor.inventory.spreadsheets.checks import Found, Surroundings, check
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.coordinates import read_coordinates, read_position
from monitor.inventory.spreadsheets.fields import clean, read_field
from monitor.inventory.spreadsheets.known import KnownGroup
from monitor.inventory.spreadsheets.names import GroupNames, Match
from monitor.inventory.spreadsheets.nearness import nearest
from monitor.inventory.spreadsheets.problems import Code, Finding, Severity, error, question
from monitor.inventory.spreadsheets.readings import Value
from monitor.inventory.spreadsheets.table import TableRow
from monitor.inventory.spreadsheets.values import Values

_POSITION = frozenset({Column.LATITUDE, Column.LONGITUDE, Column.COORDINATES})


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """``cells`` as they were read: those of the file with the decided values in their place.

    ``seen``: the file's own cells as people see them, without what was taken out for being a secret.
    """

    table_row: TableRow
    cells: Mapping[Column, Cell]
    seen: Mapping[Column, str]
    values: Values
    found: tuple[Found, ...]

    @property
    def row(self) -> int:
        return self.table_row.row


class RowReader:
    """Reads the rows of one list. ``title_group``: the group that the list's title names."""

    def __init__(self, around: Surroundings, names: GroupNames, title_group: KnownGroup | None) -> None:
        self._around = around
        self._names = names
        self._title_group = title_group

    def read(self, row: TableRow, replaced: Mapping[Column, str]) -> CheckedRow:
        cells = {column: cell for column, cell in {**row.cells, **replaced}.items() if cell not in (None, "")}
        if Column.COORDINATES in replaced:
            # One place on the map stands for both columns.
            cells = {column: cell for column, cell in cells.items() if column not in _POSITION - {Column.COORDINATES}}
        values: dict[Column, Value] = {}
        found: list[Found] = []
        for column, cell in cells.items():
            if column not in _POSITION:
                reading = read_field(column, cell)
                values[column] = reading.value
                found += [(column, finding) for finding in reading.findings]
        if self._around.is_one_eye_each:
            values.setdefault(Column.EYES, 1)
        found += _read_position(cells, values)
        group, finding, column = self._group(cells, values)
        if finding:
            found.append((column, finding))
        if group:
            values[Column.GROUP_ID] = group.id
        unread = frozenset(column for column, finding in found if finding.severity is Severity.ERROR)
        found += check(Values(values), group, self._around, unread)
        return CheckedRow(row, cells, _seen(row, found), Values(values), tuple(found))

    def _group(
        self, cells: Mapping[Column, Cell], values: Mapping[Column, Value]
    ) -> tuple[KnownGroup | None, Finding | None, Column]:
        if self._around.kind is Kind.HOUSEHOLDS:
            match = self._of_household(cells)
            return match.group, match.finding, Column.GROUP_NAME
        if self._around.kind not in {Kind.CAMERAS, Kind.BELLS}:
            return None, None, Column.GROUP_ID
        if group_id := values.get(Column.GROUP_ID):
            group = self._names.with_id(str(group_id))
            return group, None if group else self._unknown_id(str(group_id)), Column.GROUP_ID
        if Column.GROUP_NAME in cells:
            match = self._names.match(_text(cells[Column.GROUP_NAME]))
            return match.group, match.finding, Column.GROUP_NAME
        # A high mast looks over several groups and belongs to none.
        is_missing = values.get(Column.CAMERA_CLASS) != "high_mast"
        return None, error(Code.GROUP_MISSING, x="") if is_missing else None, Column.GROUP_ID

    def _of_household(self, cells: Mapping[Column, Cell]) -> Match:
        if Column.GROUP_NAME in cells:
            return self._names.match(_text(cells[Column.GROUP_NAME]))
        match = self._names.match_address(_text(cells.get(Column.STREET_ADDRESS)))
        is_unnamed = match.finding is not None and match.finding.code is Code.GROUP_MISSING
        if is_unnamed and self._title_group:
            label = self._names.label(self._title_group)
            return Match(self._title_group, question(Code.GROUP_FROM_TITLE, label, y=label))
        return match

    def _unknown_id(self, group_id: str) -> Finding:
        near = nearest(group_id, [group.id for group in self._around.known.groups], most=3)
        return error(Code.REFERENCE_UNKNOWN, *near, x=group_id)


def _seen(row: TableRow, found: list[Found]) -> Mapping[Column, str]:
    safe = {column: finding.proposal or "" for column, finding in found if finding.code is Code.SECRET_REMOVED}
    return {column: shown(cell) for column, cell in row.cells.items()} | safe


def _read_position(cells: Mapping[Column, Cell], values: dict[Column, Value]) -> list[Found]:
    cleaned = {column: clean(cells[column]) for column in _POSITION & cells.keys()}
    found = [(column, finding) for column, (_, findings) in cleaned.items() for finding in findings]
    at = {column: cell for column, (cell, _) in cleaned.items()}
    if Column.COORDINATES in at:
        position, finding = read_coordinates(at[Column.COORDINATES])
    else:
        position, finding = read_position(at.get(Column.LATITUDE), at.get(Column.LONGITUDE))
    if position:
        values[Column.LATITUDE], values[Column.LONGITUDE] = position
    return [*found, (Column.COORDINATES, finding)] if finding else found


def _text(cell: Cell) -> str:
    return shown(clean(cell)[0])
