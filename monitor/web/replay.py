"""What a client has missed, from the store, for ``Last-Event-ID``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress
from typing import Any

from sqlalchemy import Connection, RowMapping

from monitor.errors import UnknownRecord
from monitor.inventory.territory import Territory
from monitor.journal import device_queries, queries
from monitor.journal.incidents import incident_steps
from monitor.journal.times import iso
from monitor.web.live import DEVICE_COLUMNS
from monitor.web.ports import Desk
from monitor.web.sse import Packet, packet, resync

MOST_TRANSITIONS = 1000


@dataclass(frozen=True, slots=True)
class Replay:
    """``packets`` bring a client from the place it asked for up to ``seq``."""

    seq: int
    packets: tuple[Packet, ...]

    def encode(self) -> bytes:
        return b"".join(missed.at(missed.seq) for missed in self.packets)


def replay(desk: Desk, since: int, within: Territory) -> Replay:
    """Everything after ``since`` inside a territory; a ``resync`` where that is too much, or no place of this store.

    Subscribe before the call: what is committed after its look at the store comes over the feed.
    """
    with desk.read() as connection:
        latest = queries.latest_seq(connection)
        if not 0 <= since <= latest:
            return Replay(latest, (resync(latest, "unknown_position"),))
        rows = queries.transitions_since(connection, since, within, up_to=latest, limit=MOST_TRANSITIONS + 1)
        if len(rows) > MOST_TRANSITIONS:
            return Replay(latest, (resync(latest, "too_far_behind"),))
        if any(row["machine"] == "inventory" for row in rows):
            return Replay(latest, (resync(latest, "inventory_changed"),))
        missed = [packet for tell in (_alarms, _incidents, _tests, _added) for packet in tell(connection, rows, within)]
        counts = [_count(alarm, latest) for alarm in queries.open_alarms(connection, within)]
        lives = _lives(connection, desk, within)
    missed.sort(key=lambda told: told.seq)
    return Replay(latest, (*missed, *counts, packet("devices", latest, lives)))


def _lives(connection: Connection, desk: Desk, within: Territory) -> dict[str, list[Any]]:
    """Columns of every device's present life: heartbeats leave no transition to replay."""
    inside = None if within.is_everywhere else list(device_queries.ids_within(connection, within))
    live = desk.live_columns(inside)
    is_known = [state is not None for state in live.states]
    columns: Iterable[Sequence[Any]] = live
    return {name: list(compress(column, is_known)) for name, column in zip(DEVICE_COLUMNS, columns, strict=True)}


def _alarms(connection: Connection, rows: Sequence[RowMapping], within: Territory) -> list[Packet]:
    told = [row for row in rows if row["machine"] == "alarm" and row["alarm_id"] is not None]
    alarms = queries.alarms_by_ids(connection, list({row["alarm_id"] for row in told}), within)
    packets = []
    for row in (row for row in told if row["alarm_id"] in alarms):
        step = {"seq": row["id"], "reason": row["reason"], "state": row["to_state"], "version": row["version"]}
        packets.append(packet("alarm", row["id"], queries.alarm_step(alarms[row["alarm_id"]], **step)))
    return packets


def _incidents(connection: Connection, rows: Sequence[RowMapping], _within: Territory) -> list[Packet]:
    """The rows are those of inside."""
    told = [row for row in rows if row["machine"] == "incident"]
    return [packet("incident", seq, step) for seq, step in incident_steps(connection, told)]


def _tests(connection: Connection, rows: Sequence[RowMapping], within: Territory) -> list[Packet]:
    told = [row for row in rows if row["machine"] == "device" and row["reason"] == "test"]
    names = device_queries.names_by_ids(connection, {row["device_id"] for row in told}, within)
    packets = []
    for row in told:
        device_id = row["device_id"]
        data = {"device_id": device_id, "name": names.get(device_id, device_id), "at": iso(row["at"])}
        packets.append(packet("test", row["id"], data))
    return packets


def _added(connection: Connection, rows: Sequence[RowMapping], within: Territory) -> list[Packet]:
    packets = []
    for row in rows:
        if row["reason"] != "registered":
            continue
        try:
            device = device_queries.device_by_id(connection, row["device_id"], within)
        except UnknownRecord:
            continue  # removed since
        packets.append(packet("device_added", row["id"], device))
    return packets


def _count(alarm: Mapping[str, Any], seq: int) -> Packet:
    """Merged duplicates make no transition, so the counts of every open alarm are told again."""
    return packet(
        "alarm_count", seq, {name: alarm[name] for name in ("id", "presses", "duplicates", "version", "outage")}
    )
