"""A small post for the web's tests: a real store, real writes, the real feed; only the broker side is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, insert
from sqlalchemy.exc import IntegrityError

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal
from monitor.inventory.action_plans import PlanStep, read_action_plans
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.inventory.changes import last_edit, touched_since
from monitor.inventory.device_index import index_devices
from monitor.inventory.edits import core
from monitor.inventory.folding import search_text
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal import accounts, device_queries, queries
from monitor.journal.accounts import Role
from monitor.journal.database import Store
from monitor.journal.device_states import stored_states
from monitor.journal.feed import FeedEntry
from monitor.journal.tables import DeviceStateRow, QuarantineRow, ReceiptRow, TransitionRow, UserRow
from monitor.journal.times import unix_ms
from monitor.machines.alarm import AlarmState, Given
from monitor.machines.discipline import Rules
from monitor.machines.duty_screen import Patience
from monitor.machines.liveness import WORKING
from monitor.notify.plan import read_plan, with_layers
from monitor.own_figures import OwnFigures
from monitor.pipeline.alarm_log import AlarmChange, OfficerAct, Signal, alarm_row, apply_act, raise_alarm, restore_alarm
from monitor.pipeline.bell_test_watch import bell_test_entry
from monitor.pipeline.bell_tests import Acted
from monitor.pipeline.duty_screens import DutyScreens
from monitor.pipeline.incident_commands import IncidentCommands
from monitor.pipeline.incident_log import Said, note_acknowledged, note_call
from monitor.pipeline.layer_watch import LayerWatch
from monitor.pipeline.set_aside import SetAside
from monitor.settings import Settings, action_plans_file, alarm_classes_file, layers_file, plan_files
from monitor.web.live import Feed
from monitor.web.ports import ChannelState, DeviceLife, Frame, LiveColumns, NewReceipt
from tests.empty_store import empty_store
from tests.fakes import FakeClock
from tests.monitor.web.nobody import Nobody
from tests.monitor.web.zalo_asked import ZaloAsked

T = TypeVar("T")
PASSWORD = "a long password"


@cache
def _password_hash() -> str:
    return accounts.hash_password(PASSWORD)  # slow on purpose: once for all tests is enough


class Post(ZaloAsked):
    """A desk whose buttons are pressed by the test."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.settings = Settings(post_name="Công an phường")
        self.feed = Feed()
        self.is_ready, self.is_blind = True, False
        self.lives: dict[str, DeviceLife] = {}
        self.tested_at: datetime | None = None
        self.store = Store(empty_store(folder / "post.sqlite3"))
        self.screens = DutyScreens(self.clock, Patience(3, 60))
        self._classes = read_alarm_classes(alarm_classes_file())
        plans = read_action_plans(action_plans_file(alarm_classes_file()))
        self.incidents = IncidentCommands(self.store, Nobody(), self._classes, plans, self.clock)
        telling = with_layers(read_plan(*plan_files()), layers_file(plan_files()[1]))
        self.layers = LayerWatch(self.store, Nobody(), telling, self.clock)

    # -- what the web asks -------------------------------------------------------------------------------------------

    def read(self) -> AbstractContextManager[Connection]:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return self.store.read()
        raise AssertionError("the store is read on the event loop: every screen would wait for the disk")

    async def acknowledge(self, alarm_id: int, version: int, user: str, within: Territory) -> Mapping[str, Any]:
        return self.act(alarm_id, version, user, Given.ACKNOWLEDGE)

    async def close(self, alarm_id: int, version: int, user: str, within: Territory) -> Mapping[str, Any]:
        return self.act(alarm_id, version, user, Given.RESTORE)

    async def receipt(self, alarm_id: int, receipt: NewReceipt, user: str, within: Territory) -> None:
        with self.store.transaction() as tx:
            alarm_row(tx, alarm_id)
            row = {**asdict(receipt), "alarm_id": alarm_id, "user_name": user, "at": self.clock.now()}
            with suppress(IntegrityError), tx.begin_nested():  # a repeat changes nothing
                tx.execute(insert(core(ReceiptRow)).values(row))
        self.screens.receipt(alarm_id, asdict(receipt))

    async def change(self, work: Callable[[Connection, datetime], T], user: str) -> T:
        with self.store.transaction() as tx:
            before = last_edit(tx)
            done = work(tx, self.clock.now())
            index_devices(tx, touched_since(tx, before).device_ids)
            return done

    async def on_incidents(self, work: Callable[[IncidentCommands], T]) -> T:
        return work(self.incidents)

    async def on_layers(self, work: Callable[[LayerWatch], None]) -> None:
        work(self.layers)

    @property
    def set_aside(self) -> SetAside:
        return SetAside(self.store, Nobody(), (self._classes, self.discipline), self.clock, self._publish)

    @property
    def discipline(self) -> Rules:
        return Rules()

    async def on_set_aside(self, work: Callable[[SetAside], T]) -> T:
        return work(self.set_aside)

    def _publish(self, entries: Sequence[FeedEntry]) -> None:
        self.feed.publish([Frame(each.seq, each.event, each.data, each.places) for each in entries])

    def plan_of(self, connection: Connection, incident: Mapping[str, Any]) -> list[PlanStep]:
        return self.incidents.steps(connection, incident)

    async def bell_test(self, work: Callable[[Connection, datetime], Acted]) -> int:
        with self.store.transaction() as tx:
            acted = work(tx, self.clock.now())
            told = {"what": acted.what, "ending": acted.ending}
            entry = bell_test_entry(tx, queries.latest_seq(tx), acted.session_id, told)
        self.feed.publish([Frame(entry.seq, entry.event, entry.data, entry.places)])
        return acted.session_id

    async def write(self, work: Callable[[Connection], T]) -> T:
        with self.store.transaction() as tx:
            return work(tx)

    def health(self) -> Mapping[str, Any]:
        return {
            "ready": self.is_ready,
            "broker": "connected" if self.is_ready else "disconnected",
            "broker_since_at": "2026-03-14T11:00:00.000Z",
            "broker_anonymous": False,
            "store": "ok",
            "queue": 0,
            "quarantined": 0,
            "reasons": [] if self.is_ready else ["broker: not connected"],
            "blind_since_at": "2026-03-14T11:00:00.000Z" if self.is_blind else None,
        }

    def duty_roles(self) -> Sequence[str]:
        return ("second_officer", "commander")

    def channels(self) -> Mapping[str, ChannelState]:
        return {"copy": ChannelState("copy_text", None, None, self.tested_at)}

    def test_channel(self, name: str) -> None:
        self.tested_at = self.clock.now()

    def own_figures(self) -> Mapping[str, Any]:
        return OwnFigures(self.store, 500).show()

    def latest_seq(self) -> int:
        with self.store.read() as connection:
            return queries.latest_seq(connection)

    def lives_of(self, device_ids: Iterable[str]) -> Mapping[str, DeviceLife]:
        return {each: self.lives[each] for each in device_ids if each in self.lives}

    def working(self) -> frozenset[str]:
        with self.store.read() as connection:
            states = {device_id: seen.state for device_id, seen in stored_states(connection).items()}
        states |= {device_id: life.state for device_id, life in self.lives.items()}
        return frozenset(device_id for device_id, state in states.items() if state in WORKING)

    def live_columns(self, device_ids: Sequence[str] | None) -> LiveColumns:
        ids = list(self.lives) if device_ids is None else device_ids
        lives = [self.lives.get(each) for each in ids]
        return LiveColumns(
            ids,
            [each and each.state for each in lives],
            [each and unix_ms(each.since_at) for each in lives],
            [each and unix_ms(each.last_seen_at) for each in lives],
            [each and each.battery_pct for each in lives],
        )

    # -- what the world does -----------------------------------------------------------------------------------------

    def act(self, alarm_id: int, version: int, user: str, given: Given) -> Mapping[str, Any]:
        with self.store.transaction() as tx:
            change = apply_act(tx, OfficerAct(alarm_id, version, given, self.clock.now(), user), self._classes)
            if given is Given.ACKNOWLEDGE:
                note_acknowledged(tx, alarm_id, Said("acknowledged", self.clock.now(), user))
        return self._tell(change)

    def press(self, device_id: str = "bell-01", kind: AlarmKind = AlarmKind.HOLD_UP) -> dict[str, Any]:
        """The alarm afterwards; its device need not be registered."""
        now = self.clock.now()
        with self.store.transaction() as tx:
            signal = Signal(
                source=f"native:{device_id}",
                device_id=device_id,
                kind=kind,
                priority=self._classes[kind].priority,
                is_latching=self._classes[kind].is_latching,
                raised_at=now,
                received_at=now,
            )
            change = raise_alarm(tx, signal)
        return self._tell(change)

    def call(self, device_id: str = "bell-01") -> None:
        """A press that opens an incident."""
        alarm = self.press(device_id)
        with self.store.transaction() as tx:
            change = AlarmChange(
                seq=0,
                alarm_id=alarm["id"],
                source=alarm["source"],
                kind=AlarmKind(alarm["kind"]),
                before=AlarmState.NORMAL,
                state=AlarmState(alarm["state"]),
                version=alarm["version"],
                is_condition_present=True,
                reason=Given.ALARM,
            )
            note_call(tx, change, self.clock.now())

    def restore(self, device_id: str, kind: AlarmKind) -> None:
        is_latching, now = self._classes[kind].is_latching, self.clock.now()
        with self.store.transaction() as tx:
            change = restore_alarm(tx, f"native:{device_id}", kind, is_latching=is_latching, at=now)
        assert change is not None
        self._tell(change)

    def add_device(self, device_id: str = "bell-01", *, by: str = "operator", **given: Any) -> dict[str, Any]:
        now, plain = self.clock.now(), {"name": device_id, "adapter": "native", "address": device_id}
        fields = {"device_class": "bell"} | plain | given
        words = search_text(device_id, *(str(fields.get(name) or "") for name in ("name", "place", "group_name")))
        try:
            with self.store.transaction() as tx:
                tx.execute(insert(core(Device)).values(id=device_id, search_text=words, registered_at=now, **fields))
                life = {"device_id": device_id, "state": "UNKNOWN", "since_at": now}
                tx.execute(insert(core(DeviceStateRow)).values(life))
                index_devices(tx, [device_id])
                self._note(tx, device_id, "registered", by)
                return device_queries.device_by_id(tx, device_id, EVERYWHERE)
        except IntegrityError as error:
            raise Refusal(f"the id {device_id} or its address is taken") from error

    def add_user(self, name: str, role: Role, scope: str | None = None) -> None:
        row = {"name": name, "role": role, "scope": scope, "password_hash": _password_hash()}
        with self.store.transaction() as tx:
            tx.execute(insert(core(UserRow)).values(row | {"created_at": self.clock.now()}))

    def token(self, role: Role, scope: str | None = None) -> str:
        """A bearer token of a new user who is named after the role; ``scope``: the area it is bound to."""
        self.add_user(role.value, role, scope)
        with self.store.transaction() as tx:
            return accounts.issue_token(tx, role.value, self.clock.now())

    def quarantine(self, payload: bytes, reason: str) -> None:
        row = {"received_at": self.clock.now(), "adapter": "native", "topic": "anninh/v1/bell/x/alarm"}
        with self.store.transaction() as tx:
            tx.execute(insert(core(QuarantineRow)).values(**row, payload=payload, reason=reason))

    def test_press(self, device_id: str) -> None:
        with self.store.transaction() as tx:
            self._note(tx, device_id, "test", "device")

    def _note(self, tx: Connection, device_id: str, reason: str, by: str) -> None:
        states = {"machine": "device", "from_state": "", "to_state": "", "reason": reason, "actor": by}
        tx.execute(insert(core(TransitionRow)).values(states | {"device_id": device_id, "at": self.clock.now()}))

    def _tell(self, change: AlarmChange) -> dict[str, Any]:
        with self.store.read() as connection:
            alarm = queries.alarm_by_id(connection, change.alarm_id, EVERYWHERE)
        told = {"seq": change.seq, "reason": change.reason, "state": change.state, "version": change.version}
        step = queries.alarm_step(alarm, **told)
        self.feed.publish([Frame(change.seq, "alarm", step)])
        return alarm
