"""A thousand messages a second with presses among them, and a list of what the broker has promised to deliver.

A sender that trusts the broker: it keeps a press until the broker's PUBACK, and no longer.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests.brokers import GATEWAY_ACCOUNT, Broker, password_of

BEATS_PER_S, PRESSES_PER_S = 960, 40
BEATING = "BELL-1"  # whose heartbeats they are
SLICE_S = 0.05
LAST_ANSWERS_S = 30.0
FIRST_PRESS_AT = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)


@dataclass
class Flood:
    """Presses of many buttons, numbered, behind one gateway, and one bell's heartbeats: two real clients."""

    broker: Broker
    buttons: tuple[str, ...]
    random: Random
    sent: list[tuple[tuple[str, int], int]] = field(default_factory=list)  # each with the number of its packet
    answered: set[int] = field(default_factory=set)
    beats: int = 0
    share: float = 1.0  # of the figures above, for a test that starts many processes

    @property
    def promised(self) -> set[tuple[str, int]]:
        """(button, number) of every press that the broker has acknowledged."""
        return {press for press, packet in self.sent if packet in self.answered}

    @contextmanager
    def running(self) -> Iterator[None]:
        """Sends until the block ends, then waits for the broker's last answers."""
        is_over = threading.Event()
        gateway, bell = self._client(GATEWAY_ACCOUNT), self._client(BEATING)
        sender = threading.Thread(target=self._send, args=(gateway, bell, is_over))
        sender.start()
        try:
            yield
        finally:
            is_over.set()
            sender.join()
            deadline = time.monotonic() + LAST_ANSWERS_S
            while len(self.answered) < len(self.sent) and time.monotonic() < deadline:
                time.sleep(0.02)
            for client in (gateway, bell):
                client.disconnect()
                client.loop_stop()

    def _send(self, gateway: Client, bell: Client, is_over: threading.Event) -> None:
        next_s = time.monotonic()
        while not is_over.wait(max(0.0, next_s - time.monotonic())):
            next_s += SLICE_S
            for _ in range(round(PRESSES_PER_S * SLICE_S * self.share)):
                self._press(gateway)
            for _ in range(round(BEATS_PER_S * SLICE_S * self.share)):
                bell.publish(f"anninh/v1/bell/{BEATING}/heartbeat", b'{"v":1}', 0)
                self.beats += 1

    def _press(self, gateway: Client) -> None:
        press = (self.random.choice(self.buttons), len(self.sent))
        pressed_at = FIRST_PRESS_AT + timedelta(milliseconds=press[1])
        body = {"action": "emergency", "last_seen": pressed_at.isoformat(timespec="milliseconds")}
        self.sent.append((press, gateway.publish(f"zigbee2mqtt/{press[0]}", json.dumps(body), 1).mid))

    def _client(self, account: str) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, account, protocol=MQTTProtocolVersion.MQTTv311)
        client.username_pw_set(account, password_of(account))
        client.reconnect_delay_set(0.25, 1)
        if account == GATEWAY_ACCOUNT:
            client.on_publish = lambda _client, _userdata, packet, *_: self.answered.add(packet)
        client.connect("127.0.0.1", self.broker.port)
        client.loop_start()
        return client
