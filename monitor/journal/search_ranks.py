"""What a search puts first: what is written so as a whole, then every word as written, then whatever else it finds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, case, not_, true

from monitor.inventory.edits import core
from monitor.inventory.folding import LIKE_ESCAPE, contains, fold, with_marks
from monitor.inventory.search_tables import DeviceSearch

_SEARCH = core(DeviceSearch)


def rank(words: str) -> list[ColumnElement[Any]]:
    """To order by; nothing where all that is found ranks alike."""
    first, *others = ranks(words)
    numbered = [(each, str(number)) for number, each in enumerate([first, *others[:-1]])]
    return [case(*numbered, else_=str(len(others)))] if others else []


def ranks(words: str) -> list[ColumnElement[bool]]:
    """For a WHERE each: together all that is found, and nothing twice. Who types no marks means all the same.

    A page asks for one after the other: each is read in order of names, and left as soon as the page is full.
    """
    phrase = with_marks(words)
    if phrase == fold(phrase):
        return [true()]
    as_whole, parts = _has(phrase), phrase.split()
    if len(parts) == 1:
        return [as_whole, not_(as_whole)]
    as_written = and_(*map(_has, parts))
    return [as_whole, and_(as_written, not_(as_whole)), not_(as_written)]


def _has(text: str) -> ColumnElement[bool]:
    return _SEARCH.c.marked.like(contains(text), escape=LIKE_ESCAPE)
