"""How the parts are joined, where no wire is needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from device_adapters.core.contract import Message, Session
from monitor.app import Monitor
from monitor.settings import Settings
from tests.fakes import FakeClock
from tests.monitor.conftest import CLASSES


@pytest.fixture
def monitor(tmp_path: Path, clock: FakeClock) -> Iterator[Monitor]:
    """It has never reached its broker."""
    settings = Settings(database_url=f"sqlite:///{tmp_path}/store.sqlite3")
    monitor = Monitor(settings, CLASSES, clock)
    monitor.store.migrate()
    yield monitor
    monitor.store.close()


def test_it_knows_of_no_working_eye_while_it_is_blind(monitor: Monitor, clock: FakeClock) -> None:
    assert monitor.working() == frozenset()
    for _ in range(30):
        clock.forward(1)
        monitor.watch.look()
    assert monitor.working() is None


def test_it_listens_where_a_device_said_that_it_speaks(monitor: Monitor, clock: FakeClock) -> None:
    monitor.pipeline.load()
    config = b'{"stat_t":"bell/7/nut","uniq_id":"u7","dev":{"ids":"7"}}'
    topic = "homeassistant/binary_sensor/7/nut/config"
    monitor.pipeline.process([("ha_discovery", Message(topic, config, clock.now()))])
    monitor.learned.turn()
    route = monitor.sessions[Session.ALARM]._routing.of("bell/7/nut")
    assert route is not None
    assert (route.adapter, route.is_urgent) == ("ha_discovery", True)


def test_it_leaves_a_value_called_state_to_the_family_it_lies_below(monitor: Monitor) -> None:
    routing = monitor.sessions[Session.ALARM]._routing
    found = {
        topic: routing.of(topic)
        for topic in ("homie/dev/switch/state", "zigbee2mqtt/a/b/state", "d/binary_sensor/n/state")
    }
    assert [route and route.adapter for route in found.values()] == ["homie", "zigbee2mqtt", "ha_discovery"]
