"""What a client has missed, from the store, for ``Last-Event-ID``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, RowMapping

from monitor.errors import UnknownRecord
from monitor.journal import device_queries, queries
from monitor.journal.times import iso, unix_ms
from monitor.web.ports import Desk, DeviceLife
from monitor.web.sse import Packet, packet, resync

MOST_TRANSITIONS = 1000


@dataclass(frozen=True, slots=True)
class Replay:
    """``packets`` bring a client from the place it asked for up to ``seq``."""

    seq: int
    packets: tuple[Packet, ...]

    def encode(self) -> bytes:
        return b"".join(missed.at(missed.seq) for missed in self.packets)


def replay(desk: Desk, since: int) -> Replay:
    """Everything after ``since``; a ``resync`` where that is too much, or a place this store never had.

    Subscribe before the call: what is committed after its look at the store comes over the feed.
    """
    with desk.read() as connection:
        latest = queries.latest_seq(connection)
        if not 0 <= since <= latest:
            return Replay(latest, (resync(latest, "unknown_position"),))
        rows = queries.transitions_since(connection, since, up_to=latest, limit=MOST_TRANSITIONS + 1)
        if len(rows) > MOST_TRANSITIONS:
            return Replay(latest, (resync(latest, "too_far_behind"),))
        if any(row["machine"] == "inventory" for row in rows):
            return Replay(latest, (resync(latest, "inventory_changed"),))
        missed = [*_alarms(connection, rows), *_tests(connection, rows), *_added(connection, rows)]
        counts = [_count(alarm, latest) for alarm in queries.open_alarms(connection)]
    missed.sort(key=lambda told: told.seq)
    return Replay(latest, (*missed, *counts, packet("devices", latest, device_columns(desk.devices_live()))))


def _alarms(connection: Connection, rows: Sequence[RowMapping]) -> list[Packet]:
    told = [row for row in rows if row["machine"] == "alarm" and row["alarm_id"] is not None]
    alarms = queries.alarms_by_ids(connection, list({row["alarm_id"] for row in told}))
    packets = []
    for row in told:
        step = {"seq": row["id"], "reason": row["reason"], "state": row["to_state"], "version": row["version"]}
        packets.append(packet("alarm", row["id"], queries.alarm_step(alarms[row["alarm_id"]], **step)))
    return packets


def _tests(connection: Connection, rows: Sequence[RowMapping]) -> list[Packet]:
    told = [row for row in rows if row["machine"] == "device" and row["reason"] == "test"]
    names = device_queries.names_by_ids(connection, {row["device_id"] for row in told})
    packets = []
    for row in told:
        device_id = row["device_id"]
        data = {"device_id": device_id, "name": names.get(device_id, device_id), "at": iso(row["at"])}
        packets.append(packet("test", row["id"], data))
    return packets


def _added(connection: Connection, rows: Sequence[RowMapping]) -> list[Packet]:
    packets = []
    for row in rows:
        if row["reason"] != "registered":
            continue
        try:
            device = device_queries.device_by_id(connection, row["device_id"])
        except UnknownRecord:
            continue  # removed since
        packets.append(packet("device_added", row["id"], device))
    return packets


def _count(alarm: Mapping[str, Any], seq: int) -> Packet:
    """Merged duplicates make no transition, so the counts of every open alarm are told again."""
    return packet("alarm_count", seq, {name: alarm[name] for name in ("id", "presses", "duplicates", "version")})


def device_columns(lives: Mapping[str, DeviceLife]) -> dict[str, list[Any]]:
    """Columns of every device's present life: heartbeats leave no transition to replay."""
    known = list(lives.items())
    return {
        "id": [device_id for device_id, _ in known],
        "state": [life.state for _, life in known],
        "since_at": [unix_ms(life.since_at) for _, life in known],
        "last_seen_at": [unix_ms(life.last_seen_at) for _, life in known],
        "battery_pct": [life.battery_pct for _, life in known],
    }
