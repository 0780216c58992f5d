"""``/api/v1/falls``: the devices that go down most often."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query

from device_adapters.core.contract import DeviceClass
from monitor.journal.falls import most_falls
from monitor.web.access import Within
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answer, Moment

Days = Annotated[int, Query(ge=1, le=365)]
Limit = Annotated[int, Query(ge=1, le=500)]


class Faller(Answer):
    id: str
    device_class: DeviceClass
    name: str
    group_id: str | None
    group_name: str | None
    power_feeder: str | None
    network_provider: str | None
    falls: int
    last_at: Moment


class FallerList(Answer):
    items: list[Faller]


def falls_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["devices"], responses=REFUSALS)

    @router.get("/falls", summary="What goes down most often", response_model=FallerList)
    def falls(within: Within, days: Days = 7, limit: Limit = 50) -> Mapping[str, Any]:
        """Devices that became OFFLINE at least twice in the last days, most often first: a loose plug makes more work
        than everything else together."""
        since = desk.clock.now() - timedelta(days=days)
        with desk.read() as connection:
            return {"items": most_falls(connection, since, within, limit=limit)}

    return router
