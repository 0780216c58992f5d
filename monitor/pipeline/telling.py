"""From what one transaction changed to what the screens are told, in the order of the journal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from monitor.journal.device_states import Sighting
from monitor.journal.feed import FeedEntry
from monitor.journal.queries import alarm_step
from monitor.journal.times import iso, unix_ms
from monitor.pipeline.recording import Record


def entries(record: Record, lives: Sequence[Sighting], names: Mapping[str, str], seq: int) -> list[FeedEntry]:
    """``lives``: the devices whose state changed; ``names``: device id → name; ``seq``: the newest transition."""
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
        )
        for each in record.alarms
    ]
    for test_seq, device_id, at in record.tests:
        name = names.get(device_id, device_id)
        told.append(FeedEntry(test_seq, "test", {"device_id": device_id, "name": name, "at": iso(at)}))
    told.sort(key=lambda entry: entry.seq)
    if lives:
        told.append(devices_entry(seq, lives))
    for alarm_id in dict.fromkeys(record.recounted):
        counts = {name: record.rows[alarm_id][name] for name in ("id", "presses", "duplicates", "version")}
        told.append(FeedEntry(seq, "alarm_count", counts))
    return told


def devices_entry(seq: int, sightings: Sequence[Sighting]) -> FeedEntry:
    """Columns of equal length, one entry a device; times in Unix milliseconds."""
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
    )
