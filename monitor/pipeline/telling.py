"""From what one transaction changed to what the screens are told, in the order of the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from monitor.inventory.lookup import KnownDevice
from monitor.inventory.territory import NOWHERE, Territory
from monitor.journal.device_states import Sighting
from monitor.journal.feed import FeedEntry, place_of
from monitor.journal.outages import OUR_OWN, OutageFacts, outage_json
from monitor.journal.queries import alarm_step
from monitor.journal.times import iso, unix_ms
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.incident_log import IncidentChange
from monitor.pipeline.record import Record

Known: TypeAlias = Callable[[str], KnownDevice | None]


def entries(record: Record, lives: Sequence[Sighting], known: Known, seq: int) -> list[FeedEntry]:
    """``lives``: the devices whose state changed; ``known``: by device id; ``seq``: the newest transition."""
    told = [_alarm_entry(record, change) for change in record.alarms]
    for each in record.tests:
        device = known(each.device_id)
        test = {"device_id": each.device_id, "name": each.name, "at": iso(each.at)}
        told.append(FeedEntry(each.seq, "test", test, (device.place,) if device else ()))
    told += [_incident_entry(record, change) for change in record.incidents]
    told.sort(key=lambda entry: entry.seq)
    if lives:
        told.append(devices_entry(seq, lives, known))
    told += [count_entry(seq, record.rows[alarm_id]) for alarm_id in dict.fromkeys(record.recounted)]
    return told


def _alarm_entry(record: Record, change: AlarmChange) -> FeedEntry:
    row = record.rows[change.alarm_id]
    # The row is as the whole batch left it; each step tells its own state.
    step = alarm_step(row, seq=change.seq, reason=change.reason, state=change.state, version=change.version)
    facts = record.outages.get(change.alarm_id)
    places = None if change.source == OUR_OWN else (place_of(row),)
    return FeedEntry(change.seq, "alarm", step, places, _tailored(step, facts))


def _incident_entry(record: Record, change: IncidentChange) -> FeedEntry:
    places = tuple(place_of(record.rows[each]) for each in change.alarm_ids if each in record.rows)
    return FeedEntry(change.seq, "incident", change.told, places)


def count_entry(seq: int, row: Mapping[str, Any], facts: OutageFacts | None = None) -> FeedEntry:
    """Counts of an alarm that changed while nothing else did."""
    counts = {name: row[name] for name in ("id", "presses", "duplicates", "version", "outage")}
    return FeedEntry(seq, "alarm_count", counts, (place_of(row),), _tailored(counts, facts))


def _tailored(
    told: Mapping[str, Any], facts: OutageFacts | None
) -> Callable[[Territory], Mapping[str, Any] | None] | None:
    return None if facts is None else partial(_within, told, facts)


def _within(told: Mapping[str, Any], facts: OutageFacts, territory: Territory) -> Mapping[str, Any] | None:
    """Of an outage each is told as much as lies inside."""
    outage = outage_json(facts, territory)
    return None if outage is None else {**told, "outage": outage}


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
