"""People's acts in a virtual post, straight into the writer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from monitor.inventory.territory import EVERYWHERE
from monitor.journal.incidents import incident_row
from monitor.machines.incident import Closing, Disposition, Stage
from monitor.pipeline.alarm_log import alarm_row
from monitor.pipeline.incident_commands import Act
from monitor.pipeline.shelves import NewShelf
from monitor.scenario.virtual_monitor import VirtualMonitor


class Hands:
    """``unseen``: what was answered as nobody had seen it."""

    def __init__(self, monitor: VirtualMonitor, unseen: list[str]) -> None:
        self._monitor, self._unseen = monitor, unseen

    def acknowledge(self, alarm_id: int, version: int, by: str) -> None:
        with self._monitor.store.read() as connection:
            there = alarm_row(connection, alarm_id, EVERYWHERE)["version"]
        self._monitor.commands.acknowledge(alarm_id, version, by)
        if there != version:
            self._unseen.append(f"alarm {alarm_id} was at version {there}, and {by} had seen {version}")

    def advance(self, incident: Mapping[str, Any], stage: Stage, by: str) -> None:
        self._monitor.incidents.advance(_act(incident, by), stage)

    def close(self, incident: Mapping[str, Any], what: Disposition, note: str, by: str) -> None:
        for step_id in self._steps(incident["id"]):
            self._monitor.incidents.plan_step(_act(incident, by), step_id, is_done=True, text=None)
        closing = Closing(disposition=what, note=note, evidence="", is_commander=False)
        self._monitor.incidents.close(_act(incident, by), closing)

    def shelve(self, alarm: Mapping[str, Any], lasts_s: float, why: str, by: str) -> None:
        new = NewShelf(alarm["id"], alarm["version"], why, timedelta(seconds=lasts_s), by)
        self._monitor.set_aside.shelve(new, EVERYWHERE)

    def _steps(self, incident_id: int) -> list[str]:
        with self._monitor.store.read() as connection:
            return [each.id for each in self._monitor.incidents.steps(connection, _row(connection, incident_id))]


def _act(incident: Mapping[str, Any], by: str) -> Act:
    return Act(incident_id=incident["id"], version=incident["version"], by=by)


def _row(connection: Connection, incident_id: int) -> Mapping[Any, Any]:
    return incident_row(connection, incident_id, EVERYWHERE)
