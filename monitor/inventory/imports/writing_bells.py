"""Buttons of a list into the inventory, with the establishments they protect."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, select

from device_adapters.core.contract import DeviceClass
from monitor.inventory.edits import core, put_all
from monitor.inventory.imports.target import Target, changed_columns
from monitor.inventory.imports.writing_devices import add_devices, change_devices, stored_devices
from monitor.inventory.kinds import EstablishmentKind
from monitor.inventory.place_tables import Establishment
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.drafts import BellDraft
from monitor.inventory.spreadsheets.dry_run import Change, RowReport
from monitor.inventory.tables import ID

_OWN: Mapping[Column, tuple[str, str]] = {
    Column.ESTABLISHMENT_ID: ("establishment_id", "establishment_id"),
    Column.ESTABLISHMENT: ("establishment", "place"),
    Column.GROUP_ID: ("group_id", "group_id"),
    Column.BUTTON_NO: ("button_no", "button_no"),
    Column.BUTTON_POSITION: ("button_position", "position"),
    Column.SOUND_AT_SITE: ("is_silent_at_site", "is_silent_at_site"),
    Column.RINGS_AT: ("rings_at", "rings_at"),
    Column.TEST_INTERVAL_DAYS: ("test_interval_days", "test_interval_days"),
    Column.LATITUDE: ("latitude", "latitude"),
    Column.LONGITUDE: ("longitude", "longitude"),
}


def write_bells(tx: Connection, rows: Sequence[RowReport], target: Target) -> Collection[str]:
    places = _Establishments(tx)
    fresh = [_bell(draft, places.of(draft)) for draft in _drafts(rows, Change.NEW)]
    changed = [row for row in rows if row.change is Change.CHANGED]
    stored = stored_devices(tx, [row.key or "" for row in changed])
    changes = {row.key or "": _changes(row, stored[row.key or ""], places) for row in changed}
    put_all(tx, Establishment, places.fresh, target.by, keep=set(core(Establishment).c.keys()))
    put_all(tx, Establishment, places.changed, target.by)
    add_devices(tx, fresh, target)
    change_devices(tx, changes, target)
    return [row["id"] for row in fresh] + list(changes)


def _drafts(rows: Sequence[RowReport], change: Change) -> list[BellDraft]:
    return [cast(BellDraft, row.drafts[0]) for row in rows if row.change is change]


class _Establishments:
    """Found by their id, else by name and group; ``fresh`` and ``changed``: what is to be written of them."""

    def __init__(self, tx: Connection) -> None:
        table = core(Establishment)
        self._ids = {(row.name, row.group_id): row.id for row in tx.execute(select(table).order_by(table.c.id))}
        self._fresh: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, dict[str, Any]] = {}

    def of(self, draft: BellDraft) -> str:
        named = draft.establishment, draft.group_id
        own_id = draft.establishment_id or self._ids.get(named) or f"EST-{draft.device_id}"[:ID]
        self._ids.setdefault(named, own_id)
        where = {"group_id": draft.group_id, "latitude": draft.latitude, "longitude": draft.longitude}
        kind = draft.establishment_kind or EstablishmentKind.OTHER.value
        self._fresh.setdefault(own_id, {"id": own_id, "name": draft.establishment, "kind": kind, **where})
        return own_id

    def change(self, own_id: str, **values: Any) -> None:
        if values:
            self._changed.setdefault(own_id, {"id": own_id}).update(values)

    @property
    def fresh(self) -> list[dict[str, Any]]:
        return list(self._fresh.values())

    @property
    def changed(self) -> list[dict[str, Any]]:
        return list(self._changed.values())


def _bell(draft: BellDraft, establishment_id: str) -> dict[str, Any]:
    return {
        "id": draft.device_id,
        "device_class": DeviceClass.BELL.value,
        "name": _name(draft.establishment, draft.button_position),
        "alarm_kind": draft.alarm_kinds[0] if draft.alarm_kinds else None,
        "is_silent_at_site": draft.is_silent_at_site,
        "place": draft.establishment,
        "position": draft.button_position,
        "street_address": None,
        "group_id": draft.group_id,
        "area_id": None,
        "latitude": draft.latitude,
        "longitude": draft.longitude,
        "supervision_interval_s": float(draft.heartbeat_s) if draft.heartbeat_s else None,
        "establishment_id": establishment_id,
        "button_no": draft.button_no,
        "rings_at": draft.rings_at[:ID] if draft.rings_at else None,
        "test_interval_days": draft.test_interval_days,
    }


def _name(place: str, position: str | None) -> str:
    return (f"{place} – {position}" if position else place)[:200]


def _changes(row: RowReport, device: Mapping[str, Any], places: _Establishments) -> dict[str, Any]:
    draft, changed = cast(BellDraft, row.drafts[0]), changed_columns(row)
    values = {_OWN[each][1]: getattr(draft, _OWN[each][0]) for each in changed if each in _OWN}
    if Column.ALARM_KINDS in changed:
        values["alarm_kind"] = draft.alarm_kinds[0]
    if Column.HEARTBEAT_S in changed:
        values["supervision_interval_s"] = float(draft.heartbeat_s) if draft.heartbeat_s else None
    after = {**device, **values}
    if device["name"] == _name(device["place"] or "", device["position"]):
        values["name"] = _name(after["place"] or "", after["position"])
    if draft.establishment and ("establishment_id" in values or not device["establishment_id"]):
        values["establishment_id"] = places.of(draft)
    elif device["establishment_id"]:
        places.change(device["establishment_id"], **{name: getattr(draft, said) for name, said in _told(changed)})
    return values


def _told(changed: Mapping[Column, str]) -> Iterator[tuple[str, str]]:
    """What a row says of the establishment itself: (column there, what the draft calls it)."""
    if Column.ESTABLISHMENT in changed:
        yield "name", "establishment"
    if Column.ESTABLISHMENT_KIND in changed:
        yield "kind", "establishment_kind"
    if Column.GROUP_ID in changed:
        yield "group_id", "group_id"
