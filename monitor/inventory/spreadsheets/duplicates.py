"""Rows that say the same thing twice, and rows that say what the inventory knows already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from monitor.inventory.folding import fold
from monitor.inventory.spreadsheets.checks import Found
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.known import KnownEye
from monitor.inventory.spreadsheets.listing import KEYS
from monitor.inventory.spreadsheets.problems import Code, error, question
from monitor.inventory.spreadsheets.readings import written
from monitor.inventory.spreadsheets.rows import CheckedRow

Key = tuple[str, ...]


def duplicates(kind: Kind, rows: Iterable[CheckedRow], eyes: Iterable[KnownEye]) -> Iterator[tuple[int, Found]]:
    """(row, what was found): each later row of the same key points to the first one."""
    rows = tuple(rows)
    groups = {row.values.text(Column.GROUP_ID) for row in rows}
    known = {
        _eye_key(eye.owner, eye.group_id, eye.location, eye.direction): eye.device_id
        for eye in eyes
        if eye.group_id in groups
    }
    first: dict[Key, int] = {}
    for row in rows:
        key = _household_key(row) if kind is Kind.HOUSEHOLDS else _id_key(row, KEYS[kind])
        if key is None:
            continue
        if key in first:
            yield row.row, _repeated(kind, first[key])
        elif kind is Kind.HOUSEHOLDS and key in known:
            yield row.row, (Column.OWNER, question(Code.ALREADY_KNOWN, None, x=known[key]))
        first.setdefault(key, row.row)


def _repeated(kind: Kind, first: int) -> Found:
    if kind is Kind.HOUSEHOLDS:
        return Column.OWNER, question(Code.DUPLICATE, None, n=first)
    return KEYS[kind][0], error(Code.DUPLICATE_ID, n=first)


def _id_key(row: CheckedRow, columns: tuple[Column, ...]) -> Key | None:
    key = tuple(row.values.text(column) or "" for column in columns)
    return key if key[0] else None


def _household_key(row: CheckedRow) -> Key | None:
    """Who, where, looking which way; the same household may well have several eyes at several places."""
    owner, group = row.values.text(Column.OWNER), row.values.text(Column.GROUP_ID)
    place = row.values.text(Column.LOCATION) or ",".join(map(written, row.values.position or ()))
    if not owner or not place:
        return None
    return _eye_key(owner, group or "", place, row.values.text(Column.DIRECTION) or "")


def _eye_key(owner: str, group_id: str, location: str, direction: str) -> Key:
    return fold(owner), group_id, fold(location), fold(direction)
