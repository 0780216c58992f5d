"""Figures as their sources declared them, beside the counted ones: found, never worked out anew."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from monitor.inventory.edits import core
from monitor.inventory.fact_tables import DeclaredFact

EYES = "camera.eyes"
HIGH_MAST_EYES = "camera.high_mast_eyes"


@dataclass(frozen=True, slots=True)
class Declared:
    """As in ``fact_tables.DeclaredFact``. ``base_value`` is the m of "n of m", as it was when it was declared."""

    indicator: str
    area_id: str | None
    area_name: str
    value: float
    qualifier: str
    base_value: float | None
    unit: str | None
    as_of: date | None
    source: str


def declared(connection: Connection, area_id: str, indicator: str, day: date) -> Declared | None:
    """The latest that was declared of an area by that day; one without a day counts as the oldest."""
    return declared_of(connection, [area_id], indicator, day).get(area_id)


def declared_of(connection: Connection, area_ids: Collection[str], indicator: str, day: date) -> dict[str, Declared]:
    """Area → the latest declared of it by that day, for those of which any is."""
    table = core(DeclaredFact)
    known = or_(table.c.as_of.is_(None), table.c.as_of <= day)
    query = _query().where(table.c.indicator == indicator, known, table.c.value.is_not(None))
    wanted = set(area_ids)
    facts = [Declared(*row) for row in connection.execute(query)]
    facts.sort(key=lambda fact: (fact.as_of or date.min, fact.source))
    return {fact.area_id: fact for fact in facts if fact.area_id is not None and fact.area_id in wanted}


def declared_by(connection: Connection, area_name: str, indicator: str) -> list[Declared]:
    """What sources say of an area by its written name, whether or not it is in the tree; the latest last."""
    table = core(DeclaredFact)
    query = _query().where(table.c.indicator == indicator, table.c.area_name == area_name)
    facts = [Declared(*row) for row in connection.execute(query.where(table.c.value.is_not(None)))]
    return sorted(facts, key=lambda fact: (fact.as_of or date.min, fact.source))


def _query() -> Select[Any]:
    table = core(DeclaredFact)
    return select(*(table.c[name] for name in Declared.__slots__))
