"""What people do in a story: the alarm or incident they mean is found as they would, and the act goes where it goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import Connection, select

from monitor.drill_file import DISPOSITIONS
from monitor.errors import Refusal, VersionConflict
from monitor.inventory.edits import core
from monitor.journal.incident_tables import IncidentAlarmRow, IncidentRow
from monitor.journal.tables import AlarmRow
from monitor.machines.incident import Disposition, Stage
from simulator.scenario import acts

ALARM, INCIDENT, PART = core(AlarmRow), core(IncidentRow), core(IncidentAlarmRow)
UNSEEN = ("UNACKNOWLEDGED", "RETURNED_UNACKNOWLEDGED")
STAGES = MappingProxyType(
    {
        "verify": Stage.VERIFYING,
        "dispatch": Stage.DISPATCHED,
        "en_route": Stage.EN_ROUTE,
        "on_scene": Stage.ON_SCENE,
    }
)


class NothingToDo(Exception):
    """Nobody could do that now: there is no such alarm or incident."""


class NotRefused(Exception):
    """What was to be refused was done."""


class Handling(Protocol):
    """The ways a post is told what people do. Each raises ``Refusal`` or ``VersionConflict``."""

    def acknowledge(self, alarm_id: int, version: int, by: str) -> None: ...
    def advance(self, incident: Mapping[str, Any], stage: Stage, by: str) -> None: ...
    def close(self, incident: Mapping[str, Any], what: Disposition, note: str, by: str) -> None: ...
    def shelve(self, alarm: Mapping[str, Any], lasts_s: float, why: str, by: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Officers:
    handling: Handling

    def do(self, step: acts.AnyAct, connection: Connection) -> str:
        """What came of it. Raises ``NothingToDo``, and ``NotRefused``."""
        is_refused = getattr(step, "is_refused", False)
        try:
            self._do(step, connection)
        except (Refusal, VersionConflict) as error:
            if not is_refused:
                raise NothingToDo(str(error)) from error
            return f"refused: {error}"
        if is_refused:
            raise NotRefused("it was not refused, but done")
        return "done"

    def _do(self, step: acts.AnyAct, connection: Connection) -> None:
        match step:
            case acts.Acknowledge():
                alarm = _alarm(connection, step.device, UNSEEN if step.version is None else ())
                self.handling.acknowledge(alarm["id"], step.version or alarm["version"], step.by)
            case acts.Shelve():
                self.handling.shelve(_alarm(connection, step.device, ()), step.lasts, step.why, step.by)
            case acts.Resolve():
                incident = _incident(connection, step.device, ())
                self.handling.close(incident, DISPOSITIONS[step.classification], step.note, step.by)
            case _:
                stage = STAGES[step.do]
                self.handling.advance(_incident(connection, step.device, (Stage.NEW, stage)), stage, step.by)


def _alarm(connection: Connection, device: str | None, states: Sequence[str]) -> Mapping[str, Any]:
    """The most urgent one, and of those the first."""
    wanted = select(ALARM).where(ALARM.c.state != "NORMAL").order_by(ALARM.c.priority, ALARM.c.id)
    if device:
        wanted = wanted.where(ALARM.c.device_id == device)
    if states:
        wanted = wanted.where(ALARM.c.state.in_(states))
    found = connection.execute(wanted).mappings().first()
    if found is None:
        raise NothingToDo(f"no alarm {f'of {device} ' if device else ''}waits for it")
    return dict(found)


def _incident(connection: Connection, device: str | None, not_at: Sequence[Stage]) -> Mapping[str, Any]:
    wanted = select(INCIDENT).where(INCIDENT.c.stage.not_in((*not_at, Stage.CLOSED, Stage.MERGED)))
    if device:
        part = select(PART.c.incident_id).join(ALARM, ALARM.c.id == PART.c.alarm_id)
        wanted = wanted.where(INCIDENT.c.id.in_(part.where(ALARM.c.device_id == device)))
    found = connection.execute(wanted.order_by(INCIDENT.c.id)).mappings().first()
    if found is None:
        raise NothingToDo(f"no incident {f'of {device} ' if device else ''}waits for it")
    return dict(found)
