"""What the web asks of the monitor, answered from its parts: commands on the one writer, figures from memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection

from monitor.broker_keeper import BrokerKeeper
from monitor.ingest.intake import Intake
from monitor.inventory.action_plans import PlanStep
from monitor.inventory.territory import Territory
from monitor.journal.database import Store
from monitor.machines.discipline import Rules
from monitor.notify.dispatcher import Dispatcher
from monitor.notify.zalo_authorise import ZaloAuthorisation
from monitor.notify.zalo_hook import ZaloHook
from monitor.pipeline.bell_tests import Acted
from monitor.pipeline.commands import Commands
from monitor.pipeline.duty_log import DutyLog
from monitor.pipeline.duty_screens import DutyScreens
from monitor.pipeline.flow import Pipeline
from monitor.pipeline.incident_commands import IncidentCommands
from monitor.pipeline.layer_watch import LayerWatch
from monitor.pipeline.set_aside import SetAside
from monitor.pipeline.supervision import Supervisor
from monitor.readiness import Readiness
from monitor.self_watch import SelfWatch
from monitor.web.ports import ChannelState, DeviceLife, LiveColumns, NewReceipt, as_far_as_known

T = TypeVar("T")


class Asked:
    """``web.ports.Desk``, but for its clock and its settings. Whoever builds the parts inherits from it."""

    store: Store
    intake: Intake
    pipeline: Pipeline
    supervisor: Supervisor
    watch: SelfWatch
    readiness: Readiness
    keeper: BrokerKeeper
    dispatcher: Dispatcher
    duties: DutyLog
    screens: DutyScreens
    commands: Commands
    incidents: IncidentCommands
    layers: LayerWatch
    set_aside: SetAside
    authorisation: ZaloAuthorisation | None
    hook: ZaloHook | None

    def read(self) -> AbstractContextManager[Connection]:
        return self.store.read()

    async def acknowledge(self, alarm_id: int, version: int, user: str, within: Territory) -> Mapping[str, Any]:
        return await self._on_writer(lambda: self.commands.acknowledge(alarm_id, version, user, within))

    async def close(self, alarm_id: int, version: int, user: str, within: Territory) -> Mapping[str, Any]:
        return await self._on_writer(lambda: self.commands.close(alarm_id, version, user, within))

    async def receipt(self, alarm_id: int, receipt: NewReceipt, user: str, within: Territory) -> None:
        await self._on_writer(lambda: self.commands.receipt(alarm_id, asdict(receipt), user, within))
        self.screens.receipt(alarm_id, asdict(receipt))

    async def change(self, work: Callable[[Connection, datetime], T], user: str) -> T:
        return await self._on_writer(lambda: self._told_to_broker(self.commands.change(work, user)))

    async def bell_test(self, work: Callable[[Connection, datetime], Acted]) -> int:
        return await self._on_writer(lambda: self.commands.bell_tests.act(work))

    async def write(self, work: Callable[[Connection], T]) -> T:
        return await self._on_writer(lambda: self.commands.write(work))

    def latest_seq(self) -> int:
        return self.pipeline.seq

    def lives_of(self, device_ids: Iterable[str]) -> Mapping[str, DeviceLife]:
        found = {each.device_id: DeviceLife(*each[1:]) for each in self.supervisor.sightings(device_ids)}
        return as_far_as_known(found, self.watch.fault.blind_since_at)

    def working(self) -> frozenset[str] | None:
        return None if self.watch.fault.blind_since_at else self.supervisor.working()

    def live_columns(self, device_ids: Sequence[str] | None) -> LiveColumns:
        chosen = self.supervisor.ids() if device_ids is None else device_ids
        return LiveColumns(chosen, *self.supervisor.columns(chosen))

    def duty_roles(self) -> Sequence[str]:
        return self.duties.roles

    def channels(self) -> Mapping[str, ChannelState]:
        return {
            name: ChannelState(each.kind, each.fault, each.answered_at, each.tested_at, each.quota)
            for name, each in self.dispatcher.health.all().items()
        }

    def test_channel(self, name: str) -> None:
        self.dispatcher.health.test(name)

    def zalo(self) -> ZaloAuthorisation | None:
        return self.authorisation

    def zalo_hook(self) -> ZaloHook | None:
        return self.hook

    def health(self) -> dict[str, Any]:
        """Whether a press can be taken now, and what stands in the way."""
        return self.readiness.show()

    async def on_incidents(self, work: Callable[[IncidentCommands], T]) -> T:
        return await self._on_writer(lambda: work(self.incidents))

    async def on_layers(self, work: Callable[[LayerWatch], None]) -> None:
        await self._on_writer(lambda: work(self.layers))

    @property
    def discipline(self) -> Rules:
        return self.set_aside.rules

    async def on_set_aside(self, work: Callable[[SetAside], T]) -> T:
        return await self._on_writer(lambda: work(self.set_aside))

    def plan_of(self, connection: Connection, incident: Mapping[str, Any]) -> list[PlanStep]:
        return self.incidents.steps(connection, incident)

    async def _on_writer(self, command: Callable[[], T]) -> T:
        return await asyncio.wrap_future(self.intake.submit(command))

    def _told_to_broker(self, result: T) -> T:
        """Whoever was registered, retired, issued or revoked by it: the keeper looks for itself."""
        self.keeper.nudge()
        return result
