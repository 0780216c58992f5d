"""Device states as rows: written with each transition, and in bulk behind the heartbeats."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, literal, or_, select, update

from monitor.inventory.edits import core
from monitor.inventory.prepared import Prepared
from monitor.inventory.tables import Device
from monitor.journal.tables import DeviceStateRow

STATE = core(DeviceStateRow)
_AT_ONCE = 500


class Sighting(NamedTuple):
    """One device's state and when it was last seen. Times in UTC, battery in percent."""

    device_id: str
    state: str
    since_at: datetime
    last_seen_at: datetime | None
    battery_pct: float | None


def stored_states(connection: Connection) -> dict[str, Sighting]:
    columns = (STATE.c[name] for name in Sighting._fields)
    return {row[0]: Sighting._make(row) for row in connection.execute(select(*columns)).all()}


def states_of(connection: Connection, device_ids: Collection[str]) -> dict[str, Sighting]:
    """As ``stored_states``, of some devices."""
    ids, found = list(device_ids), {}
    for start in range(0, len(ids), _AT_ONCE):
        chosen = select(*(STATE.c[name] for name in Sighting._fields)).where(
            STATE.c.device_id.in_(ids[start : start + _AT_ONCE])
        )
        found.update({row.device_id: Sighting(*row) for row in connection.execute(chosen)})
    return found


def create_state(tx: Connection, sighting: Sighting) -> None:
    create_states(tx, [sighting])


def create_states(tx: Connection, sightings: Sequence[Sighting]) -> None:
    if sightings:
        tx.execute(insert(STATE), [sighting._asdict() for sighting in sightings])


def create_missing_states(tx: Connection, at: datetime) -> int:
    """UNKNOWN for every registered device without a state; after rows came otherwise than one by one. Returns how many.

    Without its row, what is heard of a device would be written nowhere.
    """
    device = core(Device)
    stateless = select(device.c.id, literal("UNKNOWN"), literal(at, STATE.c.since_at.type)).where(
        device.c.id.not_in(select(STATE.c.device_id))
    )
    added = insert(STATE).from_select(["device_id", "state", "since_at"], stateless)
    return tx.execute(added.execution_options(preserve_rowcount=True)).rowcount


def remove_states(tx: Connection, device_ids: Collection[str]) -> None:
    """Of devices that are in the inventory no more, as after an import was taken back."""
    if device_ids:
        tx.execute(delete(STATE).where(STATE.c.device_id == bindparam("id")), [{"id": each} for each in device_ids])


# A press that wakes its device waits for it.
_CHANGED = Prepared(update(STATE).where(STATE.c.device_id == bindparam("id")))


def write_state(tx: Connection, sighting: Sighting) -> None:
    _CHANGED.run(tx, {**sighting._asdict(), "id": sighting.device_id})


_SEEN = Prepared(
    update(STATE)
    .where(
        STATE.c.device_id == bindparam("id"),
        # Commutative on purpose: written twice, or out of order, it comes to the same.
        or_(STATE.c.last_seen_at.is_(None), STATE.c.last_seen_at < bindparam("seen_at")),
    )
    .values(last_seen_at=bindparam("seen_at"), battery_pct=bindparam("battery"))
)


def write_sightings(tx: Connection, sightings: Sequence[Sighting]) -> None:
    """Bulk last-seen times, a batch of at most a few hundred so that no press waits behind it."""
    rows = [
        {"id": each.device_id, "seen_at": each.last_seen_at, "battery": each.battery_pct}
        for each in sightings
        if each.last_seen_at is not None
    ]
    _SEEN.run_all(tx, rows)
