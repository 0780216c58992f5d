"""The words of lists and what they mean for us, from ``words.csv``; what is not there is asked about."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from monitor.inventory.spreadsheets.cells import Cell, shown
from monitor.inventory.spreadsheets.columns import plain
from monitor.inventory.spreadsheets.nearness import nearest
from monitor.inventory.spreadsheets.problems import Code, error, question
from monitor.inventory.spreadsheets.readings import EMPTY, Reading, read

_FILE = Path(__file__).with_name("words.csv")
_IN_BRACKETS = re.compile(r"\([^)]*\)")
_SEVERAL = re.compile(r"[,;/+]")
_OTHER = "other"


def read_word(name: str, cell: Cell) -> Reading:
    """The value of the list ``name`` that the cell means; where the list knows "other", anything can be that."""
    text = shown(cell).strip()
    if not text:
        return EMPTY
    if value := meaning(name, text):
        return read(value)
    suggestions = nearest(plain(text), word_list(name), most=3)
    if _OTHER in word_list(name).values():
        return read(_OTHER, question(Code.WORD_UNKNOWN, _OTHER, *suggestions, x=text))
    return read(None, error(Code.WORD_UNKNOWN, *suggestions, x=text))


def read_words(name: str, cell: Cell) -> Reading:
    """Several values of the list in one cell."""
    readings = [read_word(name, part) for part in _SEVERAL.split(shown(cell)) if part.strip()]
    if not readings:
        return EMPTY
    values = dict.fromkeys(str(reading.value) for reading in readings if reading.value)
    return Reading(tuple(values), tuple(finding for reading in readings for finding in reading.findings))


def meaning(name: str, text: str) -> str | None:
    words = word_list(name)
    if found := words.get(plain(text)):
        return found
    return words.get(plain(_IN_BRACKETS.sub(" ", text))) if "(" in text else None


def first_meaning(name: str, text: str) -> str | None:
    """The value whose longest word stands at the beginning of the text."""
    words, beginning = word_list(name), f"{plain(text)} "
    found = [word for word in words if beginning.startswith(f"{word} ")]
    return words[max(found, key=len)] if found else None


@cache
def word_list(name: str) -> Mapping[str, str]:
    """Every plain word of the list → its value."""
    return {plain(written): value for value, written in written_words(name)}


@cache
def written_words(name: str) -> tuple[tuple[str, str], ...]:
    """(value, word as written) in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple((row["value"], row["written"]) for row in csv.DictReader(file) if row["list"] == name)
