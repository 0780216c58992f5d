"""A roster as people write it: a table copied from a spreadsheet, or lines with commas, into watches and problems.

Columns by their headings, in any order, or without headings in this one: day, from, to, role, who, area, way. A watch
that ends before it begins ends on the next day. Everything that is wrong is told at once, and nothing is guessed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from difflib import get_close_matches

from monitor.inventory.folding import fold

LOCAL = timezone(timedelta(hours=7))
MOST_LINES = 1000
LONGEST_CELL = 200
# A year of another age is a slip of the hand.
FIRST_YEAR, LAST_YEAR = 2000, 2199
_COLUMNS = ("day", "from", "to", "role", "who", "area", "way")
_CALLED = {
    "day": ("ngay", "day", "date"),
    "from": ("tu", "bat dau", "tu gio", "from", "start"),
    "to": ("den", "ket thuc", "den gio", "to", "end"),
    "role": ("vai tro", "nhiem vu", "chuc danh", "role"),
    "who": ("nguoi truc", "ho ten", "ten", "can bo", "who", "name"),
    "area": ("dia ban", "xa", "khu vuc", "area"),
    "way": ("cach bao", "kenh", "way"),
}
# As they are written, folded; the roles of the settings are known by their own names too.
_ROLES = {
    "truc ban": "duty_officer",
    "truc chinh": "duty_officer",
    "truc ban phu": "second_officer",
    "truc phu": "second_officer",
    "pho truc": "second_officer",
    "chi huy": "commander",
    "truc chi huy": "commander",
    "lanh dao truc": "commander",
    "ky thuat": "technician",
    "ky thuat vien": "technician",
}
_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?$")
_HOUR = re.compile(r"^(\d{1,2})(?:\s*(?:[:hg]|gio)\s*(\d{2})?)?(?::\d{2})?$")


@dataclass(frozen=True, slots=True)
class Known:
    """``roles``: of the settings; ``areas`` and ``people``: what is written → its id; ``channels``: of the settings."""

    roles: Sequence[str]
    areas: Mapping[str, str]
    people: Mapping[str, str]
    channels: Sequence[str]
    today: date


@dataclass(frozen=True, slots=True)
class Problem:
    """``what``: a word of ours (day, hour, role, who, area, way, columns); ``suggestion``: what may have been meant."""

    what: str
    value: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class RosterLine:
    """``number``: as counted in what was given, from 1."""

    number: int
    role: str | None
    name: str
    starts_at: datetime | None
    ends_at: datetime | None
    scope_id: str = ""
    person_id: str | None = None
    way: str | None = None
    problems: tuple[Problem, ...] = field(default=())


def words_in(text: str) -> set[str]:
    """Whatever may be the name of an area or a person, to be looked up before reading."""
    return {cell for _, cells in _lines(text) for cell in cells if cell}


def read_roster(text: str, known: Known) -> list[RosterLine]:
    columns = list(_COLUMNS)
    found = []
    for number, cells in _lines(text):
        if (headings := _headings(cells)) is not None:
            columns = headings
        else:
            found.append(_line(number, dict(zip(columns, cells, strict=False)), known))
    return found


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.lstrip("\ufeff").splitlines()[:MOST_LINES]
    filled = [line for line in lines if line.strip()]
    mark = next((each for each in ("\t", ";", ",") if filled and each in filled[0]), "\t")
    for number, cells in enumerate(csv.reader(lines, delimiter=mark), 1):
        stripped = [" ".join(cell.replace("\0", " ").split()) for cell in cells]
        if any(stripped):
            yield number, stripped


def _headings(cells: Sequence[str]) -> list[str] | None:
    named = [next((name for name, called in _CALLED.items() if fold(cell) in called), "") for cell in cells]
    return named if sum(bool(each) for each in named) >= 3 else None


def _line(number: int, cells: Mapping[str, str], known: Known) -> RosterLine:
    problems: list[Problem] = []
    said = {name: cells.get(name, "") for name in _COLUMNS}
    if not all(said[name] for name in ("day", "from", "to", "role", "who")):
        missing = ", ".join(name for name in ("day", "from", "to", "role", "who") if not said[name])
        problems.append(Problem("columns", missing))
    starts_at, ends_at = _span(said, known.today, problems)
    role = _role(said["role"], known, problems)
    scope_id = _known(said["area"], known.areas, "area", problems) if said["area"] else ""
    way = said["way"] or None
    if len(said["who"]) > LONGEST_CELL:
        problems.append(Problem("columns", said["who"][:LONGEST_CELL]))
    if way is not None and (len(way) > LONGEST_CELL or ":" not in way or way.partition(":")[0] not in known.channels):
        problems.append(Problem("way", way, next(iter(known.channels), None)))
    person_id = known.people.get(said["who"])
    return RosterLine(number, role, said["who"], starts_at, ends_at, scope_id, person_id, way, tuple(problems))


def _span(said: Mapping[str, str], today: date, problems: list[Problem]) -> tuple[datetime | None, datetime | None]:
    day = _day(said["day"], today)
    first, last = _hour(said["from"]), _hour(said["to"])
    if said["day"] and day is None:
        problems.append(Problem("day", said["day"], f"{today:%d/%m/%Y}"))
    problems += [
        Problem("hour", said[name], "18:00")
        for name, hour in (("from", first), ("to", last))
        if said[name] and hour is None
    ]
    if day is None or first is None or last is None:
        return None, None
    starts_at, ends_at = (datetime.combine(day, time(), LOCAL) + each for each in (first, last))
    if ends_at <= starts_at:
        ends_at += timedelta(days=1)
    return starts_at.astimezone(UTC), ends_at.astimezone(UTC)


def _day(text: str, today: date) -> date | None:
    found = _DAY.match(text)
    try:
        day = date(int(found[3] or today.year), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _hour(text: str) -> timedelta | None:
    """24:00 is the midnight at the end of the day."""
    found = _HOUR.match(fold(text))
    if not found:
        return None
    span = timedelta(hours=int(found[1]), minutes=int(found[2] or 0))
    return span if span <= timedelta(days=1) and int(found[2] or 0) < 60 else None


def _role(text: str, known: Known, problems: list[Problem]) -> str | None:
    role = _ROLES.get(fold(text)) or (text if text in known.roles else None)
    if text and (role is None or role not in known.roles):
        words = [word for word, each in _ROLES.items() if each in known.roles]
        close = get_close_matches(fold(text), [*words, *known.roles], n=1)
        problems.append(Problem("role", text, close[0] if close else None))
        return None
    return role


def _known(text: str, ids: Mapping[str, str], what: str, problems: list[Problem]) -> str:
    if text in ids:
        return ids[text]
    close = get_close_matches(text, list(ids), n=1)
    problems.append(Problem(what, text, close[0] if close else None))
    return ""
