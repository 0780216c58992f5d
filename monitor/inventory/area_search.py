"""Finding an area by any name it ever had, with or without marks; an old name leads to what it became."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from itertools import islice

from sqlalchemy import Connection, and_, or_, select, true

from monitor.inventory.area_names import spelled_out
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import AreaFacts, AreaTree, read_tree
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.edits import core
from monitor.inventory.folding import LIKE_ESCAPE, fold, like_patterns
from monitor.inventory.succession import Successor, became, read_successors
from monitor.inventory.territory import EVERYWHERE, Territory

_SHORTEST_NAME = 4
_MOST_NAMED = 200


@dataclass(frozen=True, slots=True)
class AreaHit:
    """``became``: for an area that ended, what has its territory now, and since when."""

    area: AreaFacts
    became: tuple[tuple[AreaFacts, date], ...]


@dataclass(frozen=True, slots=True)
class Sought:
    """Only areas of a level (None: any), and of somebody's territory, or whose successors are in it."""

    within: Territory = EVERYWHERE
    level: str | None = None


def find_areas(
    connection: Connection, question: str, day: date, limit: int = 20, sought: Sought | None = None
) -> list[AreaHit]:
    """Names as written first, then the same letters without marks; valid areas before those that ended."""
    table, sought = core(Area), sought or Sought()
    wordings = {fold(question), spelled_out(question)}
    fits = [
        and_(true(), *(table.c.search_text.like(pattern, escape=LIKE_ESCAPE) for pattern in like_patterns(wording)))
        for wording in sorted(wordings)
    ]
    query = select(table.c.id).where(or_(*fits))
    tree, successors = read_tree(connection), read_successors(connection)
    areas = [tree.known(area_id) for area_id in connection.execute(query).scalars()]
    ranked = sorted(
        areas, key=lambda area: (*_rank(area, question), not area.is_valid(day), vietnamese_key(area.name), area.id)
    )
    of_level = (area for area in ranked if sought.level in {None, area.level})
    hits = (_hit(tree, successors, area, day) for area in of_level)
    return list(islice((hit for hit in hits if _is_inside(hit, sought.within)), limit))


def _is_inside(hit: AreaHit, within: Territory) -> bool:
    return any(within.holds(None, area.id) for area in (hit.area, *(successor for successor, _ in hit.became)))


def areas_meant(connection: Connection, question: str, day: date) -> list[str]:
    """Ids of areas that a question names as a whole, and of what they became; few, so that all below can be asked for.

    Below a name's length nothing is meant: "an" is part of half of all names.
    """
    wording = spelled_out(question)
    if len(wording) < _SHORTEST_NAME:
        return []
    table = core(Area)
    patterns = [table.c.search_text.like(pattern, escape=LIKE_ESCAPE) for pattern in like_patterns(question)]
    named = connection.execute(select(table.c.id, table.c.name, table.c.valid_to).where(*patterns).limit(_MOST_NAMED))
    found = [row for row in named if _is_named(row.name, wording)]
    ended = [row.id for row in found if row.valid_to is not None and row.valid_to < day]
    heirs = _heirs(connection, ended, day) if ended else []
    return list(dict.fromkeys([*(row.id for row in found), *heirs]))


def _is_named(name: str, wording: str) -> bool:
    """Also without the word for its kind: "dinh van" for "Thị trấn Đinh Văn"."""
    plain = fold(name)
    return plain == wording or plain.endswith(f" {wording}")


def _heirs(connection: Connection, ended: list[str], day: date) -> list[str]:
    tree, successors = read_tree(connection), read_successors(connection)
    return [area.id for each in ended for area, _since in became(tree, successors, each, day)]


def _rank(area: AreaFacts, question: str) -> tuple[bool, bool]:
    written, name = _plain(question), _plain(area.name)
    return name != written and spelled_out(question) != fold(area.name), written not in name


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _hit(tree: AreaTree, successors: list[Successor], area: AreaFacts, day: date) -> AreaHit:
    return AreaHit(area, () if area.is_valid(day) else tuple(became(tree, successors, area.id, day)))


def area_named(tree: AreaTree, name: str, day: date) -> AreaFacts | None:
    """The one area of that name on that day, short kinds written out; None for none, and for several."""
    wanted = spelled_out(name)
    found = [area for area in tree if area.is_valid(day) and fold(area.name) == wanted]
    return found[0] if len(found) == 1 else None
