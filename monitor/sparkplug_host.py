"""Sparkplug gateways are told that we are there, and at each connection those of ours are asked for their births."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from device_adapters.sparkplug import ADAPTER, STATE, rebirth
from monitor.clock import Clock
from monitor.ingest.host_state import HostState
from monitor.ingest.mqtt import BrokerSession
from monitor.inventory.lookup import DeviceBook
from monitor.settings import Settings


class SparkplugHost:
    """What was born while we were away was told to nobody, and nothing of it is retained."""

    def __init__(self, settings: Settings, book: DeviceBook, session: BrokerSession, clock: Clock) -> None:
        self._base, self._book = settings.base_topics[ADAPTER.name], book
        self._session, self._clock = session, clock
        self._greeted_at: datetime | None = None
        if settings.sparkplug_host:
            session.herald(HostState(f"{self._base}/{STATE}/{settings.sparkplug_host}", clock))

    def turn(self) -> None:
        """Called by the writer a few times a second."""
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
