"""A probe and the whole monitor: one press is one alarm whoever is killed, and cameras are shown as they are."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.brokers import Broker
from tests.fake_cameras import FakeCamera, FakeCameras
from tests.probes import BELL, PI, Probe, wait_for
from tests.processes import MonitorProcess

CAMERAS = {
    "CAM-1": FakeCamera(),
    "CAM-2": FakeCamera(login=("admin", "another")),
    "CAM-3": FakeCamera(skew_s=-25_200),
    "CAM-4": FakeCamera(has_rtsp=False, has_onvif=False),
}
ADDRESSES = {name: f"127.21.0.{number}" for number, name in enumerate(CAMERAS, 1)}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    (tmp_path / "broker").mkdir()
    broker = Broker(tmp_path / "broker")
    broker.configure(PI)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def monitor(broker: Broker, monitor_process: Callable[..., MonitorProcess]) -> MonitorProcess:
    monitor = monitor_process(broker)
    kinds = {PI: "probe", BELL: "bell"} | dict.fromkeys(CAMERAS, "camera")
    for name, kind in kinds.items():
        device = {"id": name, "class": kind, "name": name, "adapter": "native", "address": name}
        device |= {} if name == PI else {"parent_id": PI}
        answer = monitor.api.post("/api/v1/devices", json=device)
        assert answer.status_code == 201, answer.text
    return monitor


@pytest.fixture
def probe(tmp_path: Path, broker: Broker) -> Iterator[Probe]:
    (tmp_path / "probe").mkdir()
    probe = Probe(tmp_path / "probe", broker)
    yield probe
    probe.end()


def alarms(monitor: MonitorProcess) -> list[dict[str, Any]]:
    found = monitor.api.get("/api/v1/alarms").json()["items"]
    return [each for each in found if each["kind"] == "hold_up"]


def test_it_is_one_alarm_for_each_press_that_outlived_a_power_cut(
    monitor: MonitorProcess, broker: Broker, probe: Probe
) -> None:
    broker.kill()
    probe.start()
    probe.press(times=3)
    probe.end(signal.SIGKILL)
    broker.start()
    probe.start()
    wait_for(lambda: len(probe.told("stored_by_monitor")) == 3)
    (alarm,) = alarms(monitor)
    assert (alarm["device_id"], alarm["presses"]) == (BELL, 3)


def test_it_keeps_a_press_until_the_monitor_is_back(monitor: MonitorProcess, probe: Probe) -> None:
    probe.start()
    monitor.kill()
    probe.press()
    assert probe.told("stored_by_monitor") == []
    monitor.start()
    wait_for(lambda: len(probe.told("stored_by_monitor")) == 1)
    (alarm,) = alarms(monitor)
    assert alarm["presses"] == 1


def test_it_shows_cameras_as_they_are(monitor: MonitorProcess, probe: Probe) -> None:
    with FakeCameras({ADDRESSES[name]: camera for name, camera in CAMERAS.items()}) as fakes:
        (probe.folder / "login").write_text("admin:a password")
        (probe.folder / "login").chmod(0o600)
        ports = f"rtsp_port = {fakes.rtsp_port}\nonvif_port = {fakes.onvif_port}\n"
        login = 'credentials_file = "login"\n'
        for name, address in ADDRESSES.items():
            probe.cameras += f'[[cameras]]\nid = "{name}"\naddress = "{address}"\n{ports}{login}'
        probe.start()
        wanted = dict(zip(CAMERAS, ("ONLINE", "DEGRADED", "DEGRADED", "OFFLINE"), strict=True)) | {PI: "ONLINE"}

        def states() -> dict[str, str]:
            return {name: monitor.api.get(f"/api/v1/devices/{name}").json()["state"] for name in wanted}

        wait_for(lambda: states() == wanted)
