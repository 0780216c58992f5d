"""``python -m simulator flood``: as many heartbeats as a broker takes, or so many a second, with presses among them.

Each account is a connection of its own. What is said at the end is what the broker has promised (PUBACK), and how
long each press waited for the receipt that the monitor sends when it is stored.
"""

from __future__ import annotations

import json
import selectors
import socket
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

from simulator import clock
from simulator.flood_packets import PUBACK, PUBLISH, connect, packets, puback, publish, subscribe, topic_and_number
from simulator.link import BrokerAddress
from simulator.wiring import NATIVE_BASE

ANSWER_S, SLICE_S = 10.0, 0.01
# So many of one connection are on their way at once: more would only wait in the broker's own buffers.
WINDOW = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FloodPlan:
    """``per_s``: heartbeats a second of all together, None for as many as go. ``presses``: spread over the whole."""

    address: BrokerAddress
    cameras: Mapping[str, str]
    bells: Mapping[str, str]
    heartbeats: int
    per_s: float | None = None
    presses: int = 0
    longest_s: float = 120.0


@dataclass(frozen=True, slots=True)
class FloodReport:
    """``started_s``: on this machine's monotonic clock. ``seconds``: until the broker's last promise.
    ``receipt_ms``: a wait per press that got its receipt."""

    started_s: float
    sent: int
    promised: int
    seconds: float
    receipt_ms: Sequence[float]


@dataclass
class _Wire:
    account: str
    link: socket.socket
    is_bell: bool
    number: int = 0
    outstanding: int = 0
    buffer: bytearray = field(default_factory=bytearray)

    def next_number(self) -> int:
        self.number = self.number % 65_535 + 1
        return self.number


class Flood:
    def __init__(self, plan: FloodPlan) -> None:
        self._plan = plan
        self._cameras = deque[_Wire]()  # whose turn it is, first
        self._bells: list[_Wire] = []
        self._pressed_s: dict[str, float] = {}
        self._receipt_ms: list[float] = []
        self._promised = 0

    def run(self) -> FloodReport:
        """Raises ``ConnectionError`` where the broker does not let somebody in."""
        with ExitStack() as closing:
            self._selector = closing.enter_context(selectors.DefaultSelector())
            self._cameras.extend(self._open(*account, closing) for account in self._plan.cameras.items())
            self._bells = [self._open(*account, closing) for account in self._plan.bells.items()]
            return self._send_all()

    def _send_all(self) -> FloodReport:
        plan, started_s = self._plan, clock.monotonic_s()
        sent = presses = 0
        until_s = started_s + plan.longest_s
        while (
            self._promised < plan.heartbeats or presses < plan.presses or self._pressed_s
        ) and clock.monotonic_s() < until_s:
            elapsed_s = clock.monotonic_s() - started_s
            due = plan.heartbeats if plan.per_s is None else min(plan.heartbeats, int(elapsed_s * plan.per_s))
            sent += self._beat(due - sent)
            if presses < plan.presses * sent // plan.heartbeats:
                presses += 1
                self._press(self._bells[presses % len(self._bells)])
            self._listen(SLICE_S if sent >= due else 0)
        seconds = clock.monotonic_s() - started_s
        return FloodReport(started_s, sent, self._promised, seconds, self._receipt_ms)

    def _beat(self, most: int) -> int:
        """Round the connections, so that none runs ahead and none is silent; how many were sent."""
        sent = 0
        for _ in range(len(self._cameras)):
            if sent >= most:
                break
            wire = self._cameras[0]
            self._cameras.rotate(-1)
            many = min(WINDOW - wire.outstanding, most - sent, WINDOW // 4)
            if many <= 0:
                continue
            topic = f"{NATIVE_BASE}/camera/{wire.account}/heartbeat"
            body = b'{"v":1,"ts":%d,"battery":88}' % clock.now_ms()
            self._send(wire, b"".join(publish(wire.next_number(), topic, body) for _ in range(many)))
            wire.outstanding += many
            sent += many
        return sent

    def _press(self, wire: _Wire) -> None:
        identity = str(uuid.uuid4())
        body = {"v": 1, "id": identity, "kind": "alarm", "input": "panic", "ts": clock.now_ms(), "boot": "flood"}
        self._pressed_s[identity] = clock.monotonic_s()
        topic = f"{NATIVE_BASE}/bell/{wire.account}/alarm"
        self._send(wire, publish(wire.next_number(), topic, json.dumps(body).encode()))

    def _listen(self, patience_s: float) -> None:
        for key, _ in self._selector.select(patience_s):
            wire: _Wire = key.data
            said = wire.link.recv(65_536)
            if not said:
                raise ConnectionError(f"the broker has closed the connection of {wire.account}")
            wire.buffer += said
            for kind, body in packets(wire.buffer):
                self._take(wire, kind, body)

    def _take(self, wire: _Wire, kind: int, body: bytes) -> None:
        if kind == PUBACK and not wire.is_bell:
            wire.outstanding -= 1
            self._promised += 1
        elif kind == PUBLISH:
            _, number = topic_and_number(body)
            self._send(wire, puback(number))
            identity = json.loads(body[body.index(b"{") :])["id"]
            if (pressed_s := self._pressed_s.pop(identity, None)) is not None:
                self._receipt_ms.append((clock.monotonic_s() - pressed_s) * 1000)

    def _send(self, wire: _Wire, data: bytes) -> None:
        wire.link.setblocking(True)
        wire.link.sendall(data)
        wire.link.setblocking(False)

    def _open(self, account: str, password: str, closing: ExitStack) -> _Wire:
        address = self._plan.address
        link = closing.enter_context(socket.create_connection((address.host, address.port), ANSWER_S))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire = _Wire(account, link, is_bell=account in self._plan.bells)
        link.sendall(connect(account, password))
        if link.recv(4) != b"\x20\x02\x00\x00":
            raise ConnectionError(f"the broker does not let {account} in")
        if wire.is_bell:
            link.sendall(subscribe(wire.next_number(), f"{NATIVE_BASE}/bell/{account}/ack"))
            link.recv(16)
        link.setblocking(False)
        self._selector.register(link, selectors.EVENT_READ, wire)
        return wire
