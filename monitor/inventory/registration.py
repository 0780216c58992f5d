"""The one way a single device comes into the inventory, and the same request only once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from itertools import count
from typing import Any

import orjson
from sqlalchemy import Connection, and_, func, insert, or_, select
from sqlmodel import SQLModel

from device_adapters.core.registry import adapters
from monitor.errors import Refusal
from monitor.inventory.area_tables import Area
from monitor.inventory.device_moves import SEARCHED
from monitor.inventory.device_records import given_up
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit, core, journal_new, put
from monitor.inventory.folding import search_text
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.numbering import next_id
from monitor.inventory.people_tables import Custodian
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.registration_tables import RegistrationRequest
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

_DEVICE = core(Device)
_REQUEST = core(RegistrationRequest)
_NAMED: Mapping[str, type[SQLModel]] = {
    "area_id": Area,
    "site_id": Site,
    "establishment_id": Establishment,
    "parent_id": Device,
    "custodian_id": Custodian,
}


@dataclass(frozen=True, slots=True)
class Registered:
    """``is_new``: false where the same request had made it before."""

    device_id: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class RegistrationSent:
    """One press of "send": ``id`` is the phone's own, ``said`` what it sent, as it was sent.

    A phone may send it again weeks later. What is compared is therefore the words of the request, and not what a
    release has made of them: a field added since would make the same request another one.
    """

    id: str
    said: Mapping[str, Any]

    @property
    def digest(self) -> str:
        return hashlib.sha256(orjson.dumps(dict(self.said), option=orjson.OPT_SORT_KEYS)).hexdigest()


def register_once(
    tx: Connection, request: RegistrationSent, draft: DeviceDraft, by: Edit, within: Territory
) -> Registered:
    """As ``register``; a request that comes again, after any time, finds what it made the first time.

    Raises ``Refusal`` too where the id was another's, or asked for something else.
    """
    known = tx.execute(select(_REQUEST).where(_REQUEST.c.id == request.id)).mappings().first()
    if known is None:
        device_id = register(tx, draft, by, within)
        answered = {"id": request.id, "user_name": by.actor, "digest": request.digest}
        tx.execute(insert(_REQUEST).values(answered | {"device_id": device_id, "at": by.at}))
        return Registered(device_id, is_new=True)
    if (known["user_name"], known["digest"]) != (by.actor, request.digest):
        raise Refusal(f"the request id {request.id} was used for another registration")
    return Registered(known["device_id"], is_new=False)


def register(tx: Connection, draft: DeviceDraft, by: Edit, within: Territory) -> str:
    """The device's id. Raises ``Refusal`` where its id or address is taken, or it names what is not there, and
    ``OutsideTerritory`` where it would stand elsewhere."""
    within.insist(draft.group_id, draft.area_id)
    row = asdict(draft)
    new_place = row.pop("location_kind"), row.pop("establishment_kind")
    row["id"] = draft.id or next_id(
        tx, draft.device_class, is_high_mast=draft.is_high_mast, group_id=draft.group_id or draft.area_id
    )
    row["address"] = as_spoken(row["adapter"], draft.address or row["id"])
    check_named(tx, row, within)
    free_address(tx, row, by, within)
    row |= _new_places(tx, row, new_place, by)
    row |= {"registered_at": by.at, "group_name": row["group_name"] or group_name(tx, row["group_id"])}
    row["search_text"] = search_text(*(row[name] for name in SEARCHED))
    tx.execute(insert(_DEVICE).values(row))
    journal_new(tx, Device, row, by)
    return str(row["id"])


def as_spoken(adapter: str, address: str) -> str:
    """As its family writes it: a label says it in capitals perhaps, and what is heard is compared to the letter."""
    family = adapters().get(adapter)
    return family.canonical(address) if family else address


def check_named(tx: Connection, row: Mapping[str, Any], within: Territory) -> None:
    """Raises ``Refusal`` where a row names a site, a custodian, a gateway… that is not there, or elsewhere."""
    for column, model in _NAMED.items():
        if not (wanted := row.get(column)):
            continue
        columns = core(model).c
        inside = within.clause(columns.id if model is Area else columns.group_id, columns.get("area_id"))
        if tx.execute(select(columns.id).where(columns.id == wanted, inside)).first() is None:
            raise Refusal(f"there is no {column.removesuffix('_id')} {wanted}")


def free_address(tx: Connection, row: Mapping[str, Any], by: Edit, within: Territory) -> None:
    """Raises ``Refusal`` where another has the id or the address. A retired device gives its address up, but no row of
    another territory is written for it."""
    is_there = and_(_DEVICE.c.adapter == row["adapter"], _DEVICE.c.address == row["address"])
    same = select(_DEVICE).where(or_(_DEVICE.c.id == row["id"], is_there))
    for owner in tx.execute(same).mappings().all():
        if owner["id"] == row["id"]:
            raise Refusal(f"a device with the id {row['id']!r} is registered already")
        is_inside = within.holds(owner["group_id"], owner["area_id"])
        if owner["lifecycle"] != Lifecycle.RETIRED or not is_inside:
            whose = f" by {owner['id']}" if is_inside else ""
            raise Refusal(f"the {row['adapter']} address {row['address']!r} is taken{whose}")
        put(tx, Device, {"id": owner["id"], "address": given_up(owner["address"], owner["id"])}, by)


def group_name(tx: Connection, group_id: str | None) -> str | None:
    name: str | None = tx.execute(select(core(Area).c.name).where(core(Area).c.id == group_id)).scalar()
    return name


def _new_places(
    tx: Connection, row: Mapping[str, Any], kinds: tuple[str | None, str | None], by: Edit
) -> dict[str, Any]:
    """The site or establishment it stands at, made where it names none, and its number there."""
    location_kind, establishment_kind = kinds
    where = {"group_id": row["group_id"], "latitude": row["latitude"], "longitude": row["longitude"]}
    found = dict(row)
    if location_kind and not row["site_id"]:
        found["site_id"] = _free_id(tx, Site, f"SITE-{row['id']}")
        name = row["place"] or row["name"]
        put(tx, Site, {"id": found["site_id"], "name": name, "location_kind": location_kind, **where}, by)
    if establishment_kind and not row["establishment_id"]:
        found["establishment_id"] = _free_id(tx, Establishment, f"EST-{row['id']}")
        who = {"id": found["establishment_id"], "name": row["place"] or row["name"], "kind": establishment_kind}
        put(tx, Establishment, {**who, **where, "street_address": row["street_address"]}, by)
    return {
        "site_id": found["site_id"],
        "establishment_id": found["establishment_id"],
        "eye_no": row["eye_no"] or _next_number(tx, "eye_no", "site_id", found["site_id"]),
        "button_no": row["button_no"] or _next_number(tx, "button_no", "establishment_id", found["establishment_id"]),
    }


def _free_id(tx: Connection, model: type[SQLModel], wanted: str) -> str:
    """Never one that is there already: it is another's place, perhaps in another territory."""
    column, tries = core(model).c.id, (wanted[:60] + (f"-{number}" if number > 1 else "") for number in count(1))
    return next(each for each in tries if tx.execute(select(column).where(column == each)).first() is None)


def _next_number(tx: Connection, number: str, place: str, place_id: str | None) -> int | None:
    if place_id is None:
        return None
    highest = tx.execute(select(func.max(_DEVICE.c[number])).where(_DEVICE.c[place] == place_id)).scalar()
    return int(highest or 0) + 1
