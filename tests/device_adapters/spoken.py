"""A post with an inventory, and an adapter's own memory between its messages."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from device_adapters.core.contract import Adapter, DeviceClass, DeviceFacts, Known, Message
from device_adapters.core.events import Event, EventClass

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)


class Post:
    def __init__(self, adapter: Adapter, **devices: DeviceClass) -> None:
        self.adapter = adapter
        self.devices: dict[str, DeviceFacts] = {}
        self.memory: dict[str, str] = {}
        for address, device_class in devices.items():
            self.register(address, device_class=device_class)

    def register(self, address: str, **facts: Any) -> None:
        self.devices[address] = DeviceFacts(device_id=address, **{"device_class": DeviceClass.BELL} | facts)

    def hears(self, topic: str, body: object) -> list[Event]:
        payload = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        known = Known(device=self.devices.get, recall=self.memory.get)
        decoded = self.adapter.decode(Message(topic, payload, NOW), self.adapter.default_base, known)
        self.memory |= decoded.remember
        return list(decoded.events)

    def told(self, topic: str, body: object) -> list[tuple[str, EventClass]]:
        """Whom it is about and what it says, in order."""
        return [(event.address, event.event_class) for event in self.hears(topic, body)]
