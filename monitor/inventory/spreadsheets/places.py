"""Findings put in their place: row, cell, what was written there, and what one press would decide."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from monitor.inventory.spreadsheets.answers import Answers
from monitor.inventory.spreadsheets.cells import Why
from monitor.inventory.spreadsheets.checks import Found
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.listing import Listing
from monitor.inventory.spreadsheets.problems import (
    WHOLE_FILE,
    Choice,
    Code,
    Decision,
    Finding,
    Problem,
    Severity,
    fixed,
    question,
)
from monitor.inventory.spreadsheets.rows import CheckedRow

# Found in one column, but to be shown at another where the list has no such column.
_STANDS_AT: MappingProxyType[Column, tuple[Column, ...]] = MappingProxyType(
    {
        Column.GROUP_NAME: (Column.GROUP_NAME, Column.STREET_ADDRESS),
        Column.GROUP_ID: (Column.GROUP_ID, Column.GROUP_NAME),
        Column.COORDINATES: (Column.COORDINATES, Column.LATITUDE, Column.LOCATION),
    }
)
# One press leaves the row out.
_BEST_SKIPPED = frozenset({Code.DUPLICATE, Code.DUPLICATE_ID, Code.ALREADY_KNOWN, Code.NO_EYES})


def unreadable(why: Why) -> Problem:
    """The one problem of a file that cannot be read."""
    return Problem(
        row=WHOLE_FILE,
        line=0,
        column=None,
        cell="",
        seen="",
        key=why,
        severity=Severity.ERROR,
        values={},
        proposal=None,
        suggestions=(),
        fix=None,
    )


class Places:
    """Where the columns of one list stand, and what was decided about it."""

    def __init__(self, listing: Listing, answers: Answers) -> None:
        self._listing = listing
        self._answers = answers
        self._letters = {match.column: _letters(match.index) for match in listing.header.matches.matched}

    def of_file(self) -> tuple[Problem, ...]:
        found: list[tuple[Column | None, Finding]] = []
        if self._listing.is_converted:
            found.append((None, question(Code.OLD_FONT, None)))
        if self._listing.is_one_eye_each:
            found.append((Column.EYES, question(Code.ONE_EYE_EACH, None)))
        if dropped := self._listing.header.matches.dropped:
            found.append((None, fixed(Code.SECRETS_DROPPED, "", x=", ".join(dropped))))
        return tuple(
            _of_file(finding, column, is_agreed=self._answers.is_agreed(WHOLE_FILE, column))
            for column, finding in found
        )

    def of_row(self, row: CheckedRow, repeated: Iterable[Found]) -> tuple[Problem, ...]:
        return tuple(self._problem(row, column, finding) for column, finding in (*row.found, *repeated))

    def _problem(self, row: CheckedRow, column: Column, finding: Finding) -> Problem:
        stands_at = next((each for each in _STANDS_AT.get(column, (column,)) if each in self._letters), column)
        is_agreed = self._answers.is_agreed(row.row, column) and finding.severity is Severity.QUESTION
        letters = self._letters.get(stands_at)
        return Problem(
            row=row.row,
            line=row.table_row.line,
            column=column,
            cell=f"{letters}{row.table_row.line}" if letters else "",
            seen=row.seen.get(stands_at, ""),
            key=finding.code,
            severity=finding.severity,
            values=finding.values,
            proposal=finding.proposal,
            suggestions=finding.suggestions,
            fix=_fix(row.row, column, finding),
            is_settled=is_agreed,
        )


def _fix(row: int, column: Column, finding: Finding) -> Decision | None:
    if finding.code in _BEST_SKIPPED:
        return Decision(row, None, Choice.SKIP)
    return Decision(row, column, Choice.AGREE) if finding.severity is Severity.QUESTION else None


def _of_file(finding: Finding, column: Column | None, *, is_agreed: bool) -> Problem:
    is_question = finding.severity is Severity.QUESTION
    return Problem(
        row=WHOLE_FILE,
        line=0,
        column=column,
        cell="",
        seen="",
        key=finding.code,
        severity=finding.severity,
        values=finding.values,
        proposal=None,
        suggestions=(),
        fix=Decision(WHOLE_FILE, column, Choice.AGREE) if is_question else None,
        is_settled=is_question and is_agreed,
    )


def _letters(index: int) -> str:
    """0 → A, 26 → AA, as the spreadsheet program names columns."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
