"""``/api/v1/devices``: the inventory, with each device's life as it is now. ``/api/v1/quarantine``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from device_adapters.core.contract import DeviceClass
from monitor.inventory.kinds import Lifecycle
from monitor.journal import clearing, device_queries, queries
from monitor.journal.clearing import QUARANTINE_FLOOD, QUARANTINE_KEPT
from monitor.journal.device_search import DeviceFinder, DeviceQuestion, Facet, SortBy
from monitor.journal.times import iso
from monitor.machines.liveness import DeviceState
from monitor.web.access import QUARANTINE_ROLES, Within, everywhere_only
from monitor.web.cursors import id_from_cursor, keys_from_cursor, keys_to_cursor, to_cursor
from monitor.web.device_schemas import Device, DevicePage
from monitor.web.ports import Desk, DeviceLife
from monitor.web.schemas import (
    AREA_PATTERN,
    REFUSALS,
    Answers,
    DeviceId,
    Failure,
    QuarantinePage,
)

Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=200)]


def devices_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)
    _add_reading(router, desk)
    _add_quarantine(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("/devices", summary="Devices, retired ones too", response_model=DevicePage)
    def devices(
        question: Annotated[DeviceQuestion, Depends(_question)],
        within: Within,
        limit: Limit = 100,
        cursor: Annotated[str | None, Query(max_length=2_000)] = None,
    ) -> Mapping[str, Any]:
        """In order of id; where something is looked for, in the order of `/inventory`: as written comes first."""
        with desk.read() as connection:
            finder = DeviceFinder(connection, question, within, desk.clock.now())
            ids, last = finder.walk(limit, keys_from_cursor(cursor, finder.depth))
            items = device_queries.devices_by_ids(connection, ids, within)
        lives = desk.lives_of(ids)
        return {"items": [with_life(item, lives.get(item["id"])) for item in items], "next": keys_to_cursor(last)}

    unknown: Answers = {404: {"model": Failure, "description": "No such device"}}

    @router.get("/devices/{device_id}", summary="One device", response_model=Device, responses=unknown)
    def device(device_id: DeviceId, within: Within) -> Mapping[str, Any]:
        with desk.read() as connection:
            found = device_queries.device_by_id(connection, device_id, within)
        return with_life(found, desk.lives_of([device_id]).get(device_id))


def _question(
    q: Annotated[str, Query(max_length=200, description="as in `/inventory`")] = "",
    device_class: Annotated[DeviceClass | None, Query(alias="class")] = None,
    state: DeviceState | None = None,
    area: Annotated[str | None, Query(pattern=AREA_PATTERN, description="a group, or any area above it")] = None,
) -> DeviceQuestion:
    # An eye on a high mast is a camera here and counted apart there.
    kinds = ("camera", "mast") if device_class is DeviceClass.CAMERA else (device_class,)
    chosen = {Facet.KIND: kinds, Facet.STATE: (state,), Facet.AREA: (area,)}
    given = {facet: tuple(filter(None, values)) for facet, values in chosen.items()}
    sort = SortBy.RELEVANCE if q.strip() else SortBy.ID
    return DeviceQuestion(q, given | {Facet.LIFECYCLE: tuple(Lifecycle)}, sort)


def _add_quarantine(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/quarantine",
        summary="Messages not understood, newest first",
        response_model=QuarantinePage,
        dependencies=[Depends(everywhere_only(QUARANTINE_ROLES))],
    )
    def quarantine(limit: Annotated[int, Query(ge=1, le=500)] = 50, cursor: Cursor = None) -> Mapping[str, Any]:
        with desk.read() as connection:
            items, next_id = queries.quarantine_page(connection, limit=limit, before_id=id_from_cursor(cursor))
            gone = clearing.cleared(connection)
        counts = {"cleared": gone.get(QUARANTINE_KEPT, 0), "only_counted": gone.get(QUARANTINE_FLOOD, 0)}
        return {"items": items, "next": to_cursor(next_id), **counts}


def with_life(device: Mapping[str, Any], life: DeviceLife | None) -> Mapping[str, Any]:
    """The store is written behind by up to a second; what the writer has in memory is newer."""
    if life is None:
        return device
    return {
        **device,
        "state": life.state,
        "since_at": iso(life.since_at),
        "last_seen_at": iso(life.last_seen_at),
        "battery_pct": life.battery_pct,
    }
