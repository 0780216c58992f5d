"""``GET /api/v1/snapshot``: everything the desk shows, at one place of the feed; the deltas go on from there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from sqlalchemy import Connection

from monitor.journal import queries
from monitor.journal.device_states import states_of
from monitor.journal.times import iso, unix_ms
from monitor.web.access import Identity, identity_of
from monitor.web.ports import Desk, DeviceLife, LiveColumns
from monitor.web.registered_columns import NAMES, RegisteredColumns, beginning_of
from monitor.web.schemas import REFUSALS

RECENT_ALARMS = 10
_LIVE = ("state", "since_at", "last_seen_at", "battery_pct")
_NO_LIVES = orjson.dumps({name: [] for name in _LIVE})
_NO_DEVICES = beginning_of([[] for _ in NAMES], [])


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
        is_packed = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding"}
        if is_packed:
            headers["Content-Encoding"] = "gzip"
        told = body(desk, identity, registered if devices else None, is_packed=is_packed)
        return Response(told, media_type="application/json", headers=headers)

    return router


def body(desk: Desk, identity: Identity, registered: RegisteredColumns | None, *, is_packed: bool) -> bytes:
    """``registered`` None: without devices."""
    user, within = identity.user, identity.territory
    beginning, lives = _NO_DEVICES, _NO_LIVES
    with desk.read() as connection:
        # Read first, in the same moment of the store: nothing that follows is older than this.
        seq = queries.latest_seq(connection)
        if registered is not None:
            known = registered.of(connection, within, lambda: desk.live_columns(None).device_ids)
            beginning, lives = known.beginning, _lives(connection, desk, known.device_ids)
        alarms = queries.open_alarms(connection, within)
        recent = queries.closed_alarms(connection, RECENT_ALARMS, within)
    rest = {
        "seq": seq,
        "now": iso(desk.clock.now()),
        "post_name": desk.settings.post_name,
        "session_ends_at": identity.session and iso(identity.session.expires_at),
        "user": {"name": user.name, "role": user.role},
        "alarms": alarms,
        "recent": recent,
        "health": desk.health(),
    }
    # The devices go on where the beginning ends: in the middle of their columns.
    said = b",%b,%b" % (lives[1:], orjson.dumps(rest)[1:])
    return beginning.gzipped(said) if is_packed else beginning.plain(said)


def _lives(connection: Connection, desk: Desk, device_ids: Sequence[str]) -> bytes:
    """Columns of equal length. Lives as memory has them; the store where it has none, as of a retired device."""
    live = desk.live_columns(device_ids)
    if None in live.states:
        _fill(live, connection, desk.clock.now())
    return orjson.dumps(dict(zip(_LIVE, live[1:], strict=True)))


def _fill(live: LiveColumns, connection: Connection, now: datetime) -> None:
    unheard = [at for at, state in enumerate(live.states) if state is None]
    stored = states_of(connection, [live.device_ids[at] for at in unheard])
    for at in unheard:
        # A row that is missing must not take the whole desk away.
        life = stored.get(live.device_ids[at]) or DeviceLife("UNKNOWN", now, None, None)
        live.states[at], live.battery_pct[at] = life.state, life.battery_pct
        live.since_ms[at], live.last_seen_ms[at] = unix_ms(life.since_at), unix_ms(life.last_seen_at)
