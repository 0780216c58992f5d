"""A post without wire or web: the real pipeline on a real database, steered by the test's own clock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from device_adapters.core.contract import UNSUPERVISED, DeviceClass, Message, Supervision
from device_adapters.core.registry import adapters
from monitor.inventory.action_plans import read_action_plans
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit
from monitor.inventory.lookup import DeviceBook
from monitor.inventory.registration import register
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.database import Store
from monitor.journal.duties import DutyFilter, duties_page
from monitor.journal.feed import FeedEntry
from monitor.journal.queries import AlarmFilter, alarms_page, quarantine_page
from monitor.machines.discipline import Rules
from monitor.notify.plan import Plan, read_plan, with_layers
from monitor.pipeline.commands import Commands
from monitor.pipeline.duty_log import DutyLog
from monitor.pipeline.expected import Expected
from monitor.pipeline.flow import Pipeline
from monitor.pipeline.housekeeping import Housekeeper, Keep
from monitor.pipeline.incident_commands import IncidentCommands
from monitor.pipeline.layer_watch import LayerWatch
from monitor.pipeline.outlets import Outlets
from monitor.pipeline.pulse import Waits
from monitor.pipeline.reading import AppReceipt, Reader
from monitor.pipeline.set_aside import SetAside
from monitor.pipeline.supervision import Supervisor
from monitor.settings import shipped
from tests.empty_store import Fill, empty_store, filled_store
from tests.fakes import FakeClock
from tests.panels import KEY
from tests.postgresql import Cluster

BASES = {name: adapter.default_base for name, adapter in adapters().items()}
AGREED = {"sia_dc09": {"5678": {"key_ascii": KEY.decode()}}}
SUPERVISION = Supervision(interval_s=20, deadline_s=85)
EXPECTED = Expected({each: SUPERVISION for each in DeviceClass if each not in UNSUPERVISED})
PLANS = read_action_plans(shipped("config/action_plans.toml"))
CLASSES = read_alarm_classes(shipped("config/alarm_classes.toml"))


class Post:
    def __init__(self, database_url: str, clock: FakeClock, plan: Plan) -> None:
        self.clock, self.plan = clock, plan
        self.entries: list[FeedEntry] = []
        self.receipts: list[AppReceipt] = []
        self.reply: Callable[[Sequence[tuple[Message, bytes]]], None] = lambda _: None
        self.store = Store(database_url)
        self.store.migrate()
        self.supervisor = Supervisor(EXPECTED, Waits(never_seen_s=86_400, maintenance_s=28_800), clock)
        self.pipeline = Pipeline(
            self.store,
            Reader(adapters(), BASES, DeviceBook(), AGREED),
            self.supervisor,
            CLASSES,
            Outlets(
                feed=self.entries.extend,
                receipts=self.receipts.extend,
                replies=self._reply,
                duties=DutyLog(plan),
            ),
        )
        self.housekeeper = Housekeeper(self.store, Keep(), self.supervisor.take_counts, clock)
        self.commands = Commands(self.store, self.pipeline, CLASSES, clock, self.entries.extend)
        self.set_aside = SetAside(self.store, self.pipeline, (CLASSES, Rules()), clock, self.entries.extend)
        self.incidents = IncidentCommands(self.store, self.pipeline, CLASSES, PLANS, clock)
        self.layers = LayerWatch(self.store, self.pipeline, plan, clock)
        self.pipeline.load()
        self.housekeeper.load()

    def _reply(self, replies: Sequence[tuple[Message, bytes]]) -> None:
        self.reply(replies)

    def register(self, device_id: str, adapter: str = "native", **more: Any) -> None:
        known = {"device_class": "bell", "name": device_id, "address": device_id, **more}
        self.register_draft(DeviceDraft(id=device_id, adapter=adapter, **known))
        self.entries.clear()

    def register_draft(self, draft: DeviceDraft) -> str:
        def work(tx: Connection, now: datetime) -> str:
            return register(tx, draft, Edit("operator", now, "form"), EVERYWHERE)

        return self.commands.change(work, "operator")

    def message(self, topic: str, body: Any, *, is_replay: bool = False) -> tuple[str, Message]:
        payload = body if isinstance(body, bytes) else json.dumps(body).encode()
        adapter = next(name for name, base in BASES.items() if base and topic.startswith(base))
        return adapter, Message(topic, payload, self.clock.now(), is_replay=is_replay)

    def receive(self, topic: str, body: Any, *, is_replay: bool = False) -> None:
        self.pipeline.process([self.message(topic, body, is_replay=is_replay)])

    def receive_all(self, batch: Sequence[tuple[str, Message]]) -> None:
        self.pipeline.process(batch)

    def wait(self, seconds: float, *, is_linked: bool = True) -> None:
        for _ in range(round(seconds)):
            self.clock.forward(1)
            self.pipeline.tick(is_linked=is_linked, reconnect_grace_s=30)
            self.commands.bell_tests.turn()
            self.layers.turn()
            self.set_aside.turn()
            self.housekeeper.watch(is_linked=is_linked)
            self.housekeeper.turn(is_idle=True)

    def alarms(self, **chosen: Any) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            return alarms_page(connection, AlarmFilter(**chosen), EVERYWHERE, limit=100)[0]

    def duties(self, **chosen: Any) -> list[dict[str, Any]]:
        """Who must be told, in the order it was decided."""
        with self.store.read() as connection:
            return duties_page(connection, DutyFilter(**chosen), EVERYWHERE)[0][::-1]

    def quarantine(self) -> list[dict[str, Any]]:
        with self.store.read() as connection:
            return quarantine_page(connection, limit=100)[0]

    def state(self, device_id: str) -> str:
        return self.supervisor.devices_live()[device_id].state

    def events(self, name: str) -> list[dict[str, Any]]:
        return [dict(entry.data) for entry in self.entries if entry.event == name]


@contextmanager
def address_of_a_store(request: pytest.FixtureRequest, folder: Path, fill: Fill | None = None) -> Iterator[str]:
    if request.param == "sqlite":
        file = folder / "post.sqlite3"
        yield filled_store(file, fill) if fill else empty_store(file)
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    with cluster.database(fill) if fill else cluster.database() as url:
        yield url


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """On both stores, where neither the test nor its module (``STORES``) says otherwise."""
    is_said = any(mark.args[0] == "database_url" for mark in metafunc.definition.iter_markers("parametrize"))
    if "database_url" in metafunc.fixturenames and not is_said:
        stores = getattr(metafunc.module, "STORES", ("sqlite", "postgresql"))
        metafunc.parametrize("database_url", stores, indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a test keeps its rows: a SQLite file, or a database on a real PostgreSQL."""
    with address_of_a_store(request, tmp_path) as url:
        yield url


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def plan(request: pytest.FixtureRequest) -> Plan:
    """Whom the post tells: as it is shipped, where the test gives no plan of its own."""
    if hasattr(request, "param"):
        return cast("Plan", request.param)
    told = read_plan(shipped("config/escalation.toml"), shipped("config/channels.toml"))
    return with_layers(told, shipped("config/layers.toml"))


@pytest.fixture
def post(database_url: str, clock: FakeClock, plan: Plan) -> Iterator[Post]:
    post = Post(database_url, clock, plan)
    yield post
    post.store.close()


@pytest.fixture
def reborn(database_url: str, clock: FakeClock, post: Post) -> Iterator[Post]:
    """The same post after a restart: only what was stored is known. Use after ``post`` has done its part."""
    again: list[Post] = []

    class Reborn:
        def __call__(self) -> Post:
            again.append(Post(database_url, clock, post.plan))
            return again[-1]

    yield Reborn()  # type: ignore[misc]
    for each in again:
        each.store.close()
