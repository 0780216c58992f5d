"""A real broker on 127.0.0.1, with the configuration we ship or with none, and clients to speak to it."""

from __future__ import annotations

import queue
import socket
import ssl
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode

from monitor.demo.brokers import BrokerPlan, BrokerProgram, find_program, prepare

WORKER_ACCOUNTS = tuple(f"ingest-{worker}-{session}" for worker in (1, 2) for session in ("alarm", "state"))
MONITOR_ACCOUNTS = ("monitor-alarm", "monitor-state", "monitor-sys", "admin", *WORKER_ACCOUNTS)
GATEWAY_ACCOUNT = "zigbee2mqtt"
START_S = 30.0


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def password_of(account: str) -> str:
    return f"the password of {account}"


def _mosquitto() -> BrokerProgram:
    program = find_program()
    assert program.name == "mosquitto", "mosquitto is not installed: make system-packages"
    return program


@dataclass
class Broker:
    """One broker. It keeps its folder, with queues and retained messages, over ``stop``, ``kill`` and ``start``."""

    folder: Path
    port: int = field(default_factory=free_port)
    is_anonymous: bool = False
    program: BrokerProgram = field(default_factory=_mosquitto)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        """The settings a monitor needs to speak to this broker."""
        if self.is_anonymous:
            return {"CHUONG_MQTT_URL": self.url}
        return self._environ_of("monitor")

    def environ_of_worker(self, name: int) -> dict[str, str]:
        return self._environ_of(f"ingest-{name}")

    def _environ_of(self, who: str) -> dict[str, str]:
        accounts = {"ALARM": f"{who}-alarm", "STATE": f"{who}-state"}
        users = {f"CHUONG_MQTT_{role}_USER": account for role, account in accounts.items()}
        passwords = {f"CHUONG_MQTT_{role}_PASSWORD": password_of(account) for role, account in accounts.items()}
        return {"CHUONG_MQTT_URL": self.url, **users, **passwords}

    @property
    def log(self) -> str:
        return (self.folder / "mosquitto.log").read_text()

    @property
    def pid_file(self) -> Path:
        return self.folder / "mosquitto.pid"

    def configure_kept(self) -> None:
        """As ``configure``, and what that writes is the post's own part: the rest is for the monitor to write."""
        self.configure()
        for name in ("passwd", "acl"):
            (self.folder / f"post.{name}").write_bytes((self.folder / name).read_bytes())

    def configure(self, *device_accounts: str) -> None:
        """Writes its files: the shipped ones, with these devices' accounts, or three lines that let anybody in."""
        if self.is_anonymous:
            text = f"listener {self.port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n"
            (self.folder / "mosquitto.conf").write_text(text)
        else:
            accounts = (*MONITOR_ACCOUNTS, GATEWAY_ACCOUNT, *device_accounts)
            passwords = {account: password_of(account) for account in accounts}
            prepare(self.program, BrokerPlan(folder=self.folder, port=self.port, passwords=passwords))

    def start(self) -> None:
        command = [str(self.program.path), "-c", str(self.folder / f"{self.program.name.removesuffix('-server')}.conf")]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        deadline = time.monotonic() + START_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"{self.program.name} did not start: {(self.folder / 'output').read_text()}")
            time.sleep(0.01)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(10)
            self.process = None

    def wait_until_saved(self) -> None:
        """Until everything it has taken so far is in its file; it saves once a second."""
        saved, begun_at = self.folder / "mosquitto.db", time.time()
        deadline = time.monotonic() + START_S
        while not saved.exists() or saved.stat().st_mtime <= begun_at:
            assert time.monotonic() < deadline, "mosquitto does not save"
            time.sleep(0.02)

    def connect(self, account: str, *, client_id: str = "", is_clean: bool = True, password: str | None = None) -> Wire:
        name = None if self.is_anonymous else account
        return Wire(self.port, name, client_id or account, is_clean=is_clean, password=password)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class Wire:
    """One connected client. Raises ``ConnectionRefusedError`` where the broker does not let it in."""

    def __init__(
        self,
        port: int,
        account: str | None,
        client_id: str,
        *,
        is_clean: bool = True,
        tls: ssl.SSLContext | None = None,
        password: str | None = None,
    ) -> None:
        self.received: queue.Queue[tuple[str, bytes]] = queue.Queue()
        self._granted: queue.Queue[bool] = queue.Queue()
        self._answer: queue.Queue[ReasonCode] = queue.Queue()
        version = MQTTProtocolVersion.MQTTv311
        self._client = Client(CallbackAPIVersion.VERSION2, client_id, clean_session=is_clean, protocol=version)
        if account:
            self._client.username_pw_set(account, password or password_of(account))
        if tls:
            self._client.tls_set_context(tls)
        self._client.on_socket_open = _send_at_once
        self._client.on_connect = lambda _c, _u, _f, reason, _p: self._answer.put(reason)
        self._client.on_disconnect = lambda _c, _u, _f, reason, _p: self._answer.put(reason)
        self._client.on_message = lambda _c, _u, message: self.received.put((message.topic, bytes(message.payload)))
        self._client.on_subscribe = lambda *_: self._granted.put(True)
        self._client.connect("127.0.0.1", port, keepalive=60)
        self._client.loop_start()
        answer = self._answer.get(timeout=START_S)
        if answer.is_failure:
            self.close()
            raise ConnectionRefusedError(str(answer))

    def publish(self, topic: str, payload: bytes | str, *, qos: int = 1, is_retained: bool = False) -> None:
        """Returns when the broker has answered (QoS 1), which says nothing about whether it was allowed."""
        # A busy machine may have missed a ping; the client comes back by itself.
        deadline = time.monotonic() + START_S
        while not self._client.is_connected():
            assert time.monotonic() < deadline, "the client lost the broker"
            time.sleep(0.01)
        self._client.publish(topic, payload, qos, is_retained).wait_for_publish(10)

    def publish_all(self, topic: str, payloads: Iterable[bytes | str]) -> None:
        """Like ``publish``, without waiting for one before the next is sent."""
        for receipt in [self._client.publish(topic, payload, 1) for payload in payloads]:
            receipt.wait_for_publish(30)

    def subscribe(self, *topic_filters: str) -> None:
        for topic_filter in topic_filters:
            self._client.subscribe(topic_filter, qos=1)
            self._granted.get(timeout=START_S)

    def wait_until_dropped(self) -> None:
        """Until the broker has ended the connection, or has refused the next one."""
        assert self._answer.get(timeout=START_S).is_failure

    def next(self, timeout_s: float = 15) -> tuple[str, bytes]:
        return self.received.get(timeout=timeout_s)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _send_at_once(_client: Client, _userdata: object, opened: object) -> None:
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
