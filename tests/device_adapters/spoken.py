"""A post with an inventory, and an adapter's own memory between its messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from device_adapters.core.contract import Adapter, DeviceClass, DeviceFacts, Known, Message
from device_adapters.core.events import Event, EventClass
from device_adapters.core.orders import SirenWord, SoundAct, SoundOrder

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


class Post:
    def __init__(self, adapter: Adapter, **devices: DeviceClass) -> None:
        self.adapter, self.now = adapter, NOW
        self.devices: dict[str, DeviceFacts] = {}
        self.memory: dict[str, str] = {}
        self.refused: str | None = None
        for address, device_class in devices.items():
            self.register(address, device_class=device_class)

    def register(self, address: str, **facts: Any) -> None:
        self.devices[address] = DeviceFacts(device_id=address, **{"device_class": DeviceClass.BELL} | facts)

    def hears(self, topic: str, body: object) -> list[Event]:
        payload = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        decoded = self.adapter.decode(Message(topic, payload, self.now), self.adapter.default_base, self.known)
        self.memory |= decoded.remember
        self.refused = decoded.refused
        return list(decoded.events)

    @property
    def known(self) -> Known:
        return Known(device=self.devices.get, recall=self.memory.get)

    def words(self, topic: str, body: object) -> list[tuple[str, SirenWord]]:
        """Which siren says what."""
        return [(event.address, event.siren) for event in self.hears(topic, body) if event.siren]

    def orders(self, act: SoundAct, address: str, for_s: int = 60) -> tuple[str, bytes] | None:
        """What a siren is told, and where."""
        assert self.adapter.encode is not None
        order = SoundOrder("s-1", act, for_s if act is SoundAct.SOUND else 0, NOW)
        sending = self.adapter.encode(order, self.adapter.default_base, address, self.known)
        return (sending.topic, sending.payload) if sending else None

    def told(self, topic: str, body: object) -> list[tuple[str, EventClass]]:
        """Whom it is about and what it says, in order."""
        return [(event.address, event.event_class) for event in self.hears(topic, body)]
