"""A whole list, tried without writing: (bytes, known inventory, decisions) → every row's problems and drafts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from monitor.inventory.spreadsheets.answers import Answers
from monitor.inventory.spreadsheets.cells import Unreadable
from monitor.inventory.spreadsheets.checks import Found, Surroundings
from monitor.inventory.spreadsheets.columns import NO_MATCHES, Column, Kind, Matches
from monitor.inventory.spreadsheets.drafts import Draft, EyeDraft, drafts_of
from monitor.inventory.spreadsheets.duplicates import duplicates
from monitor.inventory.spreadsheets.known import NOTHING_KNOWN, Known
from monitor.inventory.spreadsheets.listing import Listing, key_of, open_list
from monitor.inventory.spreadsheets.names import GroupNames
from monitor.inventory.spreadsheets.places import Places, unreadable
from monitor.inventory.spreadsheets.problems import Code, Decision, Problem, Severity
from monitor.inventory.spreadsheets.readings import written
from monitor.inventory.spreadsheets.rows import CheckedRow, RowReader
from monitor.inventory.spreadsheets.table import Skipped, TableRow
from monitor.inventory.spreadsheets.values import Values


class Status(StrEnum):
    VALID = "valid"
    QUESTION = "question"
    ERROR = "error"
    SKIPPED = "skipped"


class Change(StrEnum):
    """What writing the row would do."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class CellChange:
    column: Column
    old: str
    new: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """``seen``: its cells as written; ``values``: what they mean, also where that is still a question.

    ``key``: what the inventory knows it by. ``drafts`` are there only for a VALID row. ``eyes``: how many the row
    speaks of, as written.
    """

    row: int
    line: int
    key: str | None
    status: Status
    seen: Mapping[Column, str]
    values: Values
    problems: tuple[Problem, ...]
    change: Change
    cell_changes: tuple[CellChange, ...]
    drafts: tuple[Draft, ...]
    eyes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Rows by status, rows to write by what writing does, and eyes: as written, and of the rows that are new."""

    valid: int
    questions: int
    errors: int
    skipped: int
    new: int
    changed: int
    same: int
    eyes_written: int
    eyes_to_add: int
    eyes_active: int

    @property
    def eyes_waiting(self) -> int:
        """Added without being activated, until the household consents."""
        return self.eyes_to_add - self.eyes_active


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """``kind`` is None where the file cannot be read: then ``problems`` says why, and nothing else is filled."""

    kind: Kind | None = None
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    header_lines: tuple[int, ...] = ()
    matches: Matches = NO_MATCHES
    problems: tuple[Problem, ...] = ()
    rows: tuple[RowReport, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    @property
    def counts(self) -> Counts:
        status = [row.status for row in self.rows]
        ready = [row for row in self.rows if row.status is Status.VALID]
        added = [draft for row in ready if row.change is Change.NEW for draft in row.drafts]
        eyes = [draft for draft in added if isinstance(draft, EyeDraft)]
        return Counts(
            valid=status.count(Status.VALID),
            questions=status.count(Status.QUESTION),
            errors=status.count(Status.ERROR),
            skipped=status.count(Status.SKIPPED),
            new=sum(row.change is Change.NEW for row in ready),
            changed=sum(row.change is Change.CHANGED for row in ready),
            same=sum(row.change is Change.SAME for row in ready),
            eyes_written=sum(row.eyes for row in self.rows),
            eyes_to_add=len(eyes),
            eyes_active=sum(eye.is_active for eye in eyes),
        )

    @property
    def is_ready(self) -> bool:
        """Nothing is left to decide: all of it can be written, or none of it."""
        is_open = any(problem.is_open for problem in self.problems)
        return not is_open and bool(self.rows) and all(row.status in _SETTLED for row in self.rows)


Watch = Callable[[Sequence[TableRow]], Iterable[TableRow]]
_SETTLED = frozenset({Status.VALID, Status.SKIPPED})


def dry_run(
    content: bytes, known: Known = NOTHING_KNOWN, decisions: Iterable[Decision] = (), sheet: str = ""
) -> DryRun:
    """Never raises: a file that cannot be read is one problem of the whole file."""
    try:
        listing = open_list(content, sheet)
    except Unreadable as reason:
        return DryRun(problems=(unreadable(reason.why),))
    return check_list(listing, known, decisions)


def check_list(
    listing: Listing, known: Known = NOTHING_KNOWN, decisions: Iterable[Decision] = (), watch: Watch = iter
) -> DryRun:
    """All rows of an opened list, each with all of its problems. ``watch``: sees the rows go by, to show how far."""
    answers, names = Answers(decisions), GroupNames(known.groups)
    around = Surroundings(listing.kind, known, _area_ids(listing, known), listing.is_one_eye_each)
    reader = RowReader(around, names, names.in_title(listing.header.above))
    checked = [reader.read(row, answers.replaced(row.row)) for row in watch(listing.table.rows)]
    kept = [row for row in checked if not answers.is_skipped(row.row)]
    repeated: dict[int, list[Found]] = {}
    for number, found in duplicates(listing.kind, kept, known.eyes):
        repeated.setdefault(number, []).append(found)
    places = Places(listing, answers)
    return DryRun(
        kind=listing.kind,
        sheet=listing.sheet,
        other_sheets=listing.other_sheets,
        header_lines=listing.header.lines,
        matches=listing.header.matches,
        problems=places.of_file(),
        rows=tuple(
            _report(row, places.of_row(row, repeated.get(row.row, [])), answers.is_skipped(row.row), around)
            for row in (_unasked(row, around) for row in checked)
        ),
        skipped=listing.table.skipped,
    )


def _report(row: CheckedRow, problems: tuple[Problem, ...], is_skipped: bool, around: Surroundings) -> RowReport:
    changes = _cell_changes(row, around)
    status = Status.SKIPPED if is_skipped else _status(problems)
    return RowReport(
        row=row.row,
        line=row.table_row.line,
        key=key_of(around.kind, row.values),
        status=status,
        seen=row.seen,
        values=row.values,
        problems=problems,
        change=Change.NEW if changes is None else Change.CHANGED if changes else Change.SAME,
        cell_changes=changes or (),
        drafts=drafts_of(around.kind, row.values) if status is Status.VALID else (),
        eyes=_eyes(row, around.kind),
    )


def _unasked(row: CheckedRow, around: Surroundings) -> CheckedRow:
    """Of what is known, an empty cell need not say anything again; and what changes nothing raises no question."""
    if (changes := _cell_changes(row, around)) is None:
        return row
    settled = _OF_EMPTY_CELLS if changes else {*_OF_EMPTY_CELLS, *_questions(row)}
    return replace(row, found=tuple(each for each in row.found if each[1].code not in settled))


_OF_EMPTY_CELLS = frozenset({Code.REQUIRED, Code.NO_POSITION, Code.GROUP_MISSING, Code.NO_CONSENT})


def _questions(row: CheckedRow) -> Iterable[Code]:
    return (finding.code for _, finding in row.found if finding.severity is Severity.QUESTION)


def _status(problems: tuple[Problem, ...]) -> Status:
    is_open = {problem.severity for problem in problems if problem.is_open}
    if Severity.ERROR in is_open:
        return Status.ERROR
    return Status.QUESTION if is_open else Status.VALID


def _cell_changes(row: CheckedRow, around: Surroundings) -> tuple[CellChange, ...] | None:
    """What would change, old → new; None where the row is new. An empty cell says nothing of what is there."""
    known = around.known.rows.get(key_of(around.kind, row.values) or "")
    if known is None:
        return None
    news = {column: written(value) for column, value in row.values.by_column.items()}
    return tuple(
        CellChange(column, old, news[column])
        for column, old in known.items()
        if _is_said(column, row) and news.get(column, "") not in {"", old}
    )


def _is_said(column: Column, row: CheckedRow) -> bool:
    return not row.cells.keys().isdisjoint({column, *_SAID_BY.get(column, ())})


# Two more ways to say the same.
_SAID_BY: Mapping[Column, tuple[Column, ...]] = MappingProxyType(
    {
        Column.GROUP_ID: (Column.GROUP_NAME,),
        Column.LATITUDE: (Column.COORDINATES,),
        Column.LONGITUDE: (Column.COORDINATES,),
    }
)


def _eyes(row: CheckedRow, kind: Kind) -> int:
    if kind is Kind.HOUSEHOLDS:
        return row.values.number(Column.EYES) or 0
    return int(kind is Kind.CAMERAS)


def _area_ids(listing: Listing, known: Known) -> frozenset[str]:
    return known.area_ids | (frozenset(listing.ids()) if listing.kind is Kind.AREAS else frozenset())
