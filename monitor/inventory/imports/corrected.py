"""A list to send back: the rows as they came, what was put right filled in, what is still wrong said beside it."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from monitor.inventory.imports.preview import Preview
from monitor.inventory.spreadsheets.cells import Cell, Row
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dry_run import RowReport, Status
from monitor.inventory.spreadsheets.listing import Listing
from monitor.inventory.spreadsheets.problems import Choice, Decision, Problem, Severity

# A key of the catalogue and what fills its holes → the sentence.
Words = Callable[[str, Mapping[str, object]], str]
_PLACE = "Tọa độ"  # a header that the engine reads
_WIDEST, _NARROWEST = 44, 8


def corrected_file(preview: Preview, decisions: tuple[Decision, ...], words: Words) -> bytes:
    """An .xlsx that can be taken in again. Columns of passwords are left empty."""
    import xlsxwriter  # type: ignore[import-untyped]  # only who sends a list back waits for it

    listing = preview.listing
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        if listing is not None:
            _Sheet(book, sheet, listing, words).write(preview, decisions)
    return buffer.getvalue()


class _Sheet:
    def __init__(self, book: Any, sheet: Any, listing: Listing, words: Words) -> None:
        self._sheet, self._listing, self._words = sheet, listing, words
        self._plain = book.add_format({"text_wrap": True, "valign": "top"})
        self._day = book.add_format({"num_format": "dd/mm/yyyy", "valign": "top"})
        self._head = book.add_format({"bold": True, "text_wrap": True, "bottom": 1})
        # Never by colour alone: a fixed cell has a comment, an open one also a sentence at the end of its row.
        self._fixed = book.add_format({"bg_color": "#DDEBDD", "valign": "top"})
        self._open = book.add_format({"bg_color": "#F6E3B4", "bold": True, "valign": "top"})
        self._at = {match.column: match.index for match in listing.header.matches.matched}
        self._width = max((len(row.cells) for row in listing.rows), default=1)
        secret = set(listing.header.matches.dropped)
        header = [row for row in listing.rows if row.line in listing.header.lines]
        self._secret = {index for row in header for index, cell in enumerate(row.cells) if cell in secret}

    def write(self, preview: Preview, decisions: tuple[Decision, ...]) -> None:
        reports = {row.line: row for row in preview.run.rows}
        given = {each.row: each.value for each in decisions if _is_place(each)}
        place_at = self._width if given and Column.COORDINATES not in self._at else None
        last = self._width + (place_at is not None)
        for row in self._listing.rows:
            if row.line in reports:
                self._data(row, reports[row.line], decisions)
                self._say(row.line, last, reports[row.line])
                if place_at is not None and reports[row.line].row in given:
                    self._sheet.write_string(row.line - 1, place_at, given[reports[row.line].row], self._fixed)
            else:
                self._copy(row, self._head if row.line in self._listing.header.lines else self._plain)
        head_line = self._listing.header.last_line - 1
        if place_at is not None:
            self._sheet.write_string(head_line, place_at, _PLACE, self._head)
        self._sheet.write_string(head_line, last, self._words("import.sheet.problems", {}), self._head)
        self._sheet.set_column(0, last, _NARROWEST * 2)
        self._sheet.set_column(last, last, _WIDEST)

    def _copy(self, row: Row, how: Any) -> None:
        for index, cell in enumerate(row.cells):
            if index not in self._secret or row.line <= self._listing.header.last_line:
                self._put(row.line - 1, index, cell, how)

    def _data(self, row: Row, report: RowReport, decisions: tuple[Decision, ...]) -> None:
        self._copy(row, self._plain)
        for problem in report.problems:
            index = self._index(problem)
            if index is None:
                continue
            if _is_answered(problem):
                if problem.proposal:
                    self._put(row.line - 1, index, problem.proposal, self._fixed)
                    self._sheet.write_comment(row.line - 1, index, self._sentence(problem))
            else:
                self._put(row.line - 1, index, row[index], self._open)
                self._sheet.write_comment(row.line - 1, index, self._sentence(problem))
        for each in decisions:
            if each.row == report.row and each.choice is Choice.REPLACE and each.column in self._at:
                self._put(row.line - 1, self._at[each.column], each.value, self._fixed)

    def _index(self, problem: Problem) -> int | None:
        letters = problem.cell.rstrip("0123456789")
        if not letters:
            return None
        index = 0
        for letter in letters:
            index = index * 26 + ord(letter) - ord("A") + 1
        return index - 1

    def _say(self, line: int, column: int, report: RowReport) -> None:
        still = [self._sentence(each) for each in report.problems if each.is_open]
        if report.status is Status.SKIPPED:
            still.insert(0, self._words("import.bin.skipped", {}))
        if still:
            self._sheet.write_string(line - 1, column, "; ".join(still), self._open)

    def _sentence(self, problem: Problem) -> str:
        return self._words(problem.key, problem.values)

    def _put(self, line: int, index: int, cell: Cell, how: Any) -> None:
        if isinstance(cell, bool):
            self._sheet.write_boolean(line, index, cell, how)
        elif isinstance(cell, int | float):
            self._sheet.write_number(line, index, cell, how)
        elif isinstance(cell, datetime):
            self._sheet.write_datetime(line, index, cell.replace(tzinfo=None), self._day)
        elif isinstance(cell, date):
            self._sheet.write_datetime(line, index, datetime.combine(cell, time()), self._day)
        elif cell is not None:
            self._sheet.write_string(line, index, cell[:32_767], how)
        elif how is self._open:
            self._sheet.write_blank(line, index, None, how)


def _is_place(decision: Decision) -> bool:
    return decision.choice is Choice.REPLACE and decision.column is Column.COORDINATES


def _is_answered(problem: Problem) -> bool:
    return problem.severity is Severity.FIXED or problem.is_settled
