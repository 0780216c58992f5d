"""``python -m simulator crowd``: a hundred thousand devices of mixed families, each with a sign of life an interval.

They share connections, as what stands behind gateways, bridges and recorders does. Message k is planned for a moment
of its own, and how much later the machine had taken it from us is counted: a crowd that cannot keep up says so.
"""

from __future__ import annotations

import selectors
import socket
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import ip_address

from simulator import clock
from simulator.crowd_families import FAMILIES, Says
from simulator.flood_packets import PUBACK, connect, packets, publish, publish_at_most_once
from simulator.link import BrokerAddress

MOST_DEVICES, LONGEST_S, MOST_CONNECTIONS = 200_000, 3_600.0, 1_000
# Whoever is later than this at the ninety-ninth of a hundred messages does not keep up.
KEPT_UP_MS = 1_000
ANSWER_S, SLICE_S = 10.0, 0.01
# So many are made in one go, and so much may wait for one connection, before the sockets are looked at again.
AT_ONCE, MOST_WAITING = 2_000, 1 << 18


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdPlan:
    """``every_s``: from one sign of life of a device to its next. ``drain_s``: how long it waits at the end for what is
    late. Raises ``ValueError``."""

    address: BrokerAddress
    devices: int
    every_s: float = 30.0
    for_s: float = 60.0
    drain_s: float = 5.0
    connections: int = 100
    is_anywhere: bool = False

    def __post_init__(self) -> None:
        bounds = {
            "devices": (1 <= self.devices <= MOST_DEVICES, MOST_DEVICES),
            "seconds": (0 < self.for_s <= LONGEST_S, LONGEST_S),
            "connections": (1 <= self.connections <= MOST_CONNECTIONS, MOST_CONNECTIONS),
        }
        for name, (is_kept, most) in bounds.items():
            if not is_kept:
                raise ValueError(f"{name}: at least one, and at most {most:g}")
        if self.every_s <= 0:
            raise ValueError("an interval is longer than nothing")
        if not self.is_anywhere and not _is_loopback(self.address.host):
            raise ValueError(f"{self.address.host} is another machine: only with --anywhere")

    @property
    def per_s(self) -> float:
        return self.devices / self.every_s


@dataclass(frozen=True, slots=True)
class CrowdReport:
    """``lag``: milliseconds between the planned moment of a message and that at which the machine had taken it.

    ``promised``: what the broker said it has, of those that were sent at QoS 1 (``owed``). ``busy``: of one core.
    """

    families: Mapping[str, int]
    connections: int
    planned: int
    sent: int
    owed: int
    promised: int
    seconds: float
    lag_p50_ms: int
    lag_p99_ms: int
    lag_max_ms: int
    busy: float

    @property
    def keeps_up(self) -> bool:
        return self.sent >= self.planned and self.lag_p99_ms <= KEPT_UP_MS

    def verdict(self) -> str:
        said = f"{self.sent:,} of {self.planned:,} sent, lag median {self.lag_p50_ms} ms, p99 {self.lag_p99_ms} ms, "
        said += f"longest {self.lag_max_ms} ms, {self.busy:.0%} of a core"
        return said if self.keeps_up else f"CANNOT KEEP UP: {said}"


@dataclass
class _Line:
    """One connection. ``batches``: what waits in ``out``, as (bytes up to its end, planned moments)."""

    link: socket.socket
    out: bytearray = field(default_factory=bytearray)
    planned: deque[tuple[int, float]] = field(default_factory=deque)
    added: int = 0
    taken: int = 0
    number: int = 0
    answers: bytearray = field(default_factory=bytearray)

    def add(self, packet: bytes, planned_s: float) -> None:
        self.out += packet
        self.added += len(packet)
        self.planned.append((self.added, planned_s))

    def flush(self) -> Iterator[float]:
        """The planned moments of what the machine has taken by now."""
        if not self.out:
            return
        try:
            count = self.link.send(self.out)
        except BlockingIOError:
            return
        del self.out[:count]
        self.taken += count
        while self.planned and self.planned[0][0] <= self.taken:
            yield self.planned.popleft()[1]

    def next_number(self) -> int:
        self.number = self.number % 65_535 + 1
        return self.number


