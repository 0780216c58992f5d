"""A broker in memory that keeps its promises: QoS 1 until acknowledged, sessions, what is retained, last wills."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import Protocol

from paho.mqtt.client import topic_matches_sub

from monitor.clock import Clock
from monitor.scenario.accidents import MonitorDied
from simulator.link import Line
from simulator.outgoing import Outgoing
from simulator.timetable import Timetable

DIAL_AGAIN_S = 1.0
# The same few topics against the same few filters, all story long.
_matches = lru_cache(maxsize=16_384)(topic_matches_sub)


@dataclass(frozen=True, slots=True)
class Kept:
    """A message for one session."""

    topic: str
    payload: bytes
    is_retained: bool = False


class Subscriber(Protocol):
    def hand_over(self, number: int, message: Kept, *, is_again: bool) -> None: ...

    def connection_lost(self) -> None: ...


@dataclass
class Session:
    """What the broker knows of one persistent client. ``unacknowledged``: handed over, and never forgotten before."""

    filters: dict[str, None] = field(default_factory=dict)
    waiting: deque[Kept] = field(default_factory=deque)
    unacknowledged: dict[int, Kept] = field(default_factory=dict)
    numbers: int = 0
    subscriber: Subscriber | None = None

    def owed(self) -> Iterator[Kept]:
        yield from self.waiting
        yield from self.unacknowledged.values()


class VirtualBroker:
    """Everything happens on one thread, at the moment it is asked for."""

    def __init__(self, clock: Clock, timetable: Timetable) -> None:
        self.clock, self.timetable = clock, timetable
        self.is_up, self.down_since_s = True, 0.0
        self._sessions: dict[str, Session] = {}
        self._retained: dict[str, Outgoing] = {}
        self._cables: list[VirtualCable] = []
        self._matching: dict[str, tuple[Session, ...]] = {}
        self._listening: dict[str, list[VirtualCable]] = {}
        self.before_acknowledging: Callable[[], None] = lambda: None
        self.acknowledged: Callable[[Kept], None] = lambda _message: None
        self.received: Callable[[str, bytes, float], None] = lambda _topic, _payload, _at_s: None
        self.came_back: Callable[[float], None] = lambda _at_s: None

    # -- the monitor's sessions ---------------------------------------------------------------------------------------

    def attach(self, client_id: str, subscriber: Subscriber) -> bool:
        """Whether the session was there already."""
        is_known = client_id in self._sessions
        session = self._sessions.setdefault(client_id, Session())
        session.subscriber = subscriber
        return is_known

    def subscribe(self, client_id: str, filters: list[str]) -> None:
        session = self._sessions[client_id]
        session.filters |= dict.fromkeys(filters)
        self._matching.clear()
        for topic, message in self._retained.items():
            if any(_matches(each, topic) for each in filters):
                session.waiting.append(Kept(topic, message.payload, is_retained=True))

    def resume(self, client_id: str) -> None:
        """What the last connection left unacknowledged comes again, before anything new."""
        session = self._sessions[client_id]
        for number, message in list(session.unacknowledged.items()):
            if session.subscriber is not None:
                session.subscriber.hand_over(number, message, is_again=True)
        self._drain(session)

    def detach(self, client_id: str) -> None:
        if client_id in self._sessions:
            self._sessions[client_id].subscriber = None

    def acknowledge(self, client_id: str, number: int) -> None:
        self.before_acknowledging()
        message = self._sessions[client_id].unacknowledged.pop(number, None)
        if message is None:
            return
        # What several sessions were given is the broker's until the last of them is rid of it.
        if not any(message is each for session in self._sessions.values() for each in session.owed()):
            self.acknowledged(message)

    def owes(self) -> int:
        """Messages that no monitor has acknowledged."""
        return sum(len(each.waiting) + len(each.unacknowledged) for each in self._sessions.values())

    # -- everybody's words --------------------------------------------------------------------------------------------

    def publish(self, message: Outgoing) -> None:
        if message.is_retained:
            self._retain(message)
        self.received(message.topic, message.payload, self.clock.monotonic_s())
        kept = Kept(message.topic, message.payload)
        for session in (subscribed := self._subscribed(message.topic)):
            session.waiting.append(kept)
        for cable in self._listening.get(message.topic, ()):
            cable.hear(message.topic, message.payload)
        # Last, for a monitor may die of it: the broker has then given everybody his copy.
        for session in subscribed:
            self._drain(session)

    def _retain(self, message: Outgoing) -> None:
        if message.payload:
            self._retained[message.topic] = message
        else:
            self._retained.pop(message.topic, None)

    def _subscribed(self, topic: str) -> tuple[Session, ...]:
        found = self._matching.get(topic)
        if found is None:
            found = self._matching[topic] = tuple(
                session for session in self._sessions.values() if any(_matches(each, topic) for each in session.filters)
            )
        return found

    def _drain(self, session: Session) -> None:
        while session.waiting and session.subscriber is not None and self.is_up:
            message = session.waiting.popleft()
            session.numbers = session.numbers % 65_535 + 1
            session.unacknowledged[session.numbers] = message
            session.subscriber.hand_over(session.numbers, message, is_again=False)

    # -- devices ------------------------------------------------------------------------------------------------------

    def cable_of(self, line: Line) -> VirtualCable:
        cable = VirtualCable(self, line)
        self._cables.append(cable)
        for topic in line.subscriptions:
            self._listening.setdefault(topic, []).append(cable)
        return cable

    # -- what happens to it -------------------------------------------------------------------------------------------

    def restart(self, down_for_s: float, *, keeps: bool) -> None:
        self.is_up, self.down_since_s = False, self.clock.monotonic_s()
        for session in self._sessions.values():
            if session.subscriber is not None:
                session.subscriber.connection_lost()
            session.subscriber = None
        for cable in self._cables:
            cable.lost()
        if not keeps:
            self._sessions.clear()
            self._retained.clear()
            self._matching.clear()
        self.timetable.after(down_for_s, self._come_up)

    def _come_up(self) -> None:
        self.is_up = True
        self.came_back(self.clock.monotonic_s())


class VirtualCable:
    """One device's connection."""

    def __init__(self, broker: VirtualBroker, line: Line) -> None:
        self._broker, self._line = broker, line
        self._is_up = self._is_pulled = False

    def open(self) -> None:
        self._broker.timetable.soon(self._dial)

    def send(self, message: Outgoing) -> bool:
        if self._is_up:
            self._say(message)
        return self._is_up

    def pull(self) -> None:
        was_up, self._is_up, self._is_pulled = self._is_up, False, True
        if was_up and self._line.will is not None:
            self._say(self._line.will)

    def plug(self) -> None:
        self._is_pulled = False
        self.open()

    def lost(self) -> None:
        """The broker is gone."""
        if self._is_up:
            self._is_up = False
            self._broker.timetable.after(DIAL_AGAIN_S, self._dial)

    def hear(self, topic: str, payload: bytes) -> None:
        if self._is_up:
            self._broker.timetable.soon(lambda: self._line.on_message(topic, payload))

    def _say(self, message: Outgoing) -> None:
        """Where the monitor dies of it, whoever spoke goes on with what he was at: it ends behind him."""
        try:
            self._broker.publish(message)
        except MonitorDied as death:
            self._broker.timetable.soon(partial(_end, death))

    def _dial(self) -> None:
        if self._is_up or self._is_pulled:
            return
        if not self._broker.is_up:
            self._broker.timetable.after(DIAL_AGAIN_S, self._dial)
            return
        self._is_up = True
        self._line.on_ready()


def _end(death: MonitorDied) -> None:
    raise death


CableOf = Callable[[Line], VirtualCable]
