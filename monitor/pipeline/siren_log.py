"""Sirens in a transaction: what officers ask of them, what falls due, and what the sirens say of it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog
from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import OperationalError

from device_adapters.core.orders import SirenWord
from monitor.errors import OutsideTerritory, Refusal, StoreUnavailable, UnknownRecord
from monitor.inventory.area_tables import Area
from monitor.inventory.audit import Edit, audit
from monitor.inventory.edits import core
from monitor.inventory.kinds import Level
from monitor.inventory.prepared import savepoint
from monitor.inventory.territory import Territory, territory_of
from monitor.journal import sirens
from monitor.journal.incidents import incident_row
from monitor.journal.sirens import CALL, ORDER
from monitor.machines.siren import SirenOrder, SirenState, begun, heard, needs_second, stopped

log = structlog.get_logger()
_AREA = core(Area)
_WIDE_LEVELS = frozenset(Level) - {Level.RESIDENTIAL_GROUP}


@dataclass(frozen=True, slots=True)
class SirenRules:
    """``max_on_s``: the longest an order may sound. ``wide_over``: more sirens than these need a second officer."""

    max_on_s: int
    wide_over: int
    second_within_s: float


class SirenSettings(Protocol):
    @property
    def siren_max_on_s(self) -> int: ...
    @property
    def siren_wide_over(self) -> int: ...
    @property
    def siren_second_within_s(self) -> float: ...


def siren_rules(settings: SirenSettings) -> SirenRules:
    return SirenRules(settings.siren_max_on_s, settings.siren_wide_over, settings.siren_second_within_s)


@dataclass(frozen=True, slots=True)
class NewCall:
    """Sirens by their ids, or all of an area."""

    device_ids: tuple[str, ...]
    area_id: str | None
    for_s: int
    reason: str
    by: str
    incident_id: int | None = None


def call_sirens(tx: Connection, new: NewCall, rules: SirenRules, within: Territory, now: datetime) -> RowMapping:
    """Begins at once, or waits for a second officer. Raises ``UnknownRecord`` or ``Refusal``."""
    if new.for_s > rules.max_on_s:
        raise Refusal(f"a siren may sound {rules.max_on_s} s at a time, not {new.for_s} s", "too_long")
    if new.incident_id is not None and incident_row(tx, new.incident_id, within)["drill_id"] is not None:
        raise Refusal("it is a drill: no siren sounds for it", "drill")
    chosen = _chosen(tx, new, within)
    is_wide = needs_second(
        len(chosen),
        sirens.begun_by(tx, new.by),
        is_whole_commune=_is_wide_area(tx, new.area_id),
        wide_over=rules.wide_over,
    )
    until_at = now + timedelta(seconds=rules.second_within_s) if is_wide else None
    values = {"reason": new.reason, "area_id": new.area_id, "incident_id": new.incident_id, "for_s": new.for_s}
    asked = {"is_wide": is_wide, "asked_at": now, "asked_by": new.by, "second_until_at": until_at}
    call_id = tx.execute(insert(CALL).values(**values, **asked).returning(CALL.c.id)).scalar_one()
    for device_id in chosen:
        order = SirenOrder(f"s-{call_id}-{secrets.token_hex(6)}", new.for_s, SirenState.HELD, until_at)
        order = order if is_wide else begun(order, now)
        row = {name: getattr(order, name) for name in ("order_id", "for_s", "state", "next_at", "off_due_at")}
        tx.execute(insert(ORDER).values(call_id=call_id, device_id=device_id, attempts=0, **row))
    detail = {"sirens": chosen, "for_s": new.for_s, "reason": new.reason, "is_wide": is_wide}
    audit(tx, Edit(new.by, now, "siren"), ("siren_call", str(call_id)), "asked" if is_wide else "sounded", detail)
    return sirens.call_row(tx, call_id, within)


def second_call(tx: Connection, call_id: int, by: str, within: Territory, now: datetime) -> RowMapping:
    """Another officer agrees: it begins. Raises ``UnknownRecord``, ``OutsideTerritory`` or ``Refusal``."""
    row = _own_call(tx, call_id, within)
    held = [each for each in sirens.orders_of(tx, call_id) if each["state"] == SirenState.HELD]
    if not held or row["second_until_at"] is None or now >= row["second_until_at"]:
        raise Refusal("this call waits for nobody any more: ask for it anew", "over")
    if row["asked_by"] == by:
        raise Refusal("sounding a wide area takes two officers: somebody else must agree to your call", "two_persons")
    busy = {each["device_id"] for each in sirens.begun_orders(tx, [each["device_id"] for each in held])}
    for each in held:
        order = SirenOrder.of(each)
        after = stopped(order, now) if each["device_id"] in busy else begun(order, now)
        sirens.keep_order(tx, each["id"], asdict(after))
    tx.execute(update(CALL).where(CALL.c.id == call_id).values(second_at=now, second_by=by))
    audit(tx, Edit(by, now, "siren"), ("siren_call", str(call_id)), "seconded", {"sirens": len(held)})
    return sirens.call_row(tx, call_id, within)


def stop_call(tx: Connection, call_id: int, by: str, within: Territory, now: datetime) -> RowMapping:
    """Always by one person; what stands elsewhere goes silent too. Raises ``UnknownRecord``."""
    sirens.call_row(tx, call_id, within)
    _stop(tx, sirens.orders_of(tx, call_id), now)
    tx.execute(update(CALL).where(CALL.c.id == call_id).values(stopped_at=now, stopped_by=by))
    audit(tx, Edit(by, now, "siren"), ("siren_call", str(call_id)), "stopped", {})
    return sirens.call_row(tx, call_id, within)


def stop_siren(tx: Connection, device_id: str, by: str, within: Territory, now: datetime) -> None:
    """Whatever it was told to do. Raises ``UnknownRecord``."""
    if not sirens.sounders_in(tx, within, [device_id]):
        raise UnknownRecord(f"there is no siren {device_id}")
    _stop(tx, sirens.begun_orders(tx, [device_id]), now)
    audit(tx, Edit(by, now, "siren"), ("device", device_id), "silenced", {})


def hear(tx: Connection, device_id: str, word: SirenWord, now: datetime) -> None:
    """What a siren says. A mistake in here must not take a press of the same batch with it: then the log is told."""
    try:
        with savepoint(tx):
            for row in sirens.begun_orders(tx, [device_id]):
                if word.order_id not in (None, row["order_id"]):
                    continue
                before = SirenOrder.of(row)
                after = heard(before, word.said, names_it=word.order_id is not None, now=now)
                if after != before:
                    sirens.keep_order(tx, row["id"], asdict(after))
    except (OperationalError, StoreUnavailable):
        raise
    except Exception:
        log.exception("siren_not_heard", device_id=device_id)


def _chosen(tx: Connection, new: NewCall, within: Territory) -> list[str]:
    area = None if new.area_id is None else territory_of(tx, new.area_id)
    if area is not None and not within.holds(new.area_id):
        raise UnknownRecord(f"there is no area {new.area_id}")
    found = sirens.sounders_in(tx, within, set(new.device_ids) if area is None else area)
    if lost := sorted(set(new.device_ids) - set(found)):
        raise UnknownRecord(f"there is no siren {lost[0]}")
    busy = {each["device_id"] for each in sirens.begun_orders(tx, found)}
    if not (free := [each for each in found if each not in busy]):
        raise Refusal("no siren there can be told to sound, or all of them sound already", "nothing_to_sound")
    return free


def _is_wide_area(tx: Connection, area_id: str | None) -> bool:
    level = tx.execute(select(_AREA.c.level).where(_AREA.c.id == area_id)).scalar() if area_id else None
    return level in _WIDE_LEVELS


def _own_call(tx: Connection, call_id: int, within: Territory) -> RowMapping:
    row = sirens.call_row(tx, call_id, within)
    outside = select(ORDER.c.id).where(ORDER.c.call_id == call_id, ~within.of_devices(ORDER.c.device_id))
    if not within.is_everywhere and tx.execute(outside).first() is not None:
        raise OutsideTerritory("some of its sirens stand outside your territory: whoever answers for them must agree")
    return row


def _stop(tx: Connection, rows: Sequence[RowMapping], now: datetime) -> None:
    for row in rows:
        before = SirenOrder.of(row)
        if (after := stopped(before, now)) != before:
            sirens.keep_order(tx, row["id"], asdict(after))
