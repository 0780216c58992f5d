"""Bytes of an .xlsx or .csv into sheets of rows of cells; a file that cannot be read is one clear reason."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from python_calamine import CalamineError, CalamineWorkbook

from monitor.inventory.spreadsheets.sheet_xml import largest_sheet
from monitor.inventory.spreadsheets.texts import decode

FILE_BYTES = 20_000_000
UNPACKED_BYTES = 200_000_000
ROWS, COLUMNS = 20_000, 200
# Of all sheets together: a few bytes can say the same long text in every cell.
CELLS, LETTERS = 1_000_000, 20_000_000
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 40
_WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin", "content.xml"})
_BROKEN_ARCHIVE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
    KeyError,
)

Cell = str | int | float | bool | date | datetime | None


class Why(StrEnum):
    """Why a file cannot be read; the values are keys of the catalogue."""

    EMPTY = "import.file.empty"
    NOT_A_TABLE = "import.file.not_a_table"
    OLD_OR_LOCKED = "import.file.old_or_locked"
    DAMAGED = "import.file.damaged"
    TOO_LARGE = "import.file.too_large"
    TOO_COSTLY = "import.file.too_costly"
    NO_HEADER = "import.file.no_header"
    NO_ROWS = "import.file.no_rows"
    NO_SHEET = "import.file.no_sheet"


class Unreadable(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` counts from 1 as the spreadsheet program shows it."""

    line: int
    cells: tuple[Cell, ...]

    def __getitem__(self, index: int) -> Cell:
        return self.cells[index] if index < len(self.cells) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """``name`` is empty for a .csv; ``is_converted``: it was in TCVN3 from end to end and no longer is."""

    name: str
    rows: tuple[Row, ...]
    is_converted: bool = False


def read_sheets(content: bytes) -> tuple[Sheet, ...]:
    """Every visible sheet that holds something. Raises ``Unreadable``."""
    if len(content) > FILE_BYTES:
        raise Unreadable(Why.TOO_LARGE)
    if content.startswith(_OLE):
        raise Unreadable(Why.OLD_OR_LOCKED)
    if not content.strip():
        raise Unreadable(Why.EMPTY)
    sheets = _workbook(content) if content.startswith(_ZIP) else (_comma_separated(content),)
    filled, cells, letters = [], 0, 0
    for sheet in sheets:
        cells += sum(cell is not None for row in sheet.rows for cell in row.cells)
        letters += sum(len(cell) for row in sheet.rows for cell in row.cells if isinstance(cell, str))
        if cells > CELLS or letters > LETTERS:
            raise Unreadable(Why.TOO_LARGE)
        if sheet.rows:
            filled.append(sheet)
    if not filled:
        raise Unreadable(Why.EMPTY)
    return tuple(filled)


def shown(cell: Cell) -> str:
    """A cell as a person sees it in the spreadsheet program."""
    match cell:
        case None:
            return ""
        case bool():
            return str(cell).upper()
        case float() if cell.is_integer() and abs(cell) < 1e15:
            return str(int(cell))
        case date():
            return f"{cell:%d/%m/%Y}"
        case _:
            return str(cell)


def _workbook(content: bytes) -> Iterator[Sheet]:
    _check_size(content)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in [sheet.name for sheet in workbook.sheets_metadata if str(sheet.visible).endswith("Visible")]:
            yield Sheet(name, _rows(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)))
    except (CalamineError, ValueError, OverflowError, OSError, KeyError):
        raise Unreadable(Why.DAMAGED) from None
    except BaseException as panic:
        # A Rust library that stumbles raises an exception that is not an Exception.
        if type(panic).__name__ != "PanicException":
            raise
        raise Unreadable(Why.DAMAGED) from None


def _check_size(content: bytes) -> None:
    """Before anything is laid out in memory: a few bytes can claim a sheet of a million by a million."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if _WORKBOOKS.isdisjoint(archive.namelist()):
                raise Unreadable(Why.NOT_A_TABLE)
            if sum(member.file_size for member in archive.infolist()) > UNPACKED_BYTES:
                raise Unreadable(Why.TOO_LARGE)
            if archive.testzip() is not None:
                raise Unreadable(Why.DAMAGED)
            rows, columns = largest_sheet(archive)
    except _BROKEN_ARCHIVE:
        raise Unreadable(Why.DAMAGED) from None
    if rows > ROWS or columns > COLUMNS:
        raise Unreadable(Why.TOO_LARGE)


def _comma_separated(content: bytes) -> Sheet:
    text = decode(content)
    if text is None:
        raise Unreadable(Why.NOT_A_TABLE)
    try:
        rows = _rows(csv.reader(io.StringIO(text.content, newline=""), delimiter=_delimiter(text.content)))
    except csv.Error:
        raise Unreadable(Why.DAMAGED) from None
    return Sheet("", rows, text.encoding == "tcvn3")


def _delimiter(text: str) -> str:
    """What splits the first lines most often, outside of quotes."""
    lines = text.splitlines(keepends=True)[:_SAMPLE_LINES]
    return max(_DELIMITERS, key=lambda sign: sum(len(row) - 1 for row in csv.reader(lines, delimiter=sign) if row))


def _rows(table: Iterable[Iterable[object]]) -> tuple[Row, ...]:
    rows = []
    for line, cells in enumerate(table, start=1):
        if line > ROWS:
            raise Unreadable(Why.TOO_LARGE)
        row = Row(line, tuple(_cell(cell) for cell in cells))
        if len(row.cells) > COLUMNS:
            raise Unreadable(Why.TOO_LARGE)
        if any(cell is not None for cell in row.cells):
            rows.append(row)
    return tuple(rows)


def _cell(value: object) -> Cell:
    match value:
        case str():
            return value if value.strip() else None
        case float():
            return int(value) if value.is_integer() and abs(value) < 1e15 else value
        case bool() | int() | date():
            return value
        case time() | timedelta():
            return str(value)
        case _:
            return None
