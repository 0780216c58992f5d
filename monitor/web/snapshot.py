"""``GET /api/v1/snapshot``: everything the desk shows, at one place of the feed; the deltas go on from there."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from monitor.journal import device_queries, queries
from monitor.journal.times import iso, unix_ms
from monitor.web.access import Identity, identity_of
from monitor.web.ports import Desk, DeviceLife
from monitor.web.schemas import REFUSALS

RECENT_ALARMS = 10
# Level 1: a third of a second less than level 6 on a city's devices, for a few bytes more.
COMPRESSION = 1


def snapshot_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["stream"], responses=REFUSALS)

    @router.get("/snapshot", summary="Everything the desk shows", response_class=Response)
    def snapshot(
        request: Request,
        identity: Annotated[Identity, Depends(identity_of)],
        devices: Annotated[bool, Query(description="false: without them, for a page that shows alarms only")] = True,
    ) -> Response:
        """Devices as columns of equal length (times: Unix milliseconds or null), every alarm that is not NORMAL, the
        last ten that are. Go on with `/api/v1/stream?last_event_id=<seq>`."""
        body = orjson.dumps(build(desk, identity, has_devices=devices))
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, COMPRESSION), "gzip"
        return Response(body, media_type="application/json", headers=headers)

    return router


def build(desk: Desk, identity: Identity, *, has_devices: bool = True) -> dict[str, Any]:
    user, within = identity.user, identity.territory
    with desk.read() as connection:
        # Read first, in the same moment of the store: nothing that follows is older than this.
        seq = queries.latest_seq(connection)
        devices = device_queries.snapshot_rows(connection, within) if has_devices else []
        groups = device_queries.groups(connection, within) if has_devices else []
        alarms = queries.open_alarms(connection, within)
        recent = queries.closed_alarms(connection, RECENT_ALARMS, within)
    return {
        "seq": seq,
        "now": iso(desk.clock.now()),
        "post_name": desk.settings.post_name,
        "user": {"name": user.name, "role": user.role},
        "devices": _columns(devices, desk.devices_live() if has_devices else {}),
        "groups": {"id": [group_id for group_id, _ in groups], "name": [name for _, name in groups]},
        "alarms": alarms,
        "recent": recent,
        "health": desk.health(),
    }


def _columns(rows: Any, lives: Mapping[str, DeviceLife]) -> dict[str, list[Any]]:
    names = ("id", "class", "name", "group_id", "place", "position", "is_high_mast")
    columns: dict[str, list[Any]] = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    known = [lives.get(row.id) or DeviceLife(*row[len(names) :]) for row in rows]
    columns["state"] = [life.state for life in known]
    columns["since_at"] = [unix_ms(life.since_at) for life in known]
    columns["last_seen_at"] = [unix_ms(life.last_seen_at) for life in known]
    columns["battery_pct"] = [life.battery_pct for life in known]
    return columns
