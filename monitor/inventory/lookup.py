"""The inventory as the message path needs it: from a device's own address to what we know of it, in memory."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from device_adapters.core.contract import DeviceClass, DeviceFacts
from device_adapters.core.events import KINDS_OF_THE_MONITOR, AlarmKind
from monitor.inventory.edits import core
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from monitor.inventory.territory import Place

_DEVICE = core(Device)
_AT_ONCE = 500
_COLUMNS = (
    "id",
    "device_class",
    "adapter",
    "address",
    "model",
    "alarm_kind",
    "supervision_interval_s",
    "supervision_hours",
    "registered_at",
    "group_id",
    "area_id",
    "parent_id",
    "power_feeder",
    "network_provider",
    "lifecycle",
)


class Sort(Struct, frozen=True, gc=False):
    """What a device is; thousands are the same."""

    device_class: DeviceClass
    model: str | None
    alarm_kind: AlarmKind | None
    adapter: str
    supervision_interval_s: float | None
    is_in_maintenance: bool
    supervision_hours: str | None = None


class Standing(Struct, frozen=True, gc=False):
    """Where a device stands and what it hangs on; its neighbours share it."""

    place: Place
    parent_id: str | None
    power_feeder: str | None
    network_provider: str | None


class KnownDevice(Struct, frozen=True, gc=False):
    """A registered device. Of a million nearly all that can be told is told of many: that is kept once, and pointed to.

    It is in no ring of references: the garbage collector need not visit it.
    """

    device_id: str
    address: str
    sort: Sort
    standing: Standing
    registered_at: datetime

    @property
    def facts(self) -> DeviceFacts:
        """What adapters are told of it."""
        sort = self.sort
        return DeviceFacts(
            device_id=self.device_id,
            device_class=sort.device_class,
            model=sort.model,
            alarm_kind=sort.alarm_kind,
            parent_id=self.standing.parent_id,
        )

    @property
    def device_class(self) -> DeviceClass:
        return self.sort.device_class

    @property
    def adapter(self) -> str:
        return self.sort.adapter

    @property
    def place(self) -> Place:
        return self.standing.place


class DeviceBook:
    """Every registered device, by id and by adapter and address. Only the writer thread changes it."""

    def __init__(self) -> None:
        self._by_id: dict[str, KnownDevice] = {}
        self._by_address: defaultdict[str, dict[str, KnownDevice]] = defaultdict(dict)
        self._below: dict[str, dict[str, tuple[str, ...]]] = {}  # made when somebody asks, by family

    def load(self, connection: Connection) -> None:
        for device in read_known(connection):
            self.add(device)

    def add(self, device: KnownDevice) -> None:
        """Also for a device that is known already, under another address perhaps."""
        self.remove(device.device_id)
        self._by_id[device.device_id] = device
        self._below.pop(device.adapter, None)
        if device.address != device.device_id:
            self._by_address[device.adapter][device.address] = device

    def remove(self, device_id: str) -> None:
        device = self._by_id.pop(device_id, None)
        if device:
            self._below.pop(device.adapter, None)
        # Its address may be another's by now, where the two were exchanged.
        if device and self._by_address[device.adapter].get(device.address) is device:
            del self._by_address[device.adapter][device.address]

    def at_address(self, adapter: str, address: str) -> KnownDevice | None:
        # Whoever speaks our own contract is addressed by his id.
        device = self._by_id.get(address)
        if device is not None and device.address == address and device.sort.adapter == adapter:
            return device
        return self._by_address[adapter].get(address)

    def below(self, adapter: str, address: str) -> Sequence[str]:
        """The addresses that begin with this one and a slash."""
        if (heads := self._below.get(adapter)) is None:
            addresses: defaultdict[str, list[str]] = defaultdict(list)
            for each in self._by_address[adapter]:
                addresses[each.partition("/")[0]].append(each)
            heads = {head: tuple(each for each in found if each != head) for head, found in addresses.items()}
            self._below[adapter] = heads
        return heads.get(address, ())

    def with_id(self, device_id: str) -> KnownDevice | None:
        return self._by_id.get(device_id)

    def any_of(self, device_class: DeviceClass) -> KnownDevice | None:
        """One of that class, or any at all."""
        of_class = (device for device in self._by_id.values() if device.device_class is device_class)
        return next(of_class, next(iter(self._by_id.values()), None))

    def all(self) -> tuple[KnownDevice, ...]:
        return tuple(self._by_id.values())


def read_known(connection: Connection, device_ids: Collection[str] | None = None) -> list[KnownDevice]:
    """Devices that are not retired: these, or all. What a retired one still sends is a stranger's word."""
    query = select(*(_DEVICE.c[name] for name in _COLUMNS)).where(_DEVICE.c.lifecycle != Lifecycle.RETIRED)
    if device_ids is None:
        # A part at a time: the rows of a whole fleet would stay behind as holes in memory.
        return [_known(row) for row in connection.execute(query.execution_options(yield_per=_AT_ONCE))]
    ids, found = list(device_ids), []
    for start in range(0, len(ids), _AT_ONCE):
        some = query.where(_DEVICE.c.id.in_(ids[start : start + _AT_ONCE]))
        found += [_known(row) for row in connection.execute(some).all()]
    return found


def name_of(connection: Connection, device_id: str) -> str:
    """What people call it; memory does without, for it is seldom asked."""
    name: str = connection.execute(select(_DEVICE.c.name).where(_DEVICE.c.id == device_id)).scalar_one()
    return name


def registered_among(connection: Connection, device_ids: Collection[str]) -> set[str]:
    """Those that have a row, retired or not."""
    ids, found = list(device_ids), set[str]()
    for start in range(0, len(ids), _AT_ONCE):
        query = select(_DEVICE.c.id).where(_DEVICE.c.id.in_(ids[start : start + _AT_ONCE]))
        found.update(connection.execute(query).scalars())
    return found


def _known(row: Sequence[Any]) -> KnownDevice:
    # By position: by name, a fleet of 100,000 takes a second longer to load.
    device_id, device_class, adapter, address, model, kind, interval_s, hours, registered_at, *standing, lifecycle = row
    return KnownDevice(
        device_id,
        device_id if address == device_id else address,
        _sort((device_class, model, kind, adapter, interval_s, lifecycle, hours)),
        _standing(*standing),
        _same(registered_at),
    )


@lru_cache(maxsize=4096)
def _sort(said: tuple[str, str | None, str | None, str, float | None, str, str | None]) -> Sort:
    device_class, model, kind, adapter, interval_s, lifecycle, hours = said
    # What only the monitor makes an alarm of, no button may call for.
    alarm_kind = AlarmKind(kind) if kind and kind not in KINDS_OF_THE_MONITOR else None
    is_in_maintenance = lifecycle == Lifecycle.MAINTENANCE
    return Sort(DeviceClass(device_class), model, alarm_kind, adapter, interval_s, is_in_maintenance, hours)


@lru_cache(maxsize=65_536)
def _standing(
    group_id: str | None, area_id: str | None, parent_id: str | None, feeder: str | None, provider: str | None
) -> Standing:
    # A hundred thousand devices hang on a few feeders.
    words = (None if word is None else sys.intern(word) for word in (group_id, area_id, parent_id, feeder, provider))
    group_id, area_id, *ties = words
    return Standing((group_id, area_id), *ties)


@lru_cache(maxsize=4096)
def _same(moment: datetime) -> datetime:
    """One object for all that were registered together."""
    return moment
