"""Eyes of a list of cameras, and of a list of households, into the inventory: with their sites and their keepers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Connection, select

from device_adapters.core.contract import DeviceClass
from monitor.inventory.device_records import change_lifecycle
from monitor.inventory.edits import core, put_all
from monitor.inventory.imports.keepers import Keepers
from monitor.inventory.imports.target import Target, changed_columns
from monitor.inventory.imports.writing_devices import add_devices, change_devices, stored_devices
from monitor.inventory.kinds import Conformity, Consent, Funding, Lifecycle, LocationKind
from monitor.inventory.numbering import NextIds
from monitor.inventory.place_tables import Site
from monitor.inventory.seeding_words import OWNERS
from monitor.inventory.spreadsheets.columns import Column
from monitor.inventory.spreadsheets.drafts import EyeDraft
from monitor.inventory.spreadsheets.dry_run import Change, RowReport
from monitor.inventory.tables import ID

# A changed column → (what the draft calls it, what the device calls it).
_OWN: Mapping[Column, tuple[str, str]] = {
    Column.SITE_ID: ("site_id", "site_id"),
    Column.EYE_NO: ("eye_no", "eye_no"),
    Column.GROUP_ID: ("group_id", "group_id"),
    Column.AREA_ID: ("area_id", "area_id"),
    Column.LOCATION: ("location", "place"),
    Column.LATITUDE: ("latitude", "latitude"),
    Column.LONGITUDE: ("longitude", "longitude"),
    Column.FUNDING: ("funding", "funding"),
    Column.WATCH_METHOD: ("watch_method", "watch_method"),
    Column.RETENTION_DAYS: ("retention_days", "retention_days"),
    Column.POWER_FEEDER: ("power_feeder", "power_feeder"),
    Column.CAMERA_CLASS: ("is_high_mast", "is_high_mast"),
    Column.INSTALLED_ON: ("installed_on", "installed_on"),
    Column.QCVN135: ("qcvn135", "qcvn135"),
    Column.MAKER: ("maker", "maker"),
    Column.SERIAL: ("serial", "serial"),
    Column.DIRECTION: ("direction", "position"),
    Column.CONSENT: ("consent", "consent"),
    Column.NOTE: ("note", "note"),
}


def write_eyes(tx: Connection, rows: Sequence[RowReport], target: Target) -> Collection[str]:
    keepers = Keepers(tx, target)
    fresh = [(row, cast("tuple[EyeDraft, ...]", row.drafts)) for row in rows if row.change is Change.NEW]
    sites: dict[str, dict[str, Any]] = {}
    devices: list[dict[str, Any]] = []
    ids = NextIds(tx)
    for _row, drafts in fresh:
        devices += _of_one_row(drafts, ids, keepers, sites)
    keepers.write()
    _put_sites(tx, list(sites.values()), target)
    for device in devices:
        device["area_id"] = None if device["group_id"] else device["area_id"] or target.area_id or target.within.scope
    add_devices(tx, devices, target)
    changed = [row for row in rows if row.change is Change.CHANGED]
    _change(tx, changed, keepers, target)
    return [device["id"] for device in devices] + [row.key or "" for row in changed]


def _of_one_row(
    drafts: Sequence[EyeDraft], ids: NextIds, keepers: Keepers, sites: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """All eyes of a row hang at one site, which is the first one's where the list names none."""
    found: list[dict[str, Any]] = []
    for draft in drafts:
        device_id = draft.device_id or ids.give(
            DeviceClass.CAMERA, is_high_mast=draft.is_high_mast, group_id=draft.group_id or draft.area_id
        )
        first_id = found[0]["id"] if found else device_id
        site_id = draft.site_id or f"SITE-{first_id}"[:ID]
        sites.setdefault(site_id, _site(site_id, draft))
        found.append(_eye(draft, device_id, site_id) | {"custodian_id": keepers.of(draft, first_id)})
    return found


def _site(site_id: str, draft: EyeDraft) -> dict[str, Any]:
    return {
        "id": site_id,
        "name": _where(draft) or site_id,
        "location_kind": draft.location_kind or LocationKind.OTHER.value,
        "group_id": draft.group_id,
        "latitude": draft.latitude,
        "longitude": draft.longitude,
    }


def _where(draft: EyeDraft) -> str | None:
    return draft.location or draft.street_address or draft.owner


