from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from device_adapters.core.contract import Known, Message
from device_adapters.core.events import EventClass
from device_adapters.core.registry import adapters
from simulator.__main__ import main
from simulator.crowd import KEPT_UP_MS, MOST_DEVICES, Crowd, CrowdPlan, CrowdReport
from simulator.crowd_families import FAMILIES, Says
from simulator.link import BrokerAddress
from tests.brokers import Broker

NOW = datetime(2026, 11, 21, 8, 15, tzinfo=UTC)
STRANGERS = Known(device=lambda _address: None, recall=lambda _key: None)
REPORT = CrowdReport({}, 1, 100, 100, 0, 0, 1.0, 3, 20, 40, 0.1)


def plan(broker: Broker, **more: object) -> CrowdPlan:
    given = {"devices": 50, "every_s": 1.0, "for_s": 2.0, "connections": 10}
    return CrowdPlan(address=BrokerAddress.from_url(broker.url), **(given | more))  # type: ignore[arg-type]


def test_it_lets_each_device_of_each_family_speak_once_an_interval(anonymous_broker: Broker) -> None:
    with anonymous_broker.connect("monitor-state") as monitor:
        monitor.subscribe("#")
        report = Crowd(plan(anonymous_broker)).run()
        heard = Counter(monitor.next()[0] for _ in range(100))
    assert (report.planned, report.sent, report.owed, report.promised) == (100, 100, 30, 30)
    assert set(heard.values()) == {2}
    assert report.families == {"native": 15, "zigbee2mqtt": 10, "frigate": 10, "tasmota": 5, "shelly": 5, "homie": 5}


@pytest.mark.parametrize("says", FAMILIES, ids=lambda says: says.family)
def test_it_speaks_as_the_family_does(says: Says) -> None:
    adapter = adapters()[says.family]
    topic, payload = says.beat("device-1", 1_795_249_530_123)
    decoded = adapter.decode(Message(topic, payload, NOW), adapter.default_base, STRANGERS)
    assert [(each.event_class, each.address) for each in decoded.events] == [(EventClass.HEARTBEAT, "device-1")]


def test_it_says_that_it_cannot_keep_up() -> None:
    with _deaf_broker() as address:
        report = Crowd(
            CrowdPlan(address=address, devices=100_000, every_s=1.0, for_s=0.5, drain_s=0.2, connections=1)
        ).run()
    assert report.sent < report.planned == 50_000
    assert not report.keeps_up
    assert report.verdict().startswith("CANNOT KEEP UP: ")


def test_it_says_how_late_it_was() -> None:
    assert REPORT.keeps_up
    assert REPORT.verdict() == "100 of 100 sent, lag median 3 ms, p99 20 ms, longest 40 ms, 10% of a core"
    assert not replace(REPORT, lag_p99_ms=KEPT_UP_MS + 1).keeps_up


@pytest.mark.parametrize("wrong", [{"devices": 0}, {"devices": MOST_DEVICES + 1}, {"for_s": 3_601.0}, {"every_s": 0.0}])
def test_it_is_bounded(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"at least one|longer than nothing"):
        CrowdPlan(**({"address": BrokerAddress("127.0.0.1", 1883), "devices": 10} | wrong))  # type: ignore[arg-type]


def test_it_stays_on_this_machine_unless_it_is_told_otherwise(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["crowd", "--mqtt-url", "mqtt://192.0.2.1", "--devices", "1"]) == 1
    assert "192.0.2.1 is another machine: only with --anywhere" in capsys.readouterr().err


def test_it_is_played_from_the_command_line(anonymous_broker: Broker, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--mqtt-url", anonymous_broker.url, "--devices", "20", "--every-s", "1", "--for-s", "1"]
    assert main(["crowd", *words]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["sent"] == 20
    assert "20 of 20 sent, lag median " in said.err


@contextmanager
def _deaf_broker() -> Iterator[BrokerAddress]:
    """It lets everybody in, and then reads nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as pool, ExitStack() as open_ones:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

        def let_in() -> None:
            link, _ = server.accept()
            open_ones.enter_context(link)
            link.recv(64)
            link.sendall(b"\x20\x02\x00\x00")

        pool.submit(let_in)
        yield BrokerAddress("127.0.0.1", server.getsockname()[1])
