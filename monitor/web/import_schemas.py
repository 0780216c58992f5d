"""The shapes of lists that are taken in, over HTTP."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from monitor.inventory.imports.bins import Bin
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.dry_run import Change, Status
from monitor.inventory.spreadsheets.problems import Choice, Severity
from monitor.inventory.spreadsheets.table import SkippedAs
from monitor.web.schemas import Answer, Moment, Question

RowNumber = Annotated[int, Field(ge=0, le=1_000_000, description="as in the problem; 0 is the whole file")]
MOST_FOR_ALL = 20  # each of them may be an answer to every row
Seen = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


class Fix(Answer):
    """What one press decides."""

    row: int
    column: Column | None
    choice: Choice
    value: str


class Problem(Answer):
    row: int
    line: int
    column: Column | None
    cell: str = Field(description="its place in the spreadsheet program, as D12")
    seen: str = Field(description="as written")
    key: str = Field(description="key of the catalogue's text")
    message: str = Field(description="that text, in the reader's language")
    values: dict[str, str | int] = Field(description="what fills the holes of the text")
    severity: Severity
    proposal: str | None
    suggestions: list[str]
    fix: Fix | None
    is_settled: bool
    alike: int = Field(description="rows with this same open problem; one answer can settle them all")


class Heading(Answer):
    header: str
    column: Column


class SkippedLine(Answer):
    line: int
    reason: SkippedAs
    text: str


class ImportCounts(Answer):
    rows: int
    valid: int
    questions: int
    errors: int
    skipped: int
    new: int
    changed: int
    same: int
    duplicates: int
    cells_changed: int
    eyes_written: int = Field(description="eyes the list speaks of")
    eyes_to_add: int
    eyes_active: int
    eyes_waiting: int = Field(description="added without being activated, until there is consent")


class Batch(Answer):
    """``counts`` is null until it is written."""

    id: int
    state: str = Field(pattern="^(draft|committed|undone)$")
    kind: Kind | None
    file_name: str
    sha256: str
    user_name: str
    created_at: Moment
    committed_at: Moment | None
    undone_at: Moment | None
    undone_by: str | None
    can_undo: bool
    undo_until: Moment | None
    counts: ImportCounts | None


class DryRun(Batch):
    """What writing the list would do, now. ``version``: of everything that is shown here; a commit names it."""

    version: str
    sheet: str
    other_sheets: list[str]
    header_lines: list[int]
    columns: list[Heading]
    unmatched: list[str] = Field(description="headers that nothing is taken from")
    dropped: list[str] = Field(description="headers of passwords, whose cells were never looked at")
    lines_left_out: list[SkippedLine] = Field(description="mottos, totals, signatures")
    problems: list[Problem] = Field(description="of the file as a whole")
    bins: dict[Bin, int] = Field(description="rows by what a person has to do with them")
    tried: ImportCounts
    is_ready: bool = Field(description="nothing is left to decide")
    answers: list[Fix] = Field(description="given about the file as a whole")
    decided: int = Field(description="answers given")
    took_ms: int


class CellChange(Answer):
    old: str
    new: str


class Row(Answer):
    row: int
    line: int
    key: str | None = Field(description="what the inventory knows it by")
    bin: Bin
    status: Status
    change: Change
    cells: dict[Column, str] = Field(description="as written")
    values: dict[Column, str] = Field(description="as understood")
    changes: dict[Column, CellChange]
    moved_m: int | None
    group_name: str | None
    eyes: int
    problems: list[Problem]
    answers: list[Fix] = Field(description="given about this row")


class RowPage(Answer):
    items: list[Row]
    next: str | None


class Point(Answer):
    row: int
    latitude: float
    longitude: float
    bin: Bin


class GroupPoint(Answer):
    id: str
    name: str
    latitude: float
    longitude: float


class ImportMap(Answer):
    """Degrees WGS 84. ``outside_m``: beyond that from its group's point, a row is asked about."""

    rows: list[Point]
    groups: list[GroupPoint]
    without_position: int
    outside_m: float


class BatchPage(Answer):
    items: list[Batch]
    next: str | None


class DecisionGiven(Question):
    row: RowNumber
    column: Column | None = None
    choice: Choice
    value: str = Field(default="", max_length=500, description="for `replace`")
    also_alike: Column | None = Field(default=None, description="column of the problem whose like shall be settled too")
    key: str = Field(default="", max_length=100, description="key of that problem")


class Forgotten(Question):
    row: RowNumber
    column: Column | None = None


def _few_for_all(decisions: list[DecisionGiven]) -> list[DecisionGiven]:
    if sum(each.also_alike is not None for each in decisions) > MOST_FOR_ALL:
        raise ValueError(f"at most {MOST_FOR_ALL} of them may settle what is alike")
    return decisions


class DecisionsGiven(Question):
    decisions: Annotated[list[DecisionGiven], AfterValidator(_few_for_all)] = Field(default=[], max_length=2000)
    forget: list[Forgotten] = Field(default=[], max_length=2000)


class CommitGiven(Question):
    version: Seen


class Obstacle(Answer):
    entity: str
    entity_id: str
    by: str | None
    at: Moment | None


class ChangedSince(Answer):
    error: str
    message: str
    rows: list[Obstacle]


class NewerDryRun(DryRun):
    error: str
    message: str
