"""The inventory as the message path needs it: from a device's own address to what we know of it, in memory."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from device_adapters.core.contract import DeviceClass, DeviceFacts
from device_adapters.core.events import AlarmKind
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from monitor.inventory.territory import Place

_DEVICE = core(Device)
_AT_ONCE = 500
_COLUMNS = (
    "id",
    "device_class",
    "name",
    "adapter",
    "address",
    "model",
    "alarm_kind",
    "supervision_interval_s",
    "registered_at",
    "group_id",
    "area_id",
    "parent_id",
    "power_feeder",
    "network_provider",
    "lifecycle",
)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A registered device: what adapters are told of it, its own supervision interval if any, where it stands."""

    facts: DeviceFacts
    name: str
    adapter: str
    address: str
    supervision_interval_s: float | None
    registered_at: datetime
    place: Place = (None, None)
    parent_id: str | None = None
    power_feeder: str | None = None
    network_provider: str | None = None
    is_in_maintenance: bool = False

    @property
    def device_id(self) -> str:
        return self.facts.device_id


class DeviceBook:
    """Every registered device, by id and by adapter and address. Only the writer thread changes it."""

    def __init__(self) -> None:
        self._by_id: dict[str, KnownDevice] = {}
        self._by_address: defaultdict[str, dict[str, KnownDevice]] = defaultdict(dict)

    def load(self, connection: Connection) -> None:
        for device in read_known(connection):
            self.add(device)

    def add(self, device: KnownDevice) -> None:
        """Also for a device that is known already, under another address perhaps."""
        self.remove(device.device_id)
        self._by_id[device.device_id] = device
        self._by_address[device.adapter][device.address] = device

    def remove(self, device_id: str) -> None:
        device = self._by_id.pop(device_id, None)
        # Its address may be another's by now, where the two were exchanged.
        if device and self.at_address(device.adapter, device.address) is device:
            del self._by_address[device.adapter][device.address]

    def at_address(self, adapter: str, address: str) -> KnownDevice | None:
        return self._by_address[adapter].get(address)

    def with_id(self, device_id: str) -> KnownDevice | None:
        return self._by_id.get(device_id)

    def all(self) -> tuple[KnownDevice, ...]:
        return tuple(self._by_id.values())


def read_known(connection: Connection, device_ids: Collection[str] | None = None) -> list[KnownDevice]:
    """Devices that are not retired: these, or all. What a retired one still sends is a stranger's word."""
    query = select(*(_DEVICE.c[name] for name in _COLUMNS)).where(_DEVICE.c.lifecycle != Lifecycle.RETIRED)
    if device_ids is None:
        return [_known(row) for row in connection.execute(query).all()]
    ids, found = list(device_ids), []
    for start in range(0, len(ids), _AT_ONCE):
        some = query.where(_DEVICE.c.id.in_(ids[start : start + _AT_ONCE]))
        found += [_known(row) for row in connection.execute(some).all()]
    return found


def registered_among(connection: Connection, device_ids: Collection[str]) -> set[str]:
    """Those that have a row, retired or not."""
    ids, found = list(device_ids), set[str]()
    for start in range(0, len(ids), _AT_ONCE):
        query = select(_DEVICE.c.id).where(_DEVICE.c.id.in_(ids[start : start + _AT_ONCE]))
        found.update(connection.execute(query).scalars())
    return found


def _known(row: Sequence[Any]) -> KnownDevice:
    # By position: by name, a fleet of 100,000 takes a second longer to load.
    device_id, device_class, name, adapter, address, model, kind, interval_s, registered_at, *shared, lifecycle = row
    alarm_kind = AlarmKind(kind) if kind else None
    facts = DeviceFacts(device_id=device_id, device_class=DeviceClass(device_class), model=model, alarm_kind=alarm_kind)
    group_id, area_id, parent_id, power_feeder, network_provider = map(_shared, shared)
    place = (group_id, area_id)
    return KnownDevice(
        facts,
        name,
        adapter,
        address,
        interval_s,
        registered_at,
        place,
        parent_id,
        power_feeder,
        network_provider,
        is_in_maintenance=lifecycle == Lifecycle.MAINTENANCE,
    )


def _shared(word: str | None) -> str | None:
    """The same object for the same word: a hundred thousand devices hang on a few feeders."""
    return None if word is None else sys.intern(word)
