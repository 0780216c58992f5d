"""One cell of one column into a value: letters put right first, then whatever the column holds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from monitor.inventory.spreadsheets.cells import Cell, shown
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.dates import read_day
from monitor.inventory.spreadsheets.numbers import read_days, read_eyes, read_whole
from monitor.inventory.spreadsheets.phones import read_phones
from monitor.inventory.spreadsheets.problems import Code, Finding, error, fixed, question
from monitor.inventory.spreadsheets.readings import EMPTY, Reading, read
from monitor.inventory.spreadsheets.tcvn3 import convert, looks_like_tcvn3
from monitor.inventory.spreadsheets.words import read_word, read_words, written_words

_WORDS = frozenset(
    {
        Column.LEVEL,
        Column.LOCATION_KIND,
        Column.FUNDING,
        Column.WATCH_METHOD,
        Column.CAMERA_CLASS,
        Column.QCVN135,
        Column.ESTABLISHMENT_KIND,
        Column.SOUND_AT_SITE,
        Column.ROLE,
        Column.CONSENT,
    }
)
_WHOLE = frozenset(
    {Column.EYES_EXPECTED, Column.EYE_NO, Column.BUTTON_NO, Column.HEARTBEAT_S, Column.TEST_INTERVAL_DAYS}
)
_SEVERAL = frozenset({Column.SUCCESSOR_AREA_ID, Column.SCOPE})
DAYS = frozenset({Column.INSTALLED_ON, Column.VALID_FROM, Column.VALID_TO})
_IDS = frozenset(column for column in Column if column.endswith("_id"))
# What stands in topics and addresses, as forms and programs may write it; with @ for an area's code and first year.
_ID = re.compile(r"(?=.*[^.])[A-Za-z0-9._@-]{1,64}")
_BETWEEN = re.compile(r"[,;]")
_MAY_HOLD_SECRET = re.compile("[:=]")
_LONGEST_ID, _LONGEST, _LONGEST_NOTE = 64, 200, 500
# The eth of Western fonts stands in for the barred d of Vietnamese ones, which it looks like.
_LOOK_ALIKES = str.maketrans({"\u00f0": "\u0111", "\u00d0": "\u0110", "\u00a0": " "})
_READERS: MappingProxyType[Column, Callable[[Cell], Reading]] = MappingProxyType(
    {
        Column.PHONE: read_phones,
        Column.EYES: read_eyes,
        Column.RETENTION_DAYS: read_days,
        Column.ALARM_KINDS: lambda cell: read_words("alarm_kinds", cell),
        **dict.fromkeys(_WHOLE, read_whole),
        **dict.fromkeys(DAYS, read_day),
    }
)


def read_field(column: Column, cell: Cell) -> Reading:
    """A value of the column, with what was found in the cell."""
    cell, found = clean(cell)
    if column in _WORDS:
        reading = read_word(column, cell)
    elif column in _SEVERAL:
        reading = read(tuple(part.strip() for part in _BETWEEN.split(shown(cell)) if part.strip()))
    elif column in _READERS:
        reading = _READERS[column](cell)
    else:
        reading = _read_text(column, cell)
    return Reading(reading.value, (*found, *reading.findings))


def clean(cell: Cell) -> tuple[Cell, tuple[Finding, ...]]:
    """Letters as Unicode wants them, spaces single, passwords out."""
    if not isinstance(cell, str):
        return cell, ()
    # A sheet's formula that must not be one: the way every list of ours is written.
    cell = cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "@", "+", "-"} else cell
    text = " ".join((cell if cell.isprintable() else "".join(filter(_is_printed, cell))).split())
    found: list[Finding] = []
    if not text.isascii():
        text = _in_unicode(text, cell, found)
    if _MAY_HOLD_SECRET.search(text):
        safe = _secret().sub("", text).strip(" ,;.-")
        if safe != text.strip(" ,;.-"):
            # Nor may what was found before repeat it.
            found = [replace(finding, proposal=safe, values={"x": safe, "y": safe}) for finding in found]
            found.append(fixed(Code.SECRET_REMOVED, safe))
            text = safe
    return text or None, tuple(found)


def _in_unicode(text: str, cell: str, found: list[Finding]) -> str:
    if looks_like_tcvn3(text):
        text = convert(text)
        found.append(question(Code.OLD_FONT, text, x=cell, y=text))
    composed = unicodedata.normalize("NFC", text.translate(_LOOK_ALIKES))
    if composed != text:
        found.append(fixed(Code.LETTERS_COMPOSED, composed, x=composed, y=composed))
    return composed


def _is_printed(letter: str) -> bool:
    return unicodedata.category(letter) not in {"Cf", "Cs"} and (letter.isspace() or letter.isprintable())


def _read_text(column: Column, cell: Cell) -> Reading:
    text = shown(cell)
    if not text:
        return EMPTY
    longest = _LONGEST_ID if column in _IDS else _LONGEST_NOTE if column is Column.NOTE else _LONGEST
    if column in _IDS and not _ID.fullmatch(text):
        return read(text[:longest], error(Code.ID_INVALID, x=text[:longest]))
    if len(text) > longest:
        return read(text[:longest], error(Code.TOO_LONG, n=longest))
    return read(text)


@cache
def _secret() -> re.Pattern[str]:
    words = "|".join(re.escape(written) for _, written in written_words("secret"))
    return re.compile(rf"\b(?:{words})\s*[:=]\s*\S+", re.IGNORECASE)
