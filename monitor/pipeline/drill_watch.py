"""Drills on the writer: their presses are made when they are due, and what they leave open is put away when they end.

A drill's press enters here and nowhere else. No message from outside, whatever it says, can become one, and none that
comes in while a drill goes on is taken for one.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from device_adapters.core.contract import DeviceClass
from device_adapters.core.events import AlarmKind
from monitor.clock import Clock
from monitor.inventory.alarm_classes import AlarmClass
from monitor.inventory.prepared import AnyRow, Row
from monitor.journal import drills
from monitor.journal.database import Store
from monitor.journal.queries import alarms_by_ids
from monitor.machines.alarm import Given, step
from monitor.machines.drill import PREFIX, DrillPress, Ending, due, ending, source_of
from monitor.machines.incident import end_drill
from monitor.pipeline.alarm_log import AlarmChange, Signal, Turn, alarm_of, journal, raise_alarm
from monitor.pipeline.alarm_log import save as save_alarm
from monitor.pipeline.drill_log import script_of
from monitor.pipeline.flow import Pipeline
from monitor.pipeline.incident_log import Said, incident_of, note_call, save
from monitor.pipeline.record import Record

LOOK_EVERY_S = 0.5
OVER = "drill_over"


class DrillWatch:
    """Lives on the writer thread, and keeps nothing that the store does not: any moment may be the last."""

    def __init__(self, store: Store, pipeline: Pipeline, classes: Mapping[AlarmKind, AlarmClass], clock: Clock) -> None:
        self._store, self._pipeline, self._classes, self._clock = store, pipeline, classes, clock
        self._looked_s = float("-inf")

    def turn(self) -> None:
        """Twice a second. Raises ``StoreUnavailable``."""
        now_s = self._clock.monotonic_s()
        if now_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = now_s
        with self._store.read() as connection:
            going_on = drills.unsettled(connection)
        for drill in going_on:
            self._look_after(drill)

    def _look_after(self, drill: Row) -> None:
        now, script = self._clock.now(), script_of(drill)
        ended = drill["ending"] and Ending(drill["ending"])
        presses = [] if ended else due(script, drill["played"], now - drill["started_at"])
        if presses and now < drill["expires_at"]:
            self._press(drill, presses[0], now)
            self._look_after({**drill, "played": drill["played"] + 1})
            return
        if not ended:
            with self._store.read() as connection:
                is_answered = not drills.open_alarms_of(connection, drill["id"])
                is_answered = is_answered and not drills.open_incidents_of(connection, drill["id"])
            is_played = drill["played"] >= len(script.presses)
            ended = ending(drill["expires_at"], now, is_played=is_played, is_answered=is_answered)
        if ended:
            self._settle(drill, ended, now)

    def _press(self, drill: Row, press: DrillPress, now: datetime) -> None:
        rules, record = self._classes[press.kind], Record()
        signal = Signal(
            source=source_of(drill["id"], press.device_id),
            device_id=press.device_id,
            kind=press.kind,
            priority=rules.priority_for(DeviceClass.BELL),
            is_latching=rules.is_latching,
            raised_at=now,
            received_at=now,
            drill_id=drill["id"],
        )
        with self._store.transaction() as tx:
            change = raise_alarm(tx, signal)
            record.alarms, record.last_seq = [change], change.seq
            record.follow(note_call(tx, change, now))
            drills.note_played(tx, drill["id"], drill["played"] + 1)
            self._told(tx, record)
        self._pipeline.tell(record)

    def _settle(self, drill: Row, how: Ending, now: datetime) -> None:
        """Whatever is open of it is over: nobody has to answer for what never was."""
        record, by = Record(), drill["ended_by"] or "monitor"
        with self._store.transaction() as tx:
            if drill["ended_at"] is None:
                drills.note_ended(tx, drill["id"], how, now)
            for alarm in drills.open_alarms_of(tx, drill["id"]):
                record.alarms.append(_hush(tx, alarm, now))
            record.last_seq = record.alarms[-1].seq if record.alarms else 0
            for incident in drills.open_incidents_of(tx, drill["id"]):
                said = Said(OVER, now, by)
                record.follow(save(tx, incident, end_drill(incident_of(incident), now), said, closed_by=by))
            drills.note_settled(tx, drill["id"], now)
            self._told(tx, record)
        self._pipeline.tell(record)

    def _told(self, tx: Connection, record: Record) -> None:
        ids = {each.alarm_id for each in record.alarms}
        ids |= {alarm_id for each in record.incidents for alarm_id in each.alarm_ids}
        record.rows = alarms_by_ids(tx, sorted(ids)) if ids else {}
        self._pipeline.follow(tx, record.alarms, record.rows)


def _hush(tx: Connection, row: AnyRow, now: datetime) -> AlarmChange:
    before = alarm_of(row, is_latching=False)
    after = step(before, Given.RESTORE, at=now, by=PREFIX)
    save_alarm(tx, row["id"], after)
    return journal(tx, row, Turn(before, after, OVER, now, PREFIX))
