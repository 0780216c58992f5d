"""From what one transaction changed to what the screens are told, in the order of the journal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from monitor.inventory.lookup import KnownDevice
from monitor.inventory.territory import NOWHERE
from monitor.journal.device_states import Sighting
from monitor.journal.feed import FeedEntry, place_of
from monitor.journal.queries import alarm_step
from monitor.journal.times import iso, unix_ms
from monitor.pipeline.recording import Record

Known: TypeAlias = Callable[[str], KnownDevice | None]


def entries(record: Record, lives: Sequence[Sighting], known: Known, seq: int) -> list[FeedEntry]:
    """``lives``: the devices whose state changed; ``known``: by device id; ``seq``: the newest transition."""
    told = [
        FeedEntry(
            each.seq,
            "alarm",
            # The row is as the whole batch left it; each step tells its own state.
            alarm_step(
                record.rows[each.alarm_id],
                seq=each.seq,
                reason=each.reason,
                state=each.state,
                version=each.version,
            ),
            (place_of(record.rows[each.alarm_id]),),
        )
        for each in record.alarms
    ]
    for test_seq, device_id, at in record.tests:
        device = known(device_id)
        test = {"device_id": device_id, "name": device.name if device else device_id, "at": iso(at)}
        told.append(FeedEntry(test_seq, "test", test, (device.place,) if device else ()))
    told.sort(key=lambda entry: entry.seq)
    if lives:
        told.append(devices_entry(seq, lives, known))
    for alarm_id in dict.fromkeys(record.recounted):
        row = record.rows[alarm_id]
        counts = {name: row[name] for name in ("id", "presses", "duplicates", "version")}
        told.append(FeedEntry(seq, "alarm_count", counts, (place_of(row),)))
    return told


def devices_entry(seq: int, sightings: Sequence[Sighting], known: Known) -> FeedEntry:
    """Columns of equal length, one entry a device; times in Unix milliseconds."""
    devices = (known(each.device_id) for each in sightings)
    return FeedEntry(
        seq,
        "devices",
        {
            "id": [each.device_id for each in sightings],
            "state": [each.state for each in sightings],
            "since_at": [unix_ms(each.since_at) for each in sightings],
            "last_seen_at": [unix_ms(each.last_seen_at) for each in sightings],
            "battery_pct": [each.battery_pct for each in sightings],
        },
        tuple(device.place if device else NOWHERE for device in devices),
    )
