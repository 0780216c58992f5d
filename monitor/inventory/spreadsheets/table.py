"""The rows below a header: which are data, and why the others are none. No row goes without a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from monitor.inventory.folding import fold
from monitor.inventory.spreadsheets.cells import Cell, Row, Sheet, shown
from monitor.inventory.spreadsheets.columns import Column, plain
from monitor.inventory.spreadsheets.header import Header, repeats
from monitor.inventory.spreadsheets.words import word_list

_COLUMN_NUMBER = re.compile(r"\(?\s*(\d{1,2}|[a-z])\s*\)?")
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
    rows, skipped, is_signed = [], [], False
    for row in sheet.rows:
        if row.line <= header.last_line:
            continue
        cells = _cells(row, header)
        reason = _why_not(row, cells, header)
        is_signed = (is_signed and len(cells) <= _FEW) or reason is SkippedAs.SIGNATURE
        if is_signed or reason:
            skipped.append(Skipped(row.line, SkippedAs.SIGNATURE if is_signed else _known(reason), _text(cells)))
        else:
            rows.append(TableRow(row.line, row.line, cells))
    return Table(_numbered(rows), tuple(skipped))


def _cells(row: Row, header: Header) -> dict[Column, Cell]:
    found = ((match.column, row[match.index]) for match in header.matches.matched)
    return {column: cell for column, cell in found if cell is not None}


def _why_not(row: Row, cells: Mapping[Column, Cell], header: Header) -> SkippedAs | None:
    if not cells.keys() - {Column.ORDINAL}:
        return SkippedAs.EMPTY
    texts = [plain(shown(cell)) for cell in cells.values()]
    if all(_COLUMN_NUMBER.fullmatch(text) for text in texts) and _counts_up(cells.values()):
        return SkippedAs.HEADER
    if repeats(row, header):
        return SkippedAs.HEADER
    if word_list("total_row").get(texts[0]) or texts[0].startswith(("tong cong ", "tong so ")):
        return SkippedAs.TOTAL
    if len(cells) <= _FEW and any(map(_is_signature, texts)):
        return SkippedAs.SIGNATURE
    return SkippedAs.HEADING if len(cells) == 1 and len(header.matches.matched) > 2 else None


def _is_signature(text: str) -> bool:
    return text in word_list("footer") or _DATE_LINE.fullmatch(text) is not None


def _counts_up(cells: Iterable[Cell]) -> bool:
    """The row of column numbers (1), (2), (3) that official forms have below the header."""
    numbers = [int(text) for cell in cells if (text := fold(shown(cell)).strip("() ")).isdigit()]
    return len(numbers) > 2 and all(after == before + 1 for before, after in zip(numbers, numbers[1:], strict=False))


def _known(reason: SkippedAs | None) -> SkippedAs:
    return reason or SkippedAs.HEADING


def _text(cells: Mapping[Column, Cell]) -> str:
    return " · ".join(shown(cell) for cell in cells.values())[:200]


def _numbered(rows: list[TableRow]) -> tuple[TableRow, ...]:
    numbers = [row.cells.get(Column.ORDINAL) for row in rows]
    own = [int(text) for number in numbers if (text := shown(number)).isdigit() and text.isascii() and len(text) < 7]
    if len(own) == len(rows) and len(set(own)) == len(own) and 0 not in own:
        return tuple(replace(row, row=number) for row, number in zip(rows, own, strict=True))
    return tuple(rows)