class Crowd:
    def __init__(self, plan: CrowdPlan) -> None:
        self._plan = plan
        self._speakers = [_speaker(number) for number in range(plan.devices)]
        self._lines: list[_Line] = []
        self._lags = Counter[int]()
        self._owed = self._promised = 0

    def run(self) -> CrowdReport:
        """Raises ``ConnectionError`` where the broker lets nobody in."""
        with ExitStack() as closing:
            self._selector = closing.enter_context(selectors.DefaultSelector())
            self._lines = [self._open(number, closing) for number in range(self._plan.connections)]
            return self._speak()

    def _speak(self) -> CrowdReport:
        plan, began_s, began_busy_s = self._plan, clock.monotonic_s(), clock.processor_s()
        total, made = int(plan.for_s * plan.per_s), 0
        give_up_s = began_s + plan.for_s + plan.drain_s
        while (now_s := clock.monotonic_s()) < give_up_s and not self._is_done(made >= total):
            due = min(total, 1 + int((now_s - began_s) * plan.per_s), made + AT_ONCE)
            while made < due and len(self._line_of(made).out) < MOST_WAITING:
                self._make(made, began_s + made / plan.per_s)
                made += 1
            self._flush()
            self._listen(0 if made < due else SLICE_S)
        seconds = clock.monotonic_s() - began_s
        return self._report(total, seconds, (clock.processor_s() - began_busy_s) / seconds)

    def _is_done(self, is_all_made: bool) -> bool:
        return is_all_made and self._promised >= self._owed and not any(line.out for line in self._lines)

    def _line_of(self, message: int) -> _Line:
        return self._lines[message % self._plan.devices % len(self._lines)]

    def _make(self, message: int, planned_s: float) -> None:
        name, says = self._speakers[message % self._plan.devices]
        line, (topic, payload) = self._line_of(message), says.beat(name, clock.now_ms())
        if says.is_promised:
            self._owed += 1
            line.add(publish(line.next_number(), topic, payload), planned_s)
        else:
            line.add(publish_at_most_once(topic, payload), planned_s)

    def _flush(self) -> None:
        for line in self._lines:
            for planned_s in line.flush():
                self._lags[max(0, round((clock.monotonic_s() - planned_s) * 1000))] += 1

    def _listen(self, patience_s: float) -> None:
        for key, _ in self._selector.select(patience_s):
            line: _Line = key.data
            if not (said := line.link.recv(65_536)):
                raise ConnectionError("the broker has closed a connection")
            line.answers += said
            self._promised += sum(kind == PUBACK for kind, _ in packets(line.answers))

    def _open(self, number: int, closing: ExitStack) -> _Line:
        address = self._plan.address
        link = closing.enter_context(socket.create_connection((address.host, address.port), ANSWER_S))
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        link.sendall(connect(address.user or "crowd", address.password or "", client_id=f"crowd-{number}"))
        if link.recv(4) != b"\x20\x02\x00\x00":
            raise ConnectionError(f"the broker does not let {address.user or 'anybody'} in")
        link.setblocking(False)
        line = _Line(link)
        self._selector.register(link, selectors.EVENT_READ, line)
        return line

    def _report(self, planned: int, seconds: float, busy: float) -> CrowdReport:
        sent = self._lags.total()
        return CrowdReport(
            families=dict(Counter(says.family for _, says in self._speakers)),
            connections=len(self._lines),
            planned=planned,
            sent=sent,
            owed=self._owed,
            promised=self._promised,
            seconds=round(seconds, 1),
            lag_p50_ms=_quantile(self._lags, sent // 2),
            lag_p99_ms=_quantile(self._lags, sent * 99 // 100),
            lag_max_ms=max(self._lags, default=0),
            busy=round(busy, 3),
        )


def _quantile(lags: Counter[int], rank: int) -> int:
    seen = 0
    for lag_ms in sorted(lags):
        seen += lags[lag_ms]
        if seen > rank:
            return lag_ms
    return max(lags, default=0)


def _speaker(number: int) -> tuple[str, Says]:
    says = FAMILIES[number % len(FAMILIES)]
    return f"{says.family}-{number:06}", says


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
