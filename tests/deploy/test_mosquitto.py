"""The broker configuration we ship, tried against a real broker."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from paho.mqtt.client import topic_matches_sub

from device_adapters.core.contract import DeviceClass, DeviceFacts, Known
from device_adapters.core.orders import SoundAct, SoundOrder
from device_adapters.core.registry import adapters
from monitor.broker_files import BrokerFolder
from monitor.demo.brokers import read_acl
from monitor.inventory.credentials import DeviceAccount, password_hash
from monitor.settings import shipped
from tests.brokers import WORKER_ACCOUNTS, Broker, Wire

DEVICES = ("BELL-1", "BELL-2", "PROBE-1")
ALARM = "anninh/v1/bell/BELL-1/alarm"
# A siren of each family that takes orders, by its address there, and what was heard of it.
SIRENS = {
    "chirpstack": "a840410000000001",
    "ha_discovery": "hu/coi",
    "homie": "hu/coi/keu",
    "native": "SIREN-1",
    "shelly": "coi",
    "tasmota": "coi",
    "zigbee2mqtt": "Còi",
}
SIREN_MEMORY = {
    "down:a840410000000001": "0b1c/2",
    "order:hu/coi": '{"topic":"hu/switch/coi/command"}',
    "five:hu": "True",
}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    broker = Broker(tmp_path)
    broker.configure(*DEVICES)
    broker.start()
    yield broker
    broker.stop()


def hears(broker: Broker, listener: str, sender: str, topic: str) -> bool:
    """Does ``listener``, subscribed to everything, get what ``sender`` publishes there?"""
    with ExitStack() as stack:
        # One connection an account: a second would throw the first out.
        wires = {account: stack.enter_context(broker.connect(account)) for account in {listener, sender, "admin"}}
        wires[listener].subscribe("#")
        wires[sender].publish(topic, "what was said")
        # That this one arrives shows that the other was thrown away, and is not only late.
        is_device = listener in DEVICES
        wires["admin"].publish(f"anninh/v1/bell/{listener}/command" if is_device else "zigbee2mqtt/end", "the end")
        return wires[listener].next() == (topic, b"what was said")


@pytest.mark.parametrize("channel", ["alarm", "event"])
def test_it_carries_presses_to_the_monitors_alarm_account(broker, channel):
    assert hears(broker, "monitor-alarm", "BELL-1", f"anninh/v1/bell/BELL-1/{channel}")


@pytest.mark.parametrize("topic", ["anninh/v1/bell/BELL-1/status", "anninh/v1/bell/BELL-1/heartbeat"])
def test_it_carries_signs_of_life_to_the_monitors_state_account(broker, topic):
    assert hears(broker, "monitor-state", "BELL-1", topic)
    assert not hears(broker, "monitor-alarm", "BELL-1", topic)


def test_it_carries_what_a_probe_says_of_the_devices_behind_it(broker):
    assert hears(broker, "monitor-state", "PROBE-1", "anninh/v1/probe/PROBE-1/status/CAM-1")
    assert hears(broker, "monitor-alarm", "PROBE-1", "anninh/v1/probe/PROBE-1/alarm/BELL-9")


def test_it_carries_the_gateways_messages_to_the_monitor(broker):
    assert hears(broker, "monitor-alarm", "zigbee2mqtt", "zigbee2mqtt/Nút quầy 1")


def test_it_lets_the_monitor_read_whatever_its_adapters_subscribe_to():
    acl = read_acl(shipped("deploy/mosquitto/acl").read_text())
    wanted = {
        (f"monitor-{subscription.session}", subscription.below(adapter.default_base))
        for adapter in adapters().values()
        for subscription in adapter.subscriptions
    }
    granted = {(account, topic) for account, rules in acl.by_account.items() for topic in rules.read}
    assert wanted
    assert wanted <= granted


def test_it_lets_the_monitor_order_a_siren_of_each_family_that_takes_orders():
    granted = read_acl(shipped("deploy/mosquitto/acl").read_text()).by_account["monitor-alarm"].write
    order = SoundOrder("s-1", SoundAct.SOUND, 60, datetime(2026, 3, 14, tzinfo=UTC))
    for name, address in SIRENS.items():
        adapter = adapters()[name]
        facts = DeviceFacts(device_id="SIREN-1", device_class=DeviceClass.SIREN)
        known = Known(device=lambda _, facts=facts: facts, recall=SIREN_MEMORY.get)
        sending = adapter.encode(order, adapter.default_base, address, known)
        assert any(topic_matches_sub(each, sending.topic) for each in granted), name
    assert {name for name, adapter in adapters().items() if adapter.encode} == SIRENS.keys()


@pytest.mark.parametrize("account", WORKER_ACCOUNTS)
def test_it_carries_what_devices_say_to_a_worker_that_says_nothing(broker, account):
    assert hears(broker, account, "BELL-1", ALARM)
    assert not hears(broker, "admin", account, ALARM)


@pytest.mark.parametrize("channel", ["ack", "command"])
def test_it_carries_the_monitors_answer_to_the_device(broker, channel):
    assert hears(broker, "BELL-1", "monitor-alarm", f"anninh/v1/bell/BELL-1/{channel}")


@pytest.mark.parametrize("account", ["monitor-alarm", "monitor-state", *WORKER_ACCOUNTS])
def test_it_lets_the_monitor_speak_to_itself(broker, account):
    assert hears(broker, account, account, f"anninh/v1/self/{account}")


@pytest.mark.parametrize(
    "topic",
    ["anninh/v1/bell/BELL-2/alarm", "anninh/v1/probe/PROBE-1/alarm/BELL-1", "zigbee2mqtt/Nút quầy 1", "anninh/v1/x"],
)
def test_it_throws_away_what_a_device_says_in_anothers_name(broker, topic):
    assert not hears(broker, "admin", "BELL-1", topic)


@pytest.mark.parametrize("channel", ["ack", "command"])
@pytest.mark.parametrize("sender", ["BELL-1", "BELL-2", "zigbee2mqtt", "monitor-state"])
def test_it_throws_away_a_forged_answer(broker, channel, sender):
    assert not hears(broker, "admin", sender, f"anninh/v1/bell/BELL-1/{channel}")


def test_it_throws_away_what_a_gateway_says_beyond_its_base_topic(broker):
    assert not hears(broker, "admin", "zigbee2mqtt", ALARM)


def test_it_hides_from_a_device_what_others_say(broker):
    assert not hears(broker, "BELL-2", "BELL-1", ALARM)


def test_it_refuses_strangers_and_wrong_passwords(broker):
    with pytest.raises(ConnectionRefusedError):
        broker.connect("nobody")
    with pytest.raises(ConnectionRefusedError):
        Wire(broker.port, None, "monitor-alarm")


def test_it_binds_the_client_id_to_the_account(broker):
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        monitor.subscribe("anninh/v1/+/+/alarm/#")
    with broker.connect("BELL-1") as bell:
        bell.publish(ALARM, "a press while the monitor is away")
    broker.connect("BELL-2", client_id="monitor-alarm").close()  # would erase the monitor's session and what waits
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        assert monitor.next() == (ALARM, b"a press while the monitor is away")


def test_it_keeps_waiting_presses_over_a_restart(broker):
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        monitor.subscribe("anninh/v1/+/+/alarm/#")
    with broker.connect("BELL-1") as bell:
        bell.publish_all(ALARM, map(str, range(3000)))  # three times the queue the broker has by default
    broker.stop()
    broker.start()
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        assert [int(monitor.next()[1]) for _ in range(3000)] == list(range(3000))


def test_it_keeps_waiting_presses_when_it_is_killed(broker):
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        monitor.subscribe("anninh/v1/+/+/alarm/#")
    with broker.connect("BELL-1") as bell:
        bell.publish(ALARM, "a press while the monitor is away")
    broker.wait_until_saved()
    broker.kill()
    broker.start()
    with broker.connect("monitor-alarm", is_clean=False) as monitor:
        assert monitor.next() == (ALARM, b"a press while the monitor is away")


def test_it_takes_over_twenty_thousand_devices_while_it_runs(tmp_path):
    broker = Broker(tmp_path)
    broker.configure_kept()
    broker.start()
    try:
        known = [DeviceAccount(f"BELL-{number:05}", password_hash(f"secret {number}")) for number in range(20_000)]
        folder = BrokerFolder(tmp_path, broker.pid_file)
        assert folder.bring_in_line(lambda: known).accounts == 20_000
        folder.reload()
        for name, secret in (("BELL-00000", "secret 0"), ("BELL-19999", "secret 19999")):
            connect_in_the_end(broker, name, secret).close()
        with pytest.raises(ConnectionRefusedError):
            broker.connect("BELL-00001", password="secret 2")
    finally:
        broker.stop()


def connect_in_the_end(broker: Broker, name: str, secret: str) -> Wire:
    """As a device does: again and again, until the broker has read its files."""
    for _ in range(500):
        try:
            return broker.connect(name, password=secret)
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise AssertionError(f"{name} was never let in")
