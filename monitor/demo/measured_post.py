"""A post to be measured: a real broker with the shipped config, a real monitor on its own SQLite, accounts for both."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection
from pathlib import Path
from socket import socket
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from sqlalchemy import Connection

from device_adapters.core.contract import DeviceClass
from monitor.clock import Clock
from monitor.demo.brokers import BrokerPlan, find_program, prepare, write_secret
from monitor.demo.children import Child, Children, Program
from monitor.errors import StartError
from monitor.inventory.device_index import index_missing
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.folding import search_text
from monitor.inventory.tables import Device
from monitor.journal import accounts
from monitor.journal.accounts import Role
from monitor.journal.database import Store

HOST, BASE = "127.0.0.1", "anninh/v1"
ALARM_ACCOUNT, STATE_ACCOUNT, BARE_ACCOUNT = "monitor-alarm", "monitor-state", "bare"
READER = "bench"
# Looked at oftener, the figures themselves would be what is measured.
PATIENCE_S, POLL_S = 60.0, 0.1
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class Fleet:
    """Senders with a connection of their own; each is registered."""

    cameras: Sequence[str]
    bells: Sequence[str]

    @property
    def all(self) -> list[str]:
        return [*self.cameras, *self.bells]


@dataclass(frozen=True, slots=True)
class Flooded:
    """``started_s``: on the monotonic clock. ``promised``: heartbeats the broker took, within ``seconds``.
    ``receipt_ms``: a wait per press that got its receipt."""

    started_s: float
    promised: int
    seconds: float
    receipt_ms: list[float]


class Post:
    def __init__(self, folder: Path, fleet: Fleet, clock: Clock) -> None:
        self.folder, self.fleet, self._clock = folder, fleet, clock
        self.children = Children(folder, clock)
        self.mqtt_port, self.http_port = _free_port(), _free_port()
        names = (ALARM_ACCOUNT, STATE_ACCOUNT, BARE_ACCOUNT, *fleet.all)
        self.passwords = {name: secrets.token_urlsafe(12) for name in names}
        self.credentials = folder / "credentials.json"
        self.database_url = f"sqlite:///{folder}/chuong.sqlite3"
        self._token = ""

    def set_up(self) -> None:
        write_secret(self.credentials, json.dumps({name: self.passwords[name] for name in self.fleet.all}))
        store = Store(self.database_url)
        store.migrate()
        with store.transaction() as tx:
            user = accounts.User(READER, Role.READER)
            accounts.add_user(tx, user, secrets.token_urlsafe(16), self._clock.now())
            self._token = accounts.issue_token(tx, READER, self._clock.now())
        store.close()
        self.register(DeviceClass.CAMERA, self.fleet.cameras)
        self.register(DeviceClass.BELL, self.fleet.bells)

    def register(self, device_class: DeviceClass, names: Sequence[str]) -> None:
        """Straight into the store: while no monitor runs on it."""
        store = Store(self.database_url)
        for start in range(0, len(names), _AT_ONCE):
            with store.transaction() as tx:
                _register(tx, device_class, names[start : start + _AT_ONCE], self._clock.now())
                index_missing(tx)
        store.close()

    def start_broker(self) -> Child:
        plan = BrokerPlan(
            folder=self.folder / "broker", port=self.mqtt_port, passwords=self.passwords, gateways={BARE_ACCOUNT: BASE}
        )
        prepared = prepare(find_program(), plan)
        broker = self.children.start(Program("broker", prepared.command, os.environ, prepared.log))
        self.until(broker, lambda: _accepts(self.mqtt_port))
        return broker

    def start_monitor(self, children: Children) -> Child:
        command = [sys.executable, "-m", "monitor.cli", "serve"]
        monitor = children.start(Program("monitor", command, self._environ()))
        self.until(monitor, lambda: self._get("/readyz")[0] == 200)
        return monitor

    @contextmanager
    def fresh_monitor(self) -> Iterator[Child]:
        """One that nothing waits for: what lies in the sessions of before would be measured too."""
        children = Children(self.folder, self._clock)
        self._forget_sessions()
        try:
            yield self.start_monitor(children)
        finally:
            children.stop()
            self._forget_sessions()

    def flood(self, heartbeats: int, *options: str) -> Flooded:
        """A sender of its own, with a connection for each of the fleet. Raises ``StartError`` where it cannot send."""
        where = ["--mqtt-url", f"mqtt://{HOST}:{self.mqtt_port}", "--credentials", str(self.credentials)]
        command = [sys.executable, "-m", "simulator", "flood", *where, "--heartbeats", str(heartbeats), *options]
        done = subprocess.run(command, capture_output=True, check=False, text=True)
        if done.returncode:
            raise StartError(f"the simulator could not send:\n{done.stderr.strip()[-2000:]}")
        told: Mapping[str, Any] = json.loads(done.stdout)
        if told["promised"] < heartbeats:
            raise StartError(f"the broker took {told['promised']} of {heartbeats} heartbeats")
        return Flooded(told["started_s"], told["promised"], told["seconds"], told["receipt_ms"])

    def hear_each(self, names: Sequence[str], monitor: Child) -> None:
        """A heartbeat of each, by one account that may speak for all; some at a time, for what waits takes room too."""
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            goal = self.figures().messages + len(some)
            self._say_alive(some)
            self.until(monitor, lambda goal=goal: self.figures().messages >= goal)  # type: ignore[misc]

    def _say_alive(self, names: Sequence[str]) -> None:
        client = Client(CallbackAPIVersion.VERSION2, client_id=BARE_ACCOUNT, protocol=MQTTProtocolVersion.MQTTv311)
        client.username_pw_set(BARE_ACCOUNT, self.passwords[BARE_ACCOUNT])
        client.connect(HOST, self.mqtt_port)
        client.loop_start()
        for name in names:
            at_ms = round(self._clock.now().timestamp() * 1000)
            client.publish(f"{BASE}/camera/{name}/heartbeat", b'{"v":1,"ts":%d,"battery":88}' % at_ms)
        client.disconnect()
        client.loop_stop()

    def snapshot(self) -> str:
        """What a screen is told of all devices."""
        return self._get("/api/v1/snapshot", self._token)[1]

    def _forget_sessions(self) -> None:
        for account in (ALARM_ACCOUNT, STATE_ACCOUNT):
            client = Client(CallbackAPIVersion.VERSION2, client_id=account, protocol=MQTTProtocolVersion.MQTTv311)
            client.username_pw_set(account, self.passwords[account])
            client.connect(HOST, self.mqtt_port)
            while not client.is_connected():
                client.loop(0.1)
            client.disconnect()
            client.loop(0.1)

    def until(self, child: Child, is_so: Callable[[], bool]) -> None:
        deadline_s = self._clock.monotonic_s() + PATIENCE_S
        while not is_so():
            if not child.is_alive or self._clock.monotonic_s() > deadline_s:
                raise StartError(f"the {child.name} did not do its part; its last lines:\n{child.last_lines()}")
            self._clock.sleep(POLL_S)

    def figures(self) -> Figures:
        return Figures(self._get("/metrics", self._token)[1])

    def _get(self, path: str, token: str = "") -> tuple[int, str]:
        connection = HTTPConnection(HOST, self.http_port, timeout=5)
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {token}"} if token else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def _environ(self) -> Mapping[str, str]:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("CHUONG_")}
        return ours | {
            "CHUONG_DATABASE_URL": self.database_url,
            "CHUONG_MQTT_URL": f"mqtt://{HOST}:{self.mqtt_port}",
            "CHUONG_MQTT_ALARM_USER": ALARM_ACCOUNT,
            "CHUONG_MQTT_ALARM_PASSWORD": self.passwords[ALARM_ACCOUNT],
            "CHUONG_MQTT_STATE_USER": STATE_ACCOUNT,
            "CHUONG_MQTT_STATE_PASSWORD": self.passwords[STATE_ACCOUNT],
            "CHUONG_BASE_TOPIC_NATIVE": BASE,
            "CHUONG_HTTP_HOST": HOST,
            "CHUONG_HTTP_PORT": str(self.http_port),
        }


class Figures:
    """One look at ``/metrics``."""

    def __init__(self, text: str) -> None:
        self._text = text

    def total(self, name: str) -> float:
        """The sum over all labels."""
        found = re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", self._text, re.MULTILINE)
        return sum(float(value) for value in found)

    @property
    def messages(self) -> int:
        return int(self.total("chuong_messages_total"))

    @property
    def processor_s(self) -> float:
        return self.total("chuong_process_cpu_seconds_total")


def _register(tx: Connection, device_class: DeviceClass, names: Sequence[str], now: datetime) -> None:
    rows = [
        {"id": name, "adapter": "native", "address": name, "device_class": device_class, "name": name}
        | {"registered_at": now, "search_text": search_text(name)}
        for name in names
    ]
    put_all(tx, Device, rows, Edit("bench", now, "bench"))


def _free_port() -> int:
    with socket() as listener:
        listener.bind((HOST, 0))
        return int(listener.getsockname()[1])


def _accepts(port: int) -> bool:
    with socket() as door:
        return door.connect_ex((HOST, port)) == 0
