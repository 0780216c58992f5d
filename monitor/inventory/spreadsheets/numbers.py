"""Whole numbers as people write them: "1.202", with a unit behind, as months."""

from __future__ import annotations

import re

from monitor.inventory.folding import fold
from monitor.inventory.spreadsheets.cells import Cell, shown
from monitor.inventory.spreadsheets.problems import Code, error, fixed, question
from monitor.inventory.spreadsheets.readings import EMPTY, Reading, read

_WHOLE = re.compile(r"\d{1,9}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[. ]\d{3})+")
_ZERO_DECIMALS = re.compile(r"(\d{1,9})[.,]0{1,2}")
_WITH_UNIT = re.compile(r"(?:khoang |~ ?)?([\d. ]*\d) ?([a-z][a-z/() ]*)\.?")
_UPPER_END = re.compile(r"(\d{1,4}) ?(?:-|\u2013|den) ?(\d{1,4}) ?(?:ngay)?")
# A length of time in days, by its folded unit. Months and weeks are asked about: people mean them roughly.
_DAYS_IN = {"ngay": 1, "n": 1, "d": 1, "day": 1, "days": 1, "tuan": 7, "thang": 30, "nam": 365}
WORTH_ASKING = 1_000
MOST_EYES = 64  # of one household; above it, somebody has mistyped or means a company


def read_whole(cell: Cell) -> Reading:
    """A count, 0 or more; a unit behind it is taken off."""
    text = shown(cell).strip()
    if not text:
        return EMPTY
    if (number := _plain(text)) is not None:
        return read(number)
    if (parted := _WITH_UNIT.fullmatch(fold(text))) and (number := _plain(parted[1])) is not None:
        return read(number, fixed(Code.NUMBER_TAKEN, str(number), x=text, y=str(number)))
    return read(None, error(Code.NUMBER_INVALID, x=text))


def read_eyes(cell: Cell) -> Reading:
    """How many eyes; none is an error, a very large number a question, and a telephone number no number of eyes."""
    reading = read_whole(cell)
    number = reading.value
    if number == 0:
        return read(0, error(Code.NO_EYES, n=0))
    if isinstance(number, int) and number > WORTH_ASKING:
        return read(None, error(Code.NUMBER_INVALID, x=str(number)))
    if isinstance(number, int) and number > MOST_EYES:
        return read(number, question(Code.MANY_EYES, str(number), n=number))
    return reading


def read_days(cell: Cell) -> Reading:
    """A length of time in days: days are taken, months, weeks and from-to are questions."""
    text = shown(cell).strip()
    folded = fold(text)
    if parted := _WITH_UNIT.fullmatch(folded):
        number, days = _plain(parted[1]), _DAYS_IN.get(parted[2].strip(" ()"))
        if number is not None and days == 1:
            return read(number, fixed(Code.NUMBER_TAKEN, str(number), x=text, y=str(number)))
        if number is not None and days is not None:
            return _asked_days(text, number * days)
    if span := _UPPER_END.fullmatch(folded):
        # Footage that may be gone after the shorter time must not be counted on for the longer one.
        return _asked_days(text, min(int(span[1]), int(span[2])))
    return read_whole(cell) if not parted else read(None, error(Code.NUMBER_INVALID, x=text))


def _asked_days(text: str, days: int) -> Reading:
    return read(days, question(Code.DAYS_MEANT, str(days), x=text, y=days))


def _plain(text: str) -> int | None:
    text = text.strip()
    if not text.isascii():
        return None
    if _WHOLE.fullmatch(text):
        return int(text)
    if _THOUSANDS.fullmatch(text):
        return int(re.sub(r"[. ]", "", text))
    zero = _ZERO_DECIMALS.fullmatch(text)
    return int(zero[1]) if zero else None
