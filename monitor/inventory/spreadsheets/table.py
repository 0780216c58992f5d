"""The rows below a header: which are data, and why the others are none. No row goes without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from monitor.inventory.spreadsheets.cells import Cell, Row, Sheet, shown
from monitor.inventory.spreadsheets.columns import Column, plain
from monitor.inventory.spreadsheets.fields import clean
from monitor.inventory.spreadsheets.header import Header, repeats
from monitor.inventory.spreadsheets.words import word_list

_COLUMN_NUMBER = re.compile(r"\s*\(?\s*([0-9]{1,2})\s*\)?\s*")
_DATE_LINE = re.compile(r".*\bngay\b.*\bthang\b.*\bnam\b.*")
_FEW = 3


class SkippedAs(StrEnum):
    """Why a row is no data; the values are keys of the catalogue."""

    EMPTY = "import.skipped.empty"
    HEADER = "import.skipped.header"
    TOTAL = "import.skipped.total"
    SIGNATURE = "import.skipped.signature"
    HEADING = "import.skipped.heading"


@dataclass(frozen=True, slots=True)
class Skipped:
    line: int
    reason: SkippedAs
    text: str


@dataclass(frozen=True, slots=True)
class TableRow:
    """``row``: the number people use for it; ``line``: where it stands; empty cells are not in ``cells``."""

    row: int
    line: int
    cells: Mapping[Column, Cell]


@dataclass(frozen=True, slots=True)
class Table:
    rows: tuple[TableRow, ...]
    skipped: tuple[Skipped, ...]


def read_table(sheet: Sheet, header: Header) -> Table:
    """The data rows, by the numbers the list itself gives them where these are whole and differ, else by line."""
    rows: list[TableRow] = []
    skipped: list[Skipped] = []
    is_signed = False
    for row in sheet.rows:
        if row.line <= header.last_line:
            continue
        cells = _cells(row, header)
        reason = _why_not(row, cells, header)
        # Below a signature stand names and stamps, unless the list goes on.
        is_signed = reason is SkippedAs.SIGNATURE or (is_signed and len(cells) <= _FEW)
        if is_signed and reason is not SkippedAs.EMPTY:
            reason = SkippedAs.SIGNATURE
        if reason:
            skipped.append(Skipped(row.line, reason, _text(cells)))
        else:
            rows.append(TableRow(row.line, row.line, cells))
    return Table(_numbered(rows), tuple(skipped))


def _cells(row: Row, header: Header) -> dict[Column, Cell]:
    found = ((match.column, row[match.index]) for match in header.matches.matched)
    return {column: cell for column, cell in found if cell is not None}


def _why_not(row: Row, cells: Mapping[Column, Cell], header: Header) -> SkippedAs | None:
    first = plain(shown(next(iter(cells.values()), None)))
    if word_list("total_row").get(first) or first.startswith(("tong cong ", "tong so ")):
        return SkippedAs.TOTAL
    if not cells.keys() - {Column.ORDINAL}:
        return SkippedAs.EMPTY
    if _counts_up(cells.values()) or repeats(row, header):
        return SkippedAs.HEADER
    if len(cells) <= _FEW and any(_is_signature(plain(shown(cell))) for cell in cells.values()):
        return SkippedAs.SIGNATURE
    return SkippedAs.HEADING if len(cells) == 1 and len(header.matches.matched) > 2 else None


def _is_signature(text: str) -> bool:
    return text in word_list("footer") or _DATE_LINE.fullmatch(text) is not None


def _counts_up(cells: Iterable[Cell]) -> bool:
    """The row of column numbers (1), (2), (3) that official forms have below the header."""
    numbers = [_COLUMN_NUMBER.fullmatch(shown(cell)) for cell in cells]
    counted = [int(number[1]) for number in numbers if number]
    is_all = len(counted) == len(numbers) > 2
    return is_all and all(after == before + 1 for before, after in pairwise(counted))


def _text(cells: Mapping[Column, Cell]) -> str:
    return " · ".join(shown(clean(cell)[0]) for cell in cells.values())[:200]


def _numbered(rows: list[TableRow]) -> tuple[TableRow, ...]:
    numbers = [row.cells.get(Column.ORDINAL) for row in rows]
    texts = [shown(number).strip() for number in numbers]
    own = [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 7]
    if len(own) == len(rows) and len(set(own)) == len(own) and 0 not in own:
        return tuple(replace(row, row=number) for row, number in zip(rows, own, strict=True))
    return tuple(rows)
