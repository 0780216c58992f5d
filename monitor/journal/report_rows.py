"""Gong signals and tips: logged, read, rated. ``within``: whose eyes it is for, and where they may write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, case, func, insert, select, update

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.area_tables import Area
from monitor.inventory.audit import Edit, audit
from monitor.inventory.edits import core
from monitor.inventory.territory import Territory
from monitor.journal.report_tables import GongSignalRow, TipRow
from monitor.journal.times import begin_of, end_of

_GONG, _TIP, _AREA = core(GongSignalRow), core(TipRow), core(Area)


@dataclass(frozen=True, slots=True)
class NewSignal:
    """As in ``report_tables.GongSignalRow``."""

    struck_at: datetime
    area_id: str
    place: str
    code: str
    rolls: int
    strokes: int
    meaning: str
    is_alarm: bool
    note: str | None
    logged_at: datetime
    logged_by: str


@dataclass(frozen=True, slots=True)
class NewTip:
    """As in ``report_tables.TipRow``."""

    told_at: datetime
    area_id: str
    source: str
    text: str
    logged_at: datetime
    logged_by: str


@dataclass(frozen=True, slots=True)
class TipFigures:
    """Of a period: ``rated`` and of them ``valuable``, and apart from these the ones nobody has rated."""

    rated: int
    valuable: int
    unrated: int


def log_signal(tx: Connection, new: NewSignal, within: Territory) -> Mapping[str, Any]:
    """Raises ``OutsideTerritory``, or ``Refusal`` for what has not happened yet."""
    _insist(tx, new.area_id, within)
    _refuse_future(new.struck_at, new.logged_at)
    row = tx.execute(insert(_GONG).values(asdict(new)).returning(_GONG)).mappings().one()
    by = Edit(new.logged_by, new.logged_at, "form")
    audit(tx, by, ("gong_signal", str(row["id"])), "logged", {"code": new.code, "area": new.area_id})
    return signal(tx, row["id"], within)


def log_tip(tx: Connection, new: NewTip, within: Territory) -> Mapping[str, Any]:
    """As ``log_signal``. What the tip says stays out of the audit journal, which nobody can ever clear."""
    _insist(tx, new.area_id, within)
    _refuse_future(new.told_at, new.logged_at)
    tip_id = tx.execute(insert(_TIP).values(asdict(new)).returning(_TIP.c.id)).scalar_one()
    by = Edit(new.logged_by, new.logged_at, "form")
    audit(tx, by, ("tip", str(tip_id)), "logged", {"source": new.source, "area": new.area_id})
    return tip(tx, tip_id, within)


def rate_tip(tx: Connection, tip_id: int, is_valuable: bool | None, by: Edit, within: Territory) -> Mapping[str, Any]:
    """None takes a rating back. Raises ``UnknownRecord``."""
    tip(tx, tip_id, within)
    rated = (
        {"rated_at": by.at, "rated_by": by.actor} if is_valuable is not None else {"rated_at": None, "rated_by": None}
    )
    tx.execute(update(_TIP).where(_TIP.c.id == tip_id).values(is_valuable=is_valuable, **rated))
    audit(tx, by, ("tip", str(tip_id)), "rated", {"is_valuable": is_valuable})
    return tip(tx, tip_id, within)


def place_tip(tx: Connection, tip_id: int, area_id: str, by: Edit, within: Territory) -> Mapping[str, Any]:
    """Somebody finds out what area a tip is about. Raises ``UnknownRecord``, ``OutsideTerritory`` or ``Refusal``."""
    before = tip(tx, tip_id, within)
    _insist(tx, area_id, within)
    tx.execute(update(_TIP).where(_TIP.c.id == tip_id).values(area_id=area_id))
    audit(tx, by, ("tip", str(tip_id)), "placed", {"area": area_id, "before": before["area_id"]})
    return tip(tx, tip_id, within)


def signal(connection: Connection, signal_id: int, within: Territory) -> Mapping[str, Any]:
    return dict(connection.execute(_signals(within).where(_GONG.c.id == signal_id)).mappings().one())


def tip(connection: Connection, tip_id: int, within: Territory) -> Mapping[str, Any]:
    row = connection.execute(_tips(within).where(_TIP.c.id == tip_id)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no tip {tip_id}")
    return dict(row)


def signals_page(
    connection: Connection, within: Territory, limit: int, before_id: int | None
) -> tuple[list[Mapping[str, Any]], int | None]:
    """As they were logged, newest first; and the id the next page starts below."""
    query = _signals(within).order_by(_GONG.c.id.desc()).limit(limit + 1)
    if before_id is not None:
        query = query.where(_GONG.c.id < before_id)
    rows: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return rows[:limit], (rows[limit - 1]["id"] if len(rows) > limit else None)


def tips_page(
    connection: Connection, within: Territory, limit: int, before_id: int | None, *, only_unrated: bool = False
) -> tuple[list[Mapping[str, Any]], int | None]:
    """As ``signals_page``."""
    query = _tips(within).order_by(_TIP.c.id.desc()).limit(limit + 1)
    if before_id is not None:
        query = query.where(_TIP.c.id < before_id)
    if only_unrated:
        query = query.where(_TIP.c.is_valuable.is_(None))
    rows: list[Mapping[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
    return rows[:limit], (rows[limit - 1]["id"] if len(rows) > limit else None)


def tip_figures(connection: Connection, first: date, last: date, within: Territory) -> TipFigures:
    """Told on one of these days."""
    told = _TIP.c.told_at >= begin_of(first), _TIP.c.told_at < end_of(last)
    sums = [
        func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
        for condition in (_TIP.c.is_valuable.is_not(None), _TIP.c.is_valuable.is_(True), _TIP.c.is_valuable.is_(None))
    ]
    row = connection.execute(select(*sums).where(*told, within.clause(_TIP.c.area_id))).one()
    return TipFigures(*map(int, row))


def _signals(within: Territory) -> Any:
    named = select(_GONG, _AREA.c.name.label("area_name")).outerjoin(_AREA, _AREA.c.id == _GONG.c.area_id)
    return named.where(within.clause(_GONG.c.area_id))


def _tips(within: Territory) -> Any:
    named = select(_TIP, _AREA.c.name.label("area_name")).outerjoin(_AREA, _AREA.c.id == _TIP.c.area_id)
    return named.where(within.clause(_TIP.c.area_id))


def _insist(tx: Connection, area_id: str, within: Territory) -> None:
    within.insist(area_id)
    if tx.execute(select(_AREA.c.id).where(_AREA.c.id == area_id)).first() is None:
        raise Refusal(f"there is no area {area_id}")


def _refuse_future(at: datetime, now: datetime) -> None:
    if at > now:
        raise Refusal("this lies in the future", "future")
