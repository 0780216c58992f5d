"""Duties in the transaction of the turns that make them due: whoever commits the ring commits whom it must be told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeAlias

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from monitor.errors import StoreUnavailable
from monitor.inventory.prepared import savepoint
from monitor.inventory.role_numbers import scopes_of
from monitor.journal import duties
from monitor.machines import escalation
from monitor.machines.alarm import AlarmState
from monitor.machines.escalation import Course, Due, Recipient, Step
from monitor.machines.roster import Watch
from monitor.notify.plan import NOBODY, Plan
from monitor.notify.wording import facts_of, text_of
from monitor.pipeline.alarm_log import AlarmChange
from monitor.pipeline.dispatch_duties import tell_of_dispatch
from monitor.pipeline.duty_ways import resolved, row_of
from monitor.pipeline.end_duties import tell_of_ends
from monitor.pipeline.incident_log import IncidentChange
from monitor.pipeline.roster import told_at, watches_for

log = structlog.get_logger()

# Alarms as they are told, by their ids.
Told: TypeAlias = Mapping[int, dict[str, Any]]
# What officers did about incidents.
Acts: TypeAlias = Sequence[IncidentChange]


class DutyLog:
    """The last step of each transaction that turns alarms."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.failed_at: datetime | None = None  # when duties could last not be written

    @property
    def roles(self) -> list[str]:
        """Whom the chains name, whoever is told first before the others."""
        return self._plan.roles

    def follow(
        self, tx: Connection, changes: Sequence[AlarmChange], alarms: Told, now: datetime, acts: Acts = ()
    ) -> None:
        """``alarms``: those that changed, as the transaction leaves them and as they are told.

        A mistake in here must not take the ring with it, nor one about an end take the calls for help: it is our own
        fault then, which the desk is told.
        """
        turned = [change for change in changes if not (change.before == change.state == "UNACKNOWLEDGED")]
        if turned:
            self._guarded(tx, partial(self._follow, tx, turned, alarms, now), now)
        if acts:
            self._guarded(tx, partial(tell_of_dispatch, tx, (self._plan, acts), alarms, now), now)
        if any(alarm["state"] == AlarmState.NORMAL for alarm in alarms.values()):
            self._guarded(tx, partial(tell_of_ends, tx, turned, alarms, now), now)

    def _guarded(self, tx: Connection, work: Callable[[], None], now: datetime) -> None:
        try:
            with savepoint(tx):
                work()
        except (OperationalError, StoreUnavailable):
            raise
        except Exception:
            self.failed_at = now
            log.exception("duties_not_written")

    def _follow(self, tx: Connection, changes: Sequence[AlarmChange], alarms: Told, now: datetime) -> None:
        stopped: dict[int, None] = {}
        for change in changes:
            course = self._course(tx, change)
            if course is Course.STOP:
                stopped[change.alarm_id] = None
            elif course is Course.START:
                duties.stop(tx, [*stopped], now)
                stopped.clear()
                self._start(tx, change, alarms[change.alarm_id], now)
        duties.stop(tx, [*stopped], now)

    def _course(self, tx: Connection, change: AlarmChange) -> Course:
        is_asked = change.before == "RETURNED_UNACKNOWLEDGED"
        is_waiting = is_asked and duties.has_waiting(tx, change.alarm_id)
        return escalation.course(change.before, change.state, is_waiting=is_waiting)

    def _start(self, tx: Connection, change: AlarmChange, alarm: Mapping[str, Any], now: datetime) -> None:
        if not self._plan.rings(change.kind):
            return
        scopes = scopes_of(tx, (alarm["group_id"], alarm["area_id"]))
        chain = escalation.chain_at(change.kind, scopes, self._plan.elsewhere, self._plan.chains)
        # What is proven to be over a day old is for the record.
        if not chain or not alarm["is_audible"]:
            return
        rung_at = datetime.fromisoformat(alarm["rung_at"])
        watches, code = watches_for(tx, chain, scopes, rung_at), duties.alarm_code(alarm)
        steps = sorted(chain, key=lambda each: each.after_s)
        dues = [due for step in steps for due in self._dues(tx, step, (watches, scopes), alarm)]
        duties.add_duties(tx, [self._row(due, alarm, code, now) for due in dues])

    def _dues(
        self, tx: Connection, step: Step, on_duty: tuple[Sequence[Watch], Sequence[str]], alarm: Mapping[str, Any]
    ) -> list[Due]:
        rung_at = datetime.fromisoformat(alarm["rung_at"])
        told = self._plan.roster.get(step.role, ())
        standing = told_at(*on_duty, step.role, told, rung_at + timedelta(seconds=step.after_s))

        def found(recipients: Sequence[Recipient]) -> list[Due]:
            planned = escalation.duties((step,), {step.role: recipients}, rung_at)
            return [each for due in planned for each in resolved(tx, due, alarm)]

        # Whoever stands duty and can be reached by no way at all leaves those of the settings.
        return found(standing) or found(told)

    @staticmethod
    def _row(due: Due, alarm: Mapping[str, Any], code: str, now: datetime) -> dict[str, Any]:
        said = {"text": text_of(alarm, code, due), "facts": facts_of(alarm)}
        return {**row_of(due, alarm, code, now), **said, "is_stopped_by_ack": due.step.is_stopped}


NO_DUTIES = DutyLog(NOBODY)
