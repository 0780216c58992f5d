"""What a broker refuses counts where it may cost a message, and so does its silence."""

import ssl
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import trustme
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

from monitor.clock import SystemClock
from monitor.ingest.endpoint import Echo, Endpoint
from monitor.ingest.intake import Arrival
from monitor.ingest.mqtt import BrokerSession
from monitor.ingest.routes import Route
from monitor.ingest.wire import Published
from tests.brokers import Broker, Wire, password_of

GRANTED, REFUSED = (ReasonCode(PacketTypes.SUBACK, identifier=code) for code in (1, 0x80))


def session_after(*answers: ReasonCode, is_needed: bool) -> BrokerSession:
    routes = [Route("a/#", "native"), Route("b/#", "frigate", is_needed=lambda: is_needed)]
    endpoint = Endpoint("127.0.0.1", 1, "chuong-alarm")
    session = BrokerSession(endpoint, routes, Echo("self/", "self/x"), lambda _: None, SystemClock())
    session._on_subscribe(session._client, None, 1, list(answers), None)
    return session


def test_it_minds_a_refusal_of_a_family_that_is_here():
    refusal = session_after(GRANTED, REFUSED, GRANTED, is_needed=True).refusal
    assert refusal == "1 of 3 subscriptions were refused: the account may not read them"


def test_it_goes_on_without_a_family_that_nobody_has():
    assert session_after(GRANTED, REFUSED, GRANTED, is_needed=False).refusal is None


def test_it_minds_a_refusal_of_its_own_echo():
    assert session_after(GRANTED, GRANTED, REFUSED, is_needed=False).refusal is not None


