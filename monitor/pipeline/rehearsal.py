"""A press that never was: what a start has not run yet the first real press would run, and wait for.

Its statements were built and understood by the database for the first time: a tenth of a second, at the one moment that
counts. So a start writes one press, and takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import datetime
from uuid import uuid4

import structlog

from device_adapters.core.contract import DeviceClass, Message
from device_adapters.core.events import AlarmKind, Event, EventClass
from monitor.errors import StoreUnavailable
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.lookup import KnownDevice
from monitor.inventory.tables import NATIVE
from monitor.journal.database import Store
from monitor.journal.device_states import Sighting, write_sightings
from monitor.journal.outages import outage_facts
from monitor.journal.queries import alarms_by_ids
from monitor.machines.liveness import DeviceState, Life, LifeReason
from monitor.pipeline.duty_log import DutyLog
from monitor.pipeline.flood import Flood
from monitor.pipeline.pulse import LifeChange
from monitor.pipeline.reading import Heard, Reading
from monitor.pipeline.record import Told
from monitor.pipeline.recording import Recorder

log = structlog.get_logger()

# The address of no device: a live alarm of the same bell would make another press of it.
ADDRESS = "$rehearsal"
# A press that opens an alarm, and one that rings it again.
_PRESSES = 2
# Presses come several at once, too.
NO_ALARM = 0


class _TakenBack(Exception):
    pass


def rehearse(
    store: Store, classes: Mapping[AlarmKind, AlarmClass], duties: DutyLog, device: KnownDevice | None, now: datetime
) -> None:
    """``device``: one of the inventory, None where there is none yet. Whatever fails here, the start goes on."""
    try:
        with store.transaction() as tx:
            recorder = Recorder(tx, classes, {}, {f"{NATIVE}:{ADDRESS}"}, Flood())
            if device is not None:
                _wake(recorder, device, now)
                write_sightings(tx, [Sighting(device.device_id, DeviceState.ONLINE, now, now, None)])
            for _ in range(_PRESSES):
                recorder.reading(_press(device, now))
            told = [each.alarm_id for each in recorder.record.alarms]
            rows = alarms_by_ids(tx, told)
            alarms_by_ids(tx, [*told, NO_ALARM])
            outage_facts(tx, [])
            # Its own copy: nobody was kept from being told of anything.
            copy(duties).follow(tx, recorder.record.alarms, rows, now)
            raise _TakenBack
    except _TakenBack:
        return
    except StoreUnavailable as error:
        log.warning("rehearsal_failed", reason=error.reason)
    except Exception:
        log.exception("rehearsal_failed")


def _wake(recorder: Recorder, device: KnownDevice, now: datetime) -> None:
    sighting = Sighting(device.device_id, DeviceState.ONLINE, now, now, None)
    life = Life(DeviceState.ONLINE)
    change = LifeChange(device.device_id, device.device_class, Life(), life, LifeReason.HEARD, now, now)
    recorder.life(change, f"{NATIVE}:{ADDRESS}", sighting, Told.ALONE)


def _press(device: KnownDevice | None, now: datetime) -> Reading:
    event = Event(
        event_class=EventClass.ALARM,
        address=ADDRESS,
        kind=AlarmKind.HOLD_UP,
        source_event_id=str(uuid4()),
        occurred_at=now,
    )
    message = Message(f"{DeviceClass.BELL}/{ADDRESS}", b"", now, 1)
    return Reading(NATIVE, message, (Heard(event, device),))
