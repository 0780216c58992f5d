"""``GET /api/v1/snapshot``: everything the desk shows, at one place of the feed; the deltas go on from there."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from monitor.journal import queries
from monitor.journal.device_states import states_of
from monitor.journal.times import iso, unix_ms
from monitor.web.access import Identity, identity_of
from monitor.web.ports import Desk, DeviceLife
from monitor.web.registered_columns import NAMES, Registered, RegisteredColumns
from monitor.web.schemas import REFUSALS

RECENT_ALARMS = 10
# Level 1: a third of a second less than level 6 on a city's devices, for a few bytes more.
COMPRESSION = 1
_LIVE = ("state", "since_at", "last_seen_at", "battery_pct")
NO_DEVICES: Mapping[str, Any] = {
    "devices": {name: [] for name in (*NAMES, *_LIVE)},
    "groups": {"id": [], "name": []},
}


def snapshot_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["stream"], responses=REFUSALS)
    registered = RegisteredColumns()

    @router.get("/snapshot", summary="Everything the desk shows", response_class=Response)
    def snapshot(
        request: Request,
        identity: Annotated[Identity, Depends(identity_of)],
        devices: Annotated[bool, Query(description="false: without them, for a page that shows alarms only")] = True,
    ) -> Response:
        """Devices as columns of equal length (times: Unix milliseconds or null), every alarm that is not NORMAL, the
        last ten that are. Go on with `/api/v1/stream?last_event_id=<seq>`."""
        body = orjson.dumps(build(desk, identity, registered, has_devices=devices))
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, COMPRESSION), "gzip"
        return Response(body, media_type="application/json", headers=headers)

    return router


def build(desk: Desk, identity: Identity, registered: RegisteredColumns, *, has_devices: bool = True) -> dict[str, Any]:
    user, within = identity.user, identity.territory
    with desk.read() as connection:
        # Read first, in the same moment of the store: nothing that follows is older than this.
        seq = queries.latest_seq(connection)
        devices = _devices(connection, desk, registered.of(connection, within)) if has_devices else {}
        alarms = queries.open_alarms(connection, within)
        recent = queries.closed_alarms(connection, RECENT_ALARMS, within)
    return {
        "seq": seq,
        "now": iso(desk.clock.now()),
        "post_name": desk.settings.post_name,
        "user": {"name": user.name, "role": user.role},
        **(devices or NO_DEVICES),
        "alarms": alarms,
        "recent": recent,
        "health": desk.health(),
    }


def _devices(connection: Connection, desk: Desk, known: Registered) -> dict[str, Any]:
    """Columns of equal length. Lives as memory has them; the store where it has none, as of a retired device."""
    live = desk.devices_live()
    stored = states_of(connection, [each for each in known.device_ids if each not in live])
    # A row that is missing must not take the whole desk away.
    unheard = DeviceLife("UNKNOWN", desk.clock.now(), None, None)
    lives = [live[each] if each in live else stored.get(each, unheard) for each in known.device_ids]
    columns = {
        **known.columns,
        "state": [life.state for life in lives],
        "since_at": [unix_ms(life.since_at) for life in lives],
        "last_seen_at": [unix_ms(life.last_seen_at) for life in lives],
        "battery_pct": [life.battery_pct for life in lives],
    }
    return {"devices": columns, "groups": known.groups}
