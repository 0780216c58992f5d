"""Sparkplug gateways are told that we are there, and at each connection those of ours are asked for their births."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime

from device_adapters.core.orders import Sending
from device_adapters.sparkplug import ADAPTER, STATE, rebirth
from monitor.clock import Clock
from monitor.ingest.host_state import HostState
from monitor.ingest.mqtt import BrokerSession
from monitor.pipeline.reading import Reader
from monitor.settings import Settings

MOST_WAITING = 1000


class Reordering:
    """The reorder timer: what is only missing may still come, and is asked for when it did not come in time."""

    def __init__(
        self, reorder_s: float, clock: Clock, *, recall: Callable[[str], str | None], send: Callable[[Sending], None]
    ) -> None:
        self._reorder_s, self._clock, self._recall, self._send = reorder_s, clock, recall, send
        self._waiting: deque[tuple[float, Sending]] = deque(maxlen=MOST_WAITING)

    def ask(self, sending: Sending) -> None:
        if sending.while_held and self._reorder_s > 0:
            self._waiting.append((self._clock.monotonic_s() + self._reorder_s, sending))
        else:
            self._send(sending)

    def turn(self) -> None:
        now_s = self._clock.monotonic_s()
        while self._waiting and self._waiting[0][0] <= now_s:
            sending = self._waiting.popleft()[1]
            if self._recall(sending.while_held):
                self._send(sending)


class SparkplugHost:
    """What was born while we were away was told to nobody, and nothing of it is retained."""

    def __init__(self, settings: Settings, reader: Reader, session: BrokerSession, clock: Clock) -> None:
        self._base, self._book = settings.base_topics[ADAPTER.name], reader.book
        self._session, self._clock = session, clock
        self._reordering = Reordering(
            settings.sparkplug_reorder_s,
            clock,
            recall=lambda key: reader.memory.get((ADAPTER.name, key)),
            send=lambda sending: session.publish(sending.topic, sending.payload, sending.qos),
        )
        self._greeted_at: datetime | None = None
        if settings.sparkplug_host:
            session.herald(HostState(f"{self._base}/{STATE}/{settings.sparkplug_host}", clock))

    def ask(self, sending: Sending) -> None:
        """Called by the writer."""
        self._reordering.ask(sending)

    def turn(self) -> None:
        """Called by the writer a few times a second."""
        self._reordering.turn()
        if not self._session.is_connected or self._session.changed_at == self._greeted_at:
            return
        self._greeted_at = self._session.changed_at
        for node in nodes(device.address for device in self._book.all() if device.adapter == ADAPTER.name):
            asked = rebirth(self._base, node, self._clock.now())
            self._session.publish(asked.topic, asked.payload, asked.qos)


def nodes(addresses: Iterable[str]) -> list[str]:
    """``<group>/<node>`` of each, once."""
    levels = [address.split("/") for address in addresses]
    return list(dict.fromkeys("/".join(each[:2]) for each in levels if len(each) > 1 and all(each[:2])))
