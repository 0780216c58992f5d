"""Finding an area by any name it ever had, with or without marks; an old name leads to what it became."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, or_, select, true

from monitor.inventory.area_names import spelled_out
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import AreaFacts, AreaTree, read_tree
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.edits import core
from monitor.inventory.folding import LIKE_ESCAPE, fold, like_patterns
from monitor.inventory.succession import Successor, became, read_successors


@dataclass(frozen=True, slots=True)
class AreaHit:
    """``became``: for an area that ended, what has its territory now, and since when."""

    area: AreaFacts
    became: tuple[tuple[AreaFacts, date], ...]


def find_areas(connection: Connection, question: str, day: date, limit: int = 20) -> list[AreaHit]:
    """Names as written first, then the same letters without marks; valid areas before those that ended."""
    table = core(Area)
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
    return [_hit(tree, successors, area, day) for area in ranked[:limit]]


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
