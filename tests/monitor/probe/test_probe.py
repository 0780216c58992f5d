"""The probe as a process, over a real broker: what it looks at, what it keeps, and what a power cut leaves of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.brokers import Broker, Wire, password_of
from tests.fake_cameras import FakeCamera, FakeCameras
from tests.probes import PATIENCE_S, PI, ROOT, Probe, wait_for

NEVER_LOADED = {"fastapi", "httptools", "msgspec", "orjson", "pydantic", "sqlalchemy", "sqlmodel", "structlog", "typer"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    """As shipped, and not started."""
    (tmp_path / "broker").mkdir()
    broker = Broker(tmp_path / "broker")
    broker.configure("pi-3")
    yield broker
    broker.stop()


@pytest.fixture
def probe(tmp_path: Path, broker: Broker) -> Iterator[Probe]:
    probe = Probe(tmp_path, broker)
    yield probe
    probe.end()


def presses(wire: Wire) -> Iterator[dict[str, Any]]:
    while True:
        topic, body = wire.next(PATIENCE_S)
        if topic == "anninh/v1/probe/pi-3/alarm/chuong-7":
            yield json.loads(body)


def listening(broker: Broker, *filters: str) -> Wire:
    wire = broker.connect("monitor-alarm")
    wire.subscribe(*(filters or ("anninh/v1/+/+/alarm/#",)))
    return wire


def acknowledge(wire: Wire, identity: str) -> None:
    wire.publish("anninh/v1/probe/pi-3/ack/chuong-7", json.dumps({"v": 1, "id": identity}))


def test_it_sends_a_press_until_the_monitor_has_it(probe: Probe, broker: Broker) -> None:
    broker.start()
    with listening(broker) as monitor:
        probe.start()
        heard = presses(monitor)
        (identity,) = probe.press()
        first, again = next(heard), next(heard)
        assert (first["id"], first["kind"], first["input"]) == (identity, "alarm", "hold_up")
        assert again | {"queued_s": 0} == first | {"queued_s": 0}
        acknowledge(monitor, identity)
        wait_for(lambda: [each["id"] for each in probe.told("stored_by_monitor")] == [identity])


def test_it_tells_the_end_of_a_press_and_a_test(probe: Probe, broker: Broker) -> None:
    broker.start()
    with listening(broker, "anninh/v1/+/+/alarm/#", "anninh/v1/+/+/event/#") as monitor:
        probe.start()
        probe.say("release")
        assert json.loads(monitor.next(PATIENCE_S)[1])["kind"] == "clear"
        probe.say("test")
        said = [monitor.next(PATIENCE_S)]
        while said[-1][0] != "anninh/v1/probe/pi-3/event/chuong-7":
            said.append(monitor.next(PATIENCE_S))
        assert json.loads(said[-1][1])["kind"] == "test"


def test_it_rings_for_what_cannot_be_read_of_a_bell(probe: Probe, broker: Broker) -> None:
    broker.start()
    with listening(broker) as monitor:
        probe.start()
        probe.say("RISING 17")
        assert next(presses(monitor))["kind"] == "alarm"


def test_it_loses_no_press_to_power_cuts_while_the_broker_is_away(probe: Probe, broker: Broker) -> None:
    kept: list[str] = []
    for _ in range(3):
        probe.start()
        kept += probe.press(times=5)
        probe.end(signal.SIGKILL)
        with (probe.folder / "queue").open("ab") as queue:
            queue.write(b'5f1c09aa {"keep":"half a li')  # what the disk had not yet taken of the next
    broker.start()
    with listening(broker) as monitor:
        probe.start()
        heard: dict[str, dict[str, Any]] = {}
        for press in presses(monitor):
            known = heard.setdefault(press["id"], press)
            assert {**known, "queued_s": 0} == {**press, "queued_s": 0}  # whatever comes twice is the same
            if len(heard) == len(kept):
                break
        assert set(heard) == set(kept)
        for identity in kept:
            acknowledge(monitor, identity)
        wait_for(lambda: len(probe.told("stored_by_monitor")) == len(kept))
    probe.end()
    assert probe.told("probe_stopped")[-1]["waiting"] == 0


def test_it_loses_no_press_when_it_is_killed_while_they_come(probe: Probe, broker: Broker) -> None:
    probe.start()
    writer = os.open(probe.folder / "bell", os.O_WRONLY)
    os.write(writer, b"press\n" * 500)
    wait_for(lambda: len(probe.told("kept")) > 20)
    probe.end(signal.SIGKILL)
    os.close(writer)
    kept = {each["id"] for each in probe.told("kept")}
    broker.start()
    with listening(broker) as monitor:
        probe.start()
        heard = presses(monitor)
        missing = set(kept)
        while missing:
            identity = next(heard)["id"]
            missing.discard(identity)
            acknowledge(monitor, identity)


def test_it_says_the_newest_press_first_and_before_everything_else(probe: Probe, broker: Broker) -> None:
    probe.start()
    old, new = probe.press(times=2)
    broker.start()
    with broker.connect("monitor-state") as monitor:  # its account may read all that devices say
        monitor.subscribe("anninh/v1/probe/#")
        told: list[dict[str, Any]] = []
        while not told or "state" not in told[-1]:
            told.append(json.loads(monitor.next(PATIENCE_S)[1]))
    assert list(dict.fromkeys(each["id"] for each in told[:-1])) == [new, old]


def test_it_counts_without_a_gap_what_it_tells(probe: Probe, broker: Broker) -> None:
    probe.start()
    probe.press(times=2)
    broker.start()
    with broker.connect("monitor-state") as monitor:
        monitor.subscribe("anninh/v1/probe/#")
        told: dict[int, str] = {}
        while len(told) < 6:
            body = json.loads(monitor.next(PATIENCE_S)[1])
            told |= {body["seq"]: body["boot"]} if "seq" in body else {}
    assert sorted(told) == list(range(1, 7))
    assert len(set(told.values())) == 1


def test_it_names_each_run_anew(probe: Probe) -> None:
    for _ in range(2):
        probe.start()
        probe.end()
    one, other = (each["boot"] for each in probe.told("probe_started"))
    assert one != other


def test_it_says_that_it_leaves(probe: Probe, broker: Broker) -> None:
    broker.start()
    with broker.connect("monitor-state") as monitor:
        monitor.subscribe("anninh/v1/probe/pi-3/status")
        for by in (signal.SIGTERM, signal.SIGKILL):
            probe.start()
            assert json.loads(monitor.next(PATIENCE_S)[1])["state"] == "online"
            probe.end(by)
            assert json.loads(monitor.next(PATIENCE_S)[1])["state"] == "offline"


def test_it_tells_what_it_saw_of_cameras(probe: Probe, broker: Broker) -> None:
    with FakeCameras({"127.0.0.1": FakeCamera(skew_s=-25_200)}) as fakes:
        camera = f'address = "127.0.0.1"\nrtsp_port = {fakes.rtsp_port}\nonvif_port = {fakes.onvif_port}\n'
        probe.cameras = f'[[cameras]]\nid = "cam-1"\n{camera}'
        broker.start()
        with broker.connect("monitor-state") as monitor:
            monitor.subscribe("anninh/v1/probe/+/heartbeat", "anninh/v1/probe/+/status/+")
            probe.start()
            said: dict[str, dict[str, Any]] = {}
            while len(said) < 2:
                topic, body = monitor.next(PATIENCE_S)
                said[topic] = json.loads(body)
    beat, status = said["anninh/v1/probe/pi-3/heartbeat"], said["anninh/v1/probe/pi-3/status/cam-1"]
    assert status["s"] == beat["cams"]["cam-1"]["s"] == "up"
    assert beat["bells"] == {"chuong-7": {"s": "up"}}
    assert beat["cams"]["cam-1"]["skew_s"] == pytest.approx(-25_200, abs=60)


def test_it_loads_nothing_that_the_monitor_is_made_of() -> None:
    code = "import sys, monitor.probe.service, monitor.probe.settings; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert NEVER_LOADED & set(said.stdout.split()) == set()


def test_it_is_what_the_command_becomes(probe: Probe) -> None:
    probe.start("monitor.cli", "probe", "--config")
    assert probe.process is not None
    assert Path(f"/proc/{probe.process.pid}/cmdline").read_bytes().split(b"\0")[1:3] == [b"-m", b"monitor.probe"]


def test_it_watches_a_level(probe: Probe, broker: Broker) -> None:
    level = probe.folder / "level"
    probe.cameras = f'[[bells]]\nid = "chuong-8"\nsource = "level"\npath = "{level}"\n'
    broker.start()
    with listening(broker, "anninh/v1/+/+/alarm/#", "anninh/v1/+/+/event/#") as monitor:
        probe.start()
        topic, body = monitor.next(PATIENCE_S)
        assert (topic, json.loads(body)["kind"]) == ("anninh/v1/probe/pi-3/event", "trouble")  # there is no such file
        level.write_text("0\n")
        level.write_text("1\n")
        while topic != "anninh/v1/probe/pi-3/alarm/chuong-8":
            topic, body = monitor.next(PATIENCE_S)
        assert json.loads(body)["kind"] == "alarm"


def test_it_says_a_wrong_password_once_in_an_hour(probe: Probe, broker: Broker) -> None:
    camera = FakeCamera(login=("admin", "another"))
    with FakeCameras({"127.0.0.1": camera}) as fakes:
        (probe.folder / "login").write_text("admin:a password")
        (probe.folder / "login").chmod(0o600)
        where = f'address = "127.0.0.1"\nrtsp_port = {fakes.rtsp_port}\nkind = "rtsp"\n'
        probe.cameras = f'[[cameras]]\nid = "cam-1"\n{where}credentials_file = "login"\n'
        broker.start()
        with broker.connect("monitor-state") as monitor:
            monitor.subscribe("anninh/v1/probe/+/heartbeat")
            probe.start()
            beats = [json.loads(monitor.next(PATIENCE_S)[1]) for _ in range(3)]
    assert [beat["cams"]["cam-1"]["s"] for beat in beats] == ["auth"] * 3
    assert sum("Authorization" in asked for asked in camera.asked) == 1


def test_it_writes_no_password_into_its_log(probe: Probe, broker: Broker) -> None:
    test_it_says_a_wrong_password_once_in_an_hour(probe, broker)
    log = (probe.folder / "log").read_text()
    assert "camera_turned" in log
    assert "a password" not in log
    assert password_of(PI) not in log
