"""What somebody at the foot of a pole needs to know before registering: whose group this is, what is there already."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from device_adapters.core.contract import DeviceClass
from monitor.inventory.area_search import AreaHit, Sought, find_areas
from monitor.inventory.area_tables import SINCE_EVER
from monitor.inventory.kinds import Level
from monitor.inventory.near_devices import Question, SerialMatch, devices_near
from monitor.inventory.near_places import Basis, Fix, places_near
from monitor.inventory.people import custodians_called
from monitor.inventory.positions import Position
from monitor.journal.times import today
from monitor.web.access import Within
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer

Latitude = Annotated[float, Query(ge=-90, le=90)]
Longitude = Annotated[float, Query(ge=-180, le=180)]
Words = Annotated[str, Query(max_length=200, description="words to look for, with or without marks")]
Limit = Annotated[int, Query(ge=1, le=50)]


class GroupNear(Answer):
    id: str
    name: str
    distance_m: float = Field(description="to the nearest thing known of the group")
    basis: Basis
    is_sure: bool = Field(description="false: let the person choose; there are no borders to go by")


class PlaceNear(Answer):
    id: str
    name: str
    kind: str
    group_id: str | None
    distance_m: float


class Ground(Answer):
    latitude: float
    longitude: float


class DeviceAround(Answer):
    name: str
    device_class: DeviceClass = Field(alias="class")
    is_high_mast: bool
    at: Ground


class PlacesNear(Answer):
    groups: list[GroupNear]
    sites: list[PlaceNear]
    establishments: list[PlaceNear]
    around: list[DeviceAround] = Field(description="devices within 120 m, for a sketch of the place")
    is_outside: bool = Field(description="outside the user's own area, as far as can be told: ask")


class NearDevice(Answer):
    id: str
    name: str
    device_class: DeviceClass = Field(alias="class")
    place: str | None
    street_address: str | None
    group_name: str | None
    serial: str | None
    distance_m: float | None
    serial_match: SerialMatch | None


class NearDevices(Answer):
    items: list[NearDevice]


class Successor(Answer):
    id: str
    name: str
    since: str


class AreaFound(Answer):
    id: str
    level: Level
    kind: str
    name: str
    official_code: str | None
    valid_from: str | None = Field(description="null: nobody knows")
    valid_to: str | None
    became: list[Successor] = Field(description="for an area that ended: what has its territory now")


class AreasFound(Answer):
    items: list[AreaFound]


class CustodianFound(Answer):
    id: str
    name: str
    kind: str
    group_id: str | None


class CustodiansFound(Answer):
    items: list[CustodianFound]


class _Asked(Answer):
    device_class: DeviceClass = Field(alias="class")
    lat: float | None = Field(default=None, ge=-90, le=90)
    lon: float | None = Field(default=None, ge=-180, le=180)
    serial: str | None = Field(default=None, max_length=100)
    is_high_mast: bool = False


def nearby_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)
    _add_near(router, desk)
    _add_search(router, desk)
    return router


def _add_near(router: APIRouter, desk: Desk) -> None:
    @router.get("/places", summary="Groups, sites and establishments near a position", response_model=PlacesNear)
    def places(
        lat: Latitude, lon: Longitude, within: Within, accuracy_m: Annotated[float, Query(ge=0, le=100_000)] = 0
    ) -> Any:
        fix = Fix(Position(lat, lon), accuracy_m, today(desk.clock.now()))
        with desk.read() as connection:
            found = asdict(places_near(connection, fix, within))
        return {**found, "around": [_renamed(each) for each in found["around"]]}

    @router.get("/devices/near", summary="Devices that may be the same one", response_model=NearDevices)
    def duplicates(asked: Annotated[_Asked, Query()], within: Within) -> Any:
        """Within 15 m and of the same class, or with the same serial number or the one beside it."""
        here = None if asked.lat is None or asked.lon is None else Position(asked.lat, asked.lon)
        question = Question(asked.device_class, here, asked.serial, asked.is_high_mast)
        with desk.read() as connection:
            found = devices_near(connection, question, within)
        return {"items": [_renamed(asdict(device)) for device in found]}


def _renamed(device: dict[str, Any]) -> dict[str, Any]:
    return {"class": device.pop("device_class"), **device}


def _add_search(router: APIRouter, desk: Desk) -> None:
    @router.get("/areas", summary="Areas by any name they ever had", response_model=AreasFound)
    def areas(within: Within, q: Words = "", level: Level | None = None, limit: Limit = 20) -> Any:
        day = today(desk.clock.now())
        with desk.read() as connection:
            hits = find_areas(connection, q, day, limit, Sought(within, level))
        return {"items": [_area(hit) for hit in hits]}

    @router.get("/custodians", summary="Who may keep a device, by name", response_model=CustodiansFound)
    def custodians(within: Within, q: Words = "", limit: Limit = 20) -> Any:
        with desk.read() as connection:
            found = custodians_called(connection, q, today(desk.clock.now()), within)
        return {"items": found[:limit]}


def _area(hit: AreaHit) -> dict[str, Any]:
    area = hit.area
    return {
        "id": area.id,
        "level": area.level,
        "kind": area.kind,
        "name": area.name,
        "official_code": area.official_code,
        "valid_from": None if area.valid_from == SINCE_EVER else area.valid_from.isoformat(),
        "valid_to": area.valid_to and area.valid_to.isoformat(),
        "became": [{"id": each.id, "name": each.name, "since": since.isoformat()} for each, since in hit.became],
    }
