"""Days as people write them, always the day first, and as Excel counts them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from monitor.inventory.spreadsheets.cells import Cell, shown
from monitor.inventory.spreadsheets.problems import Code, Finding, error, fixed, question
from monitor.inventory.spreadsheets.readings import EMPTY, Reading, read

# Excel's day 0 for days after its invented 29 February 1900.
_DAY_ZERO = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)  # 1954 … 2119
_YEARS = range(1950, 2100)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4}|\d{2})")
_IN_WORDS = re.compile(r"ng\S+\s+(\d{1,2})\s+th\S+\s+(\d{1,2})\s+n\S+\s+(\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"(?:th\S*\s*)?(\d{1,2})\s*[/.\-]\s*(\d{4})", re.IGNORECASE)


def in_words(day: date) -> str:
    """dd/mm/yyyy; a year below 1000 keeps its four digits."""
    return f"{day.day:02}/{day.month:02}/{day.year:04}"


def read_day(cell: Cell) -> Reading:
    """A day. Short years, a lone month and a lone year are questions."""
    match cell:
        case None:
            return EMPTY
        case datetime():
            return read(cell.date())
        case date():
            return read(cell)
        case bool() | float():
            return read(None, _invalid(cell))
        case int():
            return _from_number(cell)
        case _:
            return _from_text(cell.strip())


def _from_number(number: int) -> Reading:
    if number in _SERIALS:
        day = _DAY_ZERO + timedelta(days=number)
        return read(day, fixed(Code.DAY_FROM_SERIAL, in_words(day), x=str(number), y=in_words(day)))
    if number in _YEARS:
        return _asked(date(number, 1, 1), str(number))
    return read(None, _invalid(number))


def _from_text(text: str) -> Reading:
    if text.isdigit() and text.isascii() and len(text) <= 6:
        return _from_number(int(text))
    if iso := _ISO.fullmatch(text):
        return _checked(text, _day(iso[1], iso[2], iso[3]))
    if spoken := _IN_WORDS.search(text):
        return _rewritten(text, _day(spoken[3], spoken[2], spoken[1]))
    if usual := _DAY_FIRST.fullmatch(text):
        return _from_day_first(text, usual)
    if month := _MONTH.fullmatch(text):
        return _asked(_day(month[2], month[1], "1"), text)
    return read(None, _invalid(text))


def _from_day_first(text: str, usual: re.Match[str]) -> Reading:
    day_of_month, month, year = usual[1], usual[2], usual[3]
    if day := _day(year if len(year) == 4 else f"20{year}", month, day_of_month):
        return read(day) if len(year) == 4 else _asked(day, text)
    # 04/13/2023: written on an American keyboard.
    return _asked(_day(year if len(year) == 4 else f"20{year}", day_of_month, month), text)


def _day(year: str, month: str, day_of_month: str) -> date | None:
    try:
        return date(int(year), int(month), int(day_of_month))
    except ValueError:
        return None


def _checked(text: str, day: date | None) -> Reading:
    return read(day) if day else read(None, _invalid(text))


def _rewritten(text: str, day: date | None) -> Reading:
    return read(day, fixed(Code.DAY_REWRITTEN, in_words(day), x=text, y=in_words(day))) if day else _checked(text, None)


def _asked(day: date | None, text: str) -> Reading:
    if day is None or day.year not in _YEARS:
        return read(None, _invalid(text))
    return read(day, question(Code.DAY_MEANT, in_words(day), x=text, y=in_words(day)))


def _invalid(cell: Cell) -> Finding:
    return error(Code.DAY_INVALID, x=shown(cell))
