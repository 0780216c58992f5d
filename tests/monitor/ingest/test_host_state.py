"""What a Sparkplug host application says of itself, with a real broker; rules by the names of the specification."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from monitor.clock import SystemClock
from monitor.ingest.endpoint import Echo, Endpoint
from monitor.ingest.host_state import HostState
from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.routes import Route
from tests.brokers import Broker, Wire

TOPIC = "spBv1.0/STATE/chuong"


@pytest.fixture
def session(anonymous_broker: Broker) -> Iterator[BrokerSession]:
    endpoint = Endpoint("127.0.0.1", anonymous_broker.port, "chuong-alarm")
    routes = [Route("spBv1.0/+/NBIRTH/+", "sparkplug")]
    session = BrokerSession(endpoint, routes, Echo("self/", "self/x"), lambda _: None, SystemClock())
    session.herald(HostState(TOPIC, SystemClock()))
    session.start()
    yield session
    session.stop()


@pytest.fixture
def watcher(anonymous_broker: Broker) -> Iterator[Wire]:
    """Whoever waits for us: it reads each word in order."""
    with anonymous_broker.connect("edge-node") as wire:
        wire.subscribe(TOPIC)
        yield wire


def _said(watcher: Wire, *, is_online: bool) -> dict[str, Any]:
    while (said := json.loads(watcher.next(30)[1]))["online"] is not is_online:
        pass
    return dict(said)


def test_tck_id_host_topic_phid_birth_and_death(watcher: Wire, session: BrokerSession) -> None:
    """-birth-message, -birth-payload, -death-payload-timestamp-connect, -death-payload-timestamp-disconnect-clean."""
    born = _said(watcher, is_online=True)
    session.stop()
    gone = _said(watcher, is_online=False)
    assert gone["timestamp"] >= born["timestamp"] > 1_600_000_000_000


def test_tck_id_operational_behavior_host_application_connect_will(watcher: Wire, session: BrokerSession) -> None:
    """A broken connection leaves the will, with the timestamp of the birth; the next connection is there again."""
    born = _said(watcher, is_online=True)
    session.reconnect()
    assert _said(watcher, is_online=False) == {"online": False, "timestamp": born["timestamp"]}
    assert _said(watcher, is_online=True)["timestamp"] > born["timestamp"]


def test_tck_id_message_flow_hid_sparkplug_state_message_delivered(watcher: Wire, session: BrokerSession) -> None:
    """Whoever says in our name that we are gone is answered with the timestamp of our birth."""
    born = _said(watcher, is_online=True)
    watcher.publish(TOPIC, json.dumps({"online": False, "timestamp": 1}).encode(), is_retained=True)
    assert _said(watcher, is_online=False)["timestamp"] == 1
    assert _said(watcher, is_online=True) == born