def test_it_takes_the_rest_of_a_handful_and_tells_of_what_it_could_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = list[Arrival]()
    endpoint, echo = Endpoint("127.0.0.1", 1, "chuong-alarm"), Echo("self/", "self/x")
    session = BrokerSession(endpoint, [Route("a/#", "native")], echo, taken.extend, SystemClock())
    find = session._routing.of
    monkeypatch.setattr(session._routing, "of", lambda topic: {}[topic] if topic == "a/bug" else find(topic))
    session._on_published([Published(f"a/{name}", b"", number, 2) for number, name in enumerate(("x", "bug", "y"), 1)])
    assert ([each.message.topic for each in taken], session.untaken) == (["a/x", "a/y"], 1)
    session.reconnect()
    assert session.untaken == 0, "the broker brings it again"


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Broker]:
    """A broker behind TLS, of an authority that this machine trusts."""
    authority, broker = trustme.CA(), Broker(tmp_path, is_anonymous=True)
    authority.cert_pem.write_to_path(str(tmp_path / "ca.crt"))
    server = authority.issue_cert("127.0.0.1")
    server.private_key_pem.write_to_path(str(tmp_path / "server.key"))
    server.cert_chain_pems[0].write_to_path(str(tmp_path / "server.crt"))
    (tmp_path / "mosquitto.conf").write_text(
        f"user root\nallow_anonymous true\nmax_queued_messages 0\nlistener {broker.port} 127.0.0.1\n"
        f"cafile {tmp_path}/ca.crt\ncertfile {tmp_path}/server.crt\nkeyfile {tmp_path}/server.key\n"
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.crt"))
    broker.start()
    yield broker
    broker.stop()


def test_it_takes_a_flood_through_tls(sealed: Broker) -> None:
    """What TLS has read ahead lies in its own memory, where no selector sees it."""
    numbers = list[int]()
    endpoint = Endpoint("127.0.0.1", sealed.port, "chuong-state", is_tls=True)
    route, echo = Route("anninh/v1/+/+/heartbeat", "native"), Echo("anninh/v1/self/", "anninh/v1/self/chuong-state")

    def take(arrivals: Sequence[Arrival]) -> None:
        numbers.extend(int(each.message.payload) for each in arrivals)
        for each in arrivals[:1]:
            each.acknowledge([each.number for each in arrivals])

    session = BrokerSession(endpoint, [route], echo, take, SystemClock())
    session.start()
    try:
        while not session.is_connected:
            time.sleep(0.02)
        with Wire(sealed.port, None, "PROBE-1", tls=ssl.create_default_context()) as probe:
            probe.publish_all("anninh/v1/probe/PROBE-1/heartbeat", [str(number) for number in range(3000)])
            while len(numbers) < 3000:
                time.sleep(0.02)
    finally:
        session.stop()
    assert numbers == list(range(3000))


def test_it_acknowledges_every_message_of_a_flood(mosquitto: Broker) -> None:
    """What was left unacknowledged, the broker would bring again to whoever comes back."""
    account, numbers = "monitor-state", list[int]()
    endpoint = Endpoint("127.0.0.1", mosquitto.port, account, user=account, password=password_of(account))
    route, echo = Route("anninh/v1/+/+/heartbeat", "native"), Echo("anninh/v1/self/", f"anninh/v1/self/{account}")

    def take(arrivals: Sequence[Arrival]) -> None:
        numbers.extend(int(each.message.payload) for each in arrivals)
        for each in arrivals[:1]:
            each.acknowledge([each.number for each in arrivals])

    session = BrokerSession(endpoint, [route], echo, take, SystemClock())
    session.start()
    with mosquitto.connect("PROBE-1") as probe:
        while not session.is_connected:
            time.sleep(0.02)
        probe.publish_all("anninh/v1/probe/PROBE-1/heartbeat", [str(number) for number in range(3000)])
        while len(numbers) < 3000:
            time.sleep(0.02)
        session.stop()
        probe.publish("anninh/v1/probe/PROBE-1/heartbeat", "the next")
    assert numbers == list(range(3000))
    with mosquitto.connect(account, client_id=account, is_clean=False) as again:
        assert again.next() == ("anninh/v1/probe/PROBE-1/heartbeat", b"the next")


def test_it_blames_nobody_for_silence_while_it_keeps_a_message_waiting(mosquitto: Broker) -> None:
    """A broker hands out no more than its window: while the store is stuck it has every reason to be silent."""
    account, waiting = "monitor-state", list[Arrival]()
    endpoint = Endpoint("127.0.0.1", mosquitto.port, account, user=account, password=password_of(account))
    nobodys = Echo("anninh/v1/self/", "anninh/v1/self/monitor-alarm", every_s=0.05)
    session = BrokerSession(
        endpoint, [Route("anninh/v1/+/+/heartbeat", "native")], nobodys, waiting.extend, SystemClock()
    )
    session.start()
    try:
        with mosquitto.connect("PROBE-1") as probe:
            while not waiting:
                probe.publish("anninh/v1/probe/PROBE-1/heartbeat", "kept")
                time.sleep(0.05)
        epoch, deadline_s = session._epoch, time.monotonic() + 1
        while time.monotonic() < deadline_s:
            session.tick()
        assert (session._epoch, session.is_connected) == (epoch, True)
        waiting[0].acknowledge([each.number for each in waiting])
        while session._epoch == epoch and time.monotonic() < deadline_s + 30:
            session.tick()
        assert session._epoch > epoch
    finally:
        session.stop()


def test_it_dials_anew_where_nothing_comes_back(mosquitto: Broker) -> None:
    account = "monitor-alarm"
    endpoint = Endpoint("127.0.0.1", mosquitto.port, account, user=account, password=password_of(account))
    # The broker takes what is sent there, and hands it to nobody.
    nobodys = Echo("anninh/v1/self/", "anninh/v1/self/monitor-state", every_s=0.1)
    session = BrokerSession(endpoint, [], nobodys, lambda _: None, SystemClock())
    session.start()
    try:
        deadline_s = time.monotonic() + 30
        while session._epoch < 5 and time.monotonic() < deadline_s:
            session.tick()
            time.sleep(0.02)
    finally:
        session.stop()
    assert session._epoch >= 5, "it waits for ever for a broker that hands out nothing"


def test_it_listens_to_a_topic_that_it_learns_while_it_is_connected(anonymous_broker: Broker) -> None:
    taken, endpoint = list[Arrival](), Endpoint("127.0.0.1", anonymous_broker.port, "chuong-alarm")
    session = BrokerSession(endpoint, [Route("a/#", "native")], Echo("self/", "self/x"), taken.extend, SystemClock())
    session.start()
    try:
        deadline_s = time.monotonic() + 30
        with anonymous_broker.connect("bell") as bell:
            bell.publish("hidden/1", b"retained", is_retained=True)
            while not taken and time.monotonic() < deadline_s:
                session.learn([Route("hidden/1", "ha_discovery")] if session.is_connected else [])
                time.sleep(0.02)
    finally:
        session.stop()
    assert [(each.adapter, each.message.payload, each.message.is_replay) for each in taken] == [
        ("ha_discovery", b"retained", True)
    ]
