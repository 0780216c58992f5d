"""Both brokers of a trial keep the same promises: who may say what, and nothing lost over restarts."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from monitor.demo.brokers import BrokerPlan, BrokerProgram, find_nats, find_program, prepare, read_acl, subjects

BELL, NEIGHBOUR = "BELL-1", "BELL-2"
ACCOUNTS = (BELL, NEIGHBOUR, "monitor-alarm", "monitor-state", "zigbee2mqtt", "hand")
PRESS = f"anninh/v1/bell/{BELL}/alarm"
RECEIPT = f"anninh/v1/bell/{BELL}/ack"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Any, patience_s: float = 10) -> bool:
    end = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


class Person:
    """Somebody with an account. Keeps what it was told; acknowledges it only when ``acknowledges``."""

    def __init__(self, broker: Broker, account: str, password: str | None = None, *, acknowledges: bool = True) -> None:
        self.told: list[tuple[str, bytes]] = []
        self.is_refused = threading.Event()
        self.granted: list[bool] = []
        self._ready = threading.Event()
        self.client = client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"session-of-{account}",
            clean_session=not account.startswith("monitor"),
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=not acknowledges,
        )
        client.username_pw_set(account, broker.plan.passwords[account] if password is None else password)
        client.on_connect = self._on_connect
        client.on_message = self._on_message
        client.on_subscribe = lambda _c, _d, _mid, codes, _p: self.granted.extend(not c.is_failure for c in codes)
        client.connect("127.0.0.1", broker.plan.port, 5)
        client.loop_start()
        assert until(lambda: self._ready.is_set() or self.is_refused.is_set())

    def _on_connect(self, _client: Client, _data: Any, flags: Any, reason: Any, _properties: Any) -> None:
        self.has_session = flags.session_present
        (self.is_refused if reason.is_failure else self._ready).set()

    def _on_message(self, _client: Client, _data: Any, message: MQTTMessage) -> None:
        self.told.append((message.topic, bytes(message.payload)))

    def hears(self, topic_filter: str) -> None:
        self.client.subscribe(topic_filter, 1)
        assert until(lambda: self.granted)

    def says(self, topic: str, payload: str = "x", *, is_retained: bool = False) -> None:
        self.client.publish(topic, payload.encode(), 1, is_retained).wait_for_publish(10)

    def has_heard(self, payload: str) -> bool:
        return any(heard == payload.encode() for _, heard in self.told)

    def leaves(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


@dataclass
class Broker:
    program: BrokerProgram
    plan: BrokerPlan
    people: list[Person] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = prepare(self.program, self.plan).command
        self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        assert until(self._answers)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.plan.port)) == 0

    def stop(self, number: int = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        self.process.wait(10)

    def person(self, account: str, password: str | None = None, *, acknowledges: bool = True) -> Person:
        person = Person(self, account, password, acknowledges=acknowledges)
        self.people.append(person)
        return person


@pytest.fixture(params=["mosquitto", "nats-server"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    program = find_program() if request.param == "mosquitto" else find_nats()
    assert program.name == request.param, "mosquitto is not installed: make system-packages"
    passwords = {account: f"password of {account}" for account in ACCOUNTS}
    plan = BrokerPlan(
        folder=tmp_path / "broker",
        port=free_port(),
        passwords=passwords,
        gateways={"zigbee2mqtt": "zigbee2mqtt", "hand": "zigbee2mqtt"},
    )
    broker = Broker(program, plan)
    broker.start()
    yield broker
    for person in broker.people:
        person.leaves()
    broker.stop()


def test_it_lets_nobody_in_with_a_wrong_password(broker: Broker) -> None:
    assert broker.person(BELL, "guessed").is_refused.is_set()


def test_it_brings_a_press_to_the_monitor_and_the_receipt_to_the_bell(broker: Broker) -> None:
    monitor, bell = broker.person("monitor-alarm"), broker.person(BELL)
    monitor.hears("anninh/v1/+/+/alarm/#")
    bell.hears(RECEIPT)
    bell.says(PRESS, "press")
    monitor.says(RECEIPT, "receipt")
    assert until(lambda: monitor.has_heard("press") and bell.has_heard("receipt"))


@pytest.mark.parametrize("topic", [f"anninh/v1/bell/{NEIGHBOUR}/alarm", "zigbee2mqtt/sos-1"])
def test_it_lets_a_device_write_below_its_own_id_only(broker: Broker, topic: str) -> None:
    bell, gateway, monitor = broker.person(BELL), broker.person("hand"), broker.person("monitor-alarm")
    gateway.hears("zigbee2mqtt/#")
    monitor.hears("anninh/v1/+/+/alarm/#")
    bell.says(topic, "forged")
    bell.says(PRESS, "own")
    assert until(lambda: monitor.has_heard("own"))
    assert not monitor.has_heard("forged")
    assert not gateway.has_heard("forged")


def test_it_lets_no_device_forge_a_receipt(broker: Broker) -> None:
    bell, neighbour, monitor = broker.person(BELL), broker.person(NEIGHBOUR), broker.person("monitor-alarm")
    bell.hears(RECEIPT)
    neighbour.says(RECEIPT, "forged")
    monitor.says(RECEIPT, "true")
    assert until(lambda: bell.has_heard("true"))
    assert not bell.has_heard("forged")


@pytest.mark.parametrize("topic_filter", [RECEIPT, "anninh/v1/bell/+/ack", "anninh/#", "#"])
def test_it_lets_no_device_read_its_neighbour(broker: Broker, topic_filter: str) -> None:
    bell, neighbour, monitor = broker.person(BELL), broker.person(NEIGHBOUR), broker.person("monitor-alarm")
    neighbour.hears(topic_filter)
    bell.hears(RECEIPT)
    monitor.says(RECEIPT, "for the bell")
    assert until(lambda: bell.has_heard("for the bell"))
    assert not neighbour.has_heard("for the bell")


def test_it_brings_heartbeats_to_the_state_account_alone(broker: Broker) -> None:
    state, alarm, bell = broker.person("monitor-state"), broker.person("monitor-alarm"), broker.person(BELL)
    for monitor in (state, alarm):
        monitor.hears("anninh/v1/+/+/heartbeat/#")
    bell.says(f"anninh/v1/bell/{BELL}/heartbeat", "beat")
    assert until(lambda: state.has_heard("beat"))
    assert not alarm.has_heard("beat")


@pytest.mark.parametrize("account", ["zigbee2mqtt", "hand"])
def test_it_lets_a_gateway_speak_for_its_buttons(broker: Broker, account: str) -> None:
    monitor, gateway = broker.person("monitor-alarm"), broker.person(account)
    monitor.hears("zigbee2mqtt/#")
    gateway.says("zigbee2mqtt/sos-1", "press")
    assert until(lambda: monitor.has_heard("press"))


def test_it_keeps_presses_for_a_monitor_that_is_away(broker: Broker) -> None:
    broker.person("monitor-alarm").hears("anninh/v1/+/+/alarm/#")
    broker.people[-1].leaves()
    bell = broker.person(BELL)
    for number in range(5):
        bell.says(PRESS, f"press {number}")
    again = broker.person("monitor-alarm")
    assert until(lambda: [payload for _, payload in again.told] == [b"press %d" % number for number in range(5)])


def test_it_brings_again_what_the_monitor_had_not_acknowledged(broker: Broker) -> None:
    monitor, bell = broker.person("monitor-alarm", acknowledges=False), broker.person(BELL)
    monitor.hears("anninh/v1/+/+/alarm/#")
    bell.says(PRESS, "press")
    assert until(lambda: monitor.has_heard("press"))
    monitor.leaves()
    again = broker.person("monitor-alarm")
    assert until(lambda: again.has_heard("press"))


def test_it_keeps_presses_over_its_own_restart(broker: Broker) -> None:
    broker.person("monitor-alarm").hears("anninh/v1/+/+/alarm/#")
    broker.people[-1].leaves()
    bell = broker.person(BELL)
    bell.says(PRESS, "press")
    bell.leaves()
    broker.stop()
    broker.start()
    again = broker.person("monitor-alarm")
    assert again.has_session
    assert until(lambda: again.has_heard("press"))


def test_it_keeps_presses_over_its_own_death(broker: Broker) -> None:
    broker.person("monitor-alarm").hears("anninh/v1/+/+/alarm/#")
    broker.people[-1].leaves()
    bell = broker.person(BELL)
    bell.says(PRESS, "press")
    bell.leaves()
    time.sleep(2.5)  # what the last second brought may be lost: that is what the device's own spool is for
    broker.stop(signal.SIGKILL)
    broker.start()
    again = broker.person("monitor-alarm")
    assert until(lambda: again.has_heard("press"))


def test_it_tells_who_comes_later_what_was_retained(broker: Broker) -> None:
    bell = broker.person(BELL)
    bell.says(f"anninh/v1/bell/{BELL}/status", "online", is_retained=True)
    state = broker.person("monitor-state")
    state.hears("anninh/v1/+/+/status/#")
    assert until(lambda: state.has_heard("online"))


def test_it_reads_the_rules_of_an_acl() -> None:
    acl = read_acl("pattern write a/%u/#\n# no rule\nuser one\ntopic readwrite b/#\ntopic read c\n")
    assert (list(acl.of("one").write), list(acl.of("one").read)) == (["a/one/#", "b/#"], ["b/#", "c"])
    assert list(acl.of("two").write) == ["a/two/#"]


@pytest.mark.parametrize(
    ("topic_filter", "expected"),
    [("a/b", ["a.b"]), ("a/+/c/#", ["a.*.c", "a.*.c.>"]), ("#", [">"]), ("a/b.c", ["a.b//c"])],
)
def test_it_translates_topics_for_nats(topic_filter: str, expected: list[str]) -> None:
    assert subjects(topic_filter) == expected
