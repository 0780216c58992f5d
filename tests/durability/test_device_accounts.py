"""A whole post whose monitor keeps the broker's accounts: who is registered gets in, and nobody who no longer is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests.brokers import Broker, Wire
from tests.builders import a_bell
from tests.processes import MonitorProcess

ALARM = "anninh/v1/bell/{}/alarm"


@dataclass
class Post:
    broker: Broker
    monitor: MonitorProcess

    def register(self, device_id: str) -> str:
        """Its secret."""
        answer = self.monitor.api.post("/api/v1/devices", json=a_bell(id=device_id))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["secret"])

    def connect(self, device_id: str, secret: str) -> Wire:
        """As soon as the broker knows it; a device tries again and again, like this."""
        for _ in range(500):
            try:
                return self.broker.connect(device_id, password=secret)
            except ConnectionRefusedError:
                time.sleep(0.02)
        raise ConnectionRefusedError(device_id)

    def is_shut_out(self, device_id: str, secret: str) -> bool:
        try:
            self.broker.connect(device_id, password=secret).close()
        except ConnectionRefusedError:
            return True
        return False

    def retire(self, device_id: str) -> None:
        path = f"/api/v1/devices/{device_id}"
        version = self.monitor.api.get(path).json()["version"]
        answer = self.monitor.api.patch(path, json={"version": version, "lifecycle": "RETIRED"})
        assert answer.status_code == 200, answer.text


@pytest.fixture
def post(tmp_path: Path, monitor_process: Callable[..., MonitorProcess]) -> Iterator[Post]:
    folder = tmp_path / "broker"
    folder.mkdir()
    broker = Broker(folder)
    broker.configure_kept()
    broker.start()
    try:
        yield Post(broker, monitor_process(broker, mosquitto_folder=folder, mosquitto_pid_file=broker.pid_file))
    finally:
        broker.stop()


def test_it_lets_a_device_in_that_was_just_registered(post: Post) -> None:
    with post.connect("BELL-1", post.register("BELL-1")) as bell:
        bell.subscribe("anninh/v1/bell/BELL-1/ack/#")
        body = '{"v":1,"id":"0b6f2d1c-5a7e-4f0e-9a51-3d1f6c1f0001","kind":"alarm","input":"panic","ts":1795000000000}'
        bell.publish(ALARM.format("BELL-1"), body)
        assert bell.next()[0] == "anninh/v1/bell/BELL-1/ack"


def end_by_retiring(post: Post) -> None:
    post.retire("BELL-1")


def end_by_revoking(post: Post) -> None:
    assert post.monitor.api.delete("/api/v1/devices/BELL-1/credential").status_code == 204


def end_by_issuing_anew(post: Post) -> None:
    assert post.monitor.api.post("/api/v1/devices/BELL-1/credential").status_code == 201


def end_by_command(post: Post) -> None:
    assert post.monitor.run("credentials", "revoke", "BELL-1").startswith("revoked 1")


@pytest.mark.parametrize("end", [end_by_retiring, end_by_revoking, end_by_issuing_anew, end_by_command])
def test_it_cuts_a_live_connection_off(post: Post, end: Callable[[Post], None]) -> None:
    secret = post.register("BELL-1")
    with post.connect("BELL-1", secret) as bell:
        end(post)
        bell.wait_until_dropped()
    assert post.is_shut_out("BELL-1", secret)


def test_it_lets_a_device_in_again_whose_retirement_was_undone(post: Post) -> None:
    secret = post.register("BELL-1")
    post.connect("BELL-1", secret).close()
    post.retire("BELL-1")
    path = "/api/v1/devices/BELL-1"
    version = post.monitor.api.get(path).json()["version"]
    assert post.monitor.api.post(f"{path}/lifecycle/undo", json={"version": version}).status_code == 200
    with post.connect("BELL-1", secret) as bell:
        bell.subscribe("anninh/v1/bell/BELL-1/ack/#")


def test_it_lets_a_device_do_nothing_in_anothers_name(post: Post) -> None:
    first, second = post.register("BELL-1"), post.register("BELL-2")
    with (
        post.connect("BELL-1", first) as bell,
        post.connect("BELL-2", second) as neighbour,
        post.broker.connect("admin") as admin,
    ):
        for wire in (bell, neighbour, admin):
            wire.subscribe("#")
        bell.publish(ALARM.format("BELL-2"), "as another")
        bell.publish("anninh/v1/bell/BELL-1/ack", "a forged answer to itself")
        bell.publish("anninh/v1/bell/BELL-2/ack", "a forged answer to another")
        neighbour.publish("anninh/v1/bell/BELL-2/heartbeat", "of its own")
        assert admin.next() == ("anninh/v1/bell/BELL-2/heartbeat", b"of its own")
        assert (bell.received.empty(), neighbour.received.empty()) == (True, True)


def test_it_lets_no_device_take_the_place_of_another(post: Post) -> None:
    first, second = post.register("BELL-1"), post.register("BELL-2")
    with post.connect("BELL-1", first) as bell:
        post.connect("BELL-2", second).close()
        # Under this client id it would throw out BELL-1, and get what waits for it.
        post.broker.connect("BELL-2", client_id="BELL-1", password=second).close()
        bell.subscribe("anninh/v1/bell/BELL-1/command/#")
        with post.broker.connect("admin") as admin:
            admin.publish("anninh/v1/bell/BELL-1/command", "still there?")
        assert bell.next()[1] == b"still there?"


def test_it_says_that_the_broker_does_not_follow_and_still_takes_alarms(post: Post) -> None:
    (post.broker.folder / "post.passwd").unlink()
    post.register("BELL-1")
    for _ in range(200):
        answer = httpx2.get(f"{post.monitor.url}/readyz")
        if answer.json()["reasons"]:
            break
        time.sleep(0.02)
    assert answer.status_code == 200
    assert "post.passwd is missing" in answer.json()["reasons"][0]
