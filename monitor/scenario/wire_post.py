"""A whole post for a story over the wire: a real broker with the shipped config, and a real monitor process."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterable
from http.client import HTTPConnection
from pathlib import Path
from socket import socket

from monitor.clock import SystemClock
from monitor.demo.brokers import BrokerPlan, find_program, prepare
from monitor.demo.children import Child, Children, Program
from monitor.errors import StartError
from monitor.scenario.paced_clock import PacedClock
from monitor.scenario.paced_monitor import PACE, SWITCHES, TELL
from monitor.scenario.switches import Switches
from monitor.settings import Settings

HOST = "127.0.0.1"
ALARM_ACCOUNT, STATE_ACCOUNT = "monitor-alarm", "monitor-state"
PATIENCE_S, POLL_S = 60.0, 0.05
# How long before a story the monitor is started; the longer one where that was too short.
LEADS_S = (8.0, 60.0)
# What a story sets of the monitor's settings.
_TOLD = ("database_url", "canary_every_s", "disk_free_min_mib")


class WirePost:
    def __init__(
        self, folder: Path, settings: Settings, devices: Iterable[str], clock: PacedClock, tell_url: str
    ) -> None:
        self.folder, self._settings, self._clock, self._tell_url = folder, settings, clock, tell_url
        self._world = SystemClock()
        self._switches_file = folder / "switches"
        self.switches = Switches(self._switches_file)
        self._children = Children(folder, self._world)
        self.mqtt_port, self.http_port = _free_port(), _free_port()
        names = (ALARM_ACCOUNT, STATE_ACCOUNT, *devices)
        self.passwords = {name: secrets.token_urlsafe(12) for name in names}
        self._broker: Child | None = None
        self._monitor: Child | None = None

    def start(self) -> None:
        self.start_broker()
        self._until(self._broker, self._broker_answers)
        for lead_s in LEADS_S:
            self._clock.begin_in(lead_s)
            self.start_monitor()
            self._until(self._monitor, self._monitor_is_ready)
            if self._clock.monotonic_s() < 0:
                return
            self.kill_monitor()  # a busy machine: the story had begun before it was there
        raise StartError(f"the monitor was not ready within {LEADS_S[-1]:.0f} s")

    def stop(self) -> None:
        self._children.stop()

    # -- the broker ---------------------------------------------------------------------------------------------------

    def start_broker(self) -> None:
        plan = BrokerPlan(folder=self.folder / "broker", port=self.mqtt_port, passwords=self.passwords)
        prepared = prepare(find_program(), plan)
        self._broker = self._children.start(Program("broker", prepared.command, os.environ, prepared.log))

    def end_broker(self, *, keeps: bool) -> None:
        assert self._broker is not None  # noqa: S101 — it was started first
        if keeps:
            self._broker.process.terminate()
        else:
            self._broker.process.kill()
        self._broker.process.wait()
        for file in [] if keeps else self.folder.glob("broker/*.db"):
            file.unlink()

    def _broker_answers(self) -> bool:
        with socket() as door:
            return door.connect_ex((HOST, self.mqtt_port)) == 0

    # -- the monitor --------------------------------------------------------------------------------------------------

    def start_monitor(self) -> None:
        command = [sys.executable, "-m", "monitor.scenario.paced_monitor"]
        self._monitor = self._children.start(Program("monitor", command, self._environ()))

    def kill_monitor(self) -> None:
        assert self._monitor is not None  # noqa: S101 — it was started first
        self._monitor.process.kill()
        self._monitor.process.wait()

    def _monitor_is_ready(self) -> bool:
        connection = HTTPConnection(HOST, self.http_port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _until(self, child: Child | None, is_so: Callable[[], bool]) -> None:
        assert child is not None  # noqa: S101 — it was started first
        deadline_s = self._world.monotonic_s() + PATIENCE_S
        while not is_so():
            if not child.is_alive or self._world.monotonic_s() > deadline_s:
                raise StartError(f"the {child.name} did not do its part; its last lines:\n{child.last_lines()}")
            self._world.sleep(POLL_S)

    def _environ(self) -> dict[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHUONG_")}
        names = [*_TOLD, *(name for name in Settings.model_fields if name.startswith("supervision_"))]
        told = {f"CHUONG_{name.upper()}": str(getattr(self._settings, name)) for name in names}
        return {
            **ours,
            **told,
            "CHUONG_MQTT_URL": f"mqtt://{HOST}:{self.mqtt_port}",
            "CHUONG_MQTT_ALARM_USER": ALARM_ACCOUNT,
            "CHUONG_MQTT_ALARM_PASSWORD": self.passwords[ALARM_ACCOUNT],
            "CHUONG_MQTT_STATE_USER": STATE_ACCOUNT,
            "CHUONG_MQTT_STATE_PASSWORD": self.passwords[STATE_ACCOUNT],
            "CHUONG_HTTP_HOST": HOST,
            "CHUONG_HTTP_PORT": str(self.http_port),
            PACE: self._clock.pace.written(),
            TELL: self._tell_url,
            SWITCHES: str(self._switches_file),
        }


def _free_port() -> int:
    with socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])
