"""Which devices fall most often: the few that make most of the work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text

from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory
from monitor.journal.tables import TransitionRow
from monitor.journal.times import iso

_DEVICE, _TRANSITION = core(Device), core(TransitionRow)
# Once is an event; only what comes again is worth a list.
FEWEST = 2


def most_falls(connection: Connection, since: datetime, within: Territory, *, limit: int) -> list[dict[str, Any]]:
    """Devices that became OFFLINE more than once since then, most often first."""
    falls = func.count(_TRANSITION.c.id)
    names = ("name", "device_class", "group_id", "group_name", "power_feeder", "network_provider")
    columns = [_DEVICE.c[name] for name in names]
    query = (
        select(_DEVICE.c.id, *columns, falls.label("falls"), func.max(_TRANSITION.c.at).label("last_at"))
        .select_from(_TRANSITION.join(_DEVICE, _DEVICE.c.id == _TRANSITION.c.device_id))
        .where(
            # As the index has it: with a value bound later the whole journal would be read.
            text("transition.to_state = 'OFFLINE'"),
            _TRANSITION.c.at >= since,
            within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id),
        )
        .group_by(_DEVICE.c.id)
        .having(falls >= FEWEST)
        .order_by(falls.desc(), _DEVICE.c.id)
        .limit(limit)
    )
    rows = connection.execute(query).mappings()
    return [{**row, "last_at": iso(row["last_at"])} for row in rows]