def _eye(draft: EyeDraft, device_id: str, site_id: str) -> dict[str, Any]:
    funding = Funding(draft.funding) if draft.funding else None
    return {
        "id": device_id,
        "device_class": DeviceClass.CAMERA.value,
        "name": f"{_where(draft) or device_id} – {draft.eye_no}"[:200],
        "model": _cut(draft.camera_type, 100),
        "is_high_mast": draft.is_high_mast,
        "place": draft.location,
        "position": draft.direction,
        "street_address": draft.street_address,
        "group_id": draft.group_id,
        "area_id": draft.area_id,
        "latitude": draft.latitude,
        "longitude": draft.longitude,
        "site_id": site_id,
        "eye_no": draft.eye_no,
        "watch_method": draft.watch_method,
        "serial": _cut(draft.serial, 100),
        "maker": _cut(draft.maker, 100),
        "power_feeder": _cut(draft.power_feeder, ID),
        "funding": funding.value if funding else None,
        "owner_kind": OWNERS[funding].value if funding and funding in OWNERS else None,
        "retention_days": draft.retention_days,
        "qcvn135": draft.qcvn135 or Conformity.UNKNOWN.value,
        "consent": draft.consent or Consent.UNKNOWN.value,
        "lifecycle": (Lifecycle.ACTIVE if draft.is_active else Lifecycle.PLANNED).value,
        "installed_on": draft.installed_on,
        "recorder": _cut(draft.recorder, 100),
        "note": draft.note,
    }


def _cut(text: str | None, longest: int) -> str | None:
    return text[:longest] if text else None


def _put_sites(tx: Connection, rows: Sequence[Mapping[str, Any]], target: Target) -> None:
    """A site that is there stays as it is."""
    put_all(tx, Site, rows, target.by, keep=set(core(Site).c.keys()))


def _change(tx: Connection, rows: Sequence[RowReport], keepers: Keepers, target: Target) -> None:
    stored = stored_devices(tx, [row.key or "" for row in rows])
    changes: dict[str, dict[str, Any]] = {}
    sites: dict[str, dict[str, Any]] = {}
    consenting: list[str] = []
    for row in rows:
        device, changed = stored[row.key or ""], changed_columns(row)
        said = cast(EyeDraft, row.drafts[0])
        draft = replace(said, group_id=said.group_id or device["group_id"])
        values = {_OWN[each][1]: getattr(draft, _OWN[each][0]) for each in changed if each in _OWN}
        if Column.CUSTODIAN in changed:
            values["custodian_id"] = keepers.of(draft, device["id"])
        if "place" in values and device["name"] == f"{device['place']} – {device['eye_no']}":
            values["name"] = f"{values['place']} – {values.get('eye_no', device['eye_no'])}"[:200]
        if Column.LOCATION_KIND in changed and not (device["site_id"] or draft.site_id):
            values["site_id"] = f"SITE-{device['id']}"[:ID]
        if site_id := values.get("site_id", device["site_id"]):
            sites.setdefault(site_id, _site(site_id, draft) | {"changed": changed, "was": device})
        if draft.consent == Consent.GIVEN and device["lifecycle"] == Lifecycle.PLANNED:
            consenting.append(device["id"])
        changes[device["id"]] = values
    keepers.write()
    _change_sites(tx, sites, target)
    change_devices(tx, changes, target)
    change_lifecycle(tx, consenting, Lifecycle.ACTIVE, target.today, target.by)


def _change_sites(tx: Connection, sites: Mapping[str, dict[str, Any]], target: Target) -> None:
    """A site follows its eye where it stood just there; what the list does not change of it stays."""
    table = core(Site)
    there = {row["id"]: dict(row) for row in tx.execute(select(table).where(table.c.id.in_(sites))).mappings()}
    rows = []
    for site_id, wanted in sites.items():
        changed, was = wanted.pop("changed"), wanted.pop("was")
        if (site := there.get(site_id)) is None:
            rows.append(wanted)
            continue
        follows = {
            "name": Column.LOCATION in changed and site["name"] == was["place"],
            "location_kind": Column.LOCATION_KIND in changed,
            "group_id": Column.GROUP_ID in changed and site["group_id"] == was["group_id"],
            "latitude": Column.LATITUDE in changed and site["latitude"] == was["latitude"],
            "longitude": Column.LONGITUDE in changed and site["longitude"] == was["longitude"],
        }
        rows.append({"id": site_id, **{name: wanted[name] for name, is_so in follows.items() if is_so}})
    put_all(tx, Site, rows, target.by)
