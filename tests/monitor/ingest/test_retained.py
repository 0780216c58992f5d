"""A monitor with workers asks for what is retained, takes what waited for it before, and leaves the rest to them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial

import pytest

from monitor.clock import SystemClock
from monitor.ingest.endpoint import Echo, Endpoint
from monitor.ingest.intake import Arrival
from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.retained import RetainedSession
from monitor.ingest.routes import Route
from tests.brokers import Broker, password_of

STATUS, HEARTBEAT = "anninh/v1/bell/BELL-1/status", "anninh/v1/bell/BELL-1/heartbeat"


class Monitor:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.heard: list[tuple[str, bytes, bool]] = []

    def session(self, account: str, kind: type[BrokerSession], share: str = "") -> BrokerSession:
        endpoint = Endpoint(
            "127.0.0.1", self._broker.port, account, user=account, password=password_of(account), share=share
        )
        echo = Echo("anninh/v1/self/", f"anninh/v1/self/{account}", route=Route(f"anninh/v1/self/{account}", "own"))
        routes = [Route("anninh/v1/#", "native")]
        return kind(endpoint, routes, echo, partial(self._take, account), SystemClock())

    def _take(self, account: str, arrivals: list[Arrival]) -> None:  # type: ignore[misc]
        for each in arrivals:
            if each.adapter == "native":
                self.heard.append((account, each.message.payload, each.message.is_replay))
            each.acknowledge([each.number])


def wait_for(what: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


@pytest.fixture
def closing() -> Iterator[ExitStack]:
    with ExitStack() as closing:
        yield closing


def started(session: BrokerSession, closing: ExitStack) -> BrokerSession:
    closing.callback(session.stop)
    session.start()
    wait_for(lambda: session.is_connected)
    return session


def test_it_takes_what_is_retained_and_leaves_what_is_live(mosquitto: Broker, closing: ExitStack) -> None:
    monitor = Monitor(mosquitto)
    bell = closing.enter_context(mosquitto.connect("BELL-1"))
    bell.publish(STATUS, b"retained", is_retained=True)
    session = started(monitor.session("monitor-state", RetainedSession), closing)
    wait_for(lambda: session.is_standing)  # type: ignore[attr-defined]
    started(monitor.session("ingest-1-state", BrokerSession, share="chuong"), closing)
    bell.publish(HEARTBEAT, b"live")
    wait_for(lambda: ("ingest-1-state", b"live", False) in monitor.heard)
    assert [each for each in monitor.heard if each[0] == "monitor-state"] == [("monitor-state", b"retained", True)]


def test_it_takes_what_waited_from_a_time_without_workers(mosquitto: Broker, closing: ExitStack) -> None:
    monitor = Monitor(mosquitto)
    bell = closing.enter_context(mosquitto.connect("BELL-1"))
    own = monitor.session("monitor-state", BrokerSession)
    with ExitStack() as first:
        started(own, first)
        bell.publish(HEARTBEAT, b"before")
        wait_for(lambda: monitor.heard)
    bell.publish_all(HEARTBEAT, [f"waited {number}" for number in range(100)])
    session = started(monitor.session("monitor-state", RetainedSession), closing)
    wait_for(lambda: session.is_standing)  # type: ignore[attr-defined]
    assert [said for _, said, _ in monitor.heard[1:]] == [f"waited {number}".encode() for number in range(100)]


def test_it_shares_what_is_said_among_workers(mosquitto: Broker, closing: ExitStack) -> None:
    monitor = Monitor(mosquitto)
    bell = closing.enter_context(mosquitto.connect("BELL-1"))
    bell.publish(STATUS, b"retained", is_retained=True)
    for name in (1, 2):
        started(monitor.session(f"ingest-{name}-state", BrokerSession, share="chuong"), closing)
    bell.publish_all(HEARTBEAT, [str(number) for number in range(20)])
    wait_for(lambda: len(monitor.heard) == 20)
    assert sorted(int(said) for _, said, _ in monitor.heard) == list(range(20))
    assert {account for account, _, _ in monitor.heard} == {"ingest-1-state", "ingest-2-state"}
