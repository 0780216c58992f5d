"""The inventory as the message path needs it: from a device's own address to what we know of it, in memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from device_adapters.core.contract import DeviceClass, DeviceFacts
from device_adapters.core.events import AlarmKind
from monitor.inventory.tables import Device

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
)


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A registered device: what adapters are told of it, and its own supervision interval where it has one."""

    facts: DeviceFacts
    name: str
    adapter: str
    address: str
    supervision_interval_s: float | None
    registered_at: datetime

    @property
    def device_id(self) -> str:
        return self.facts.device_id


class DeviceBook:
    """Every registered device, by id and by (adapter, address). Only the writer thread changes it."""

    def __init__(self) -> None:
        self._by_id: dict[str, KnownDevice] = {}
        self._by_address: dict[tuple[str, str], KnownDevice] = {}

    def load(self, connection: Connection) -> None:
        table = Device.__table__  # type: ignore[attr-defined]
        for row in connection.execute(select(*(table.c[name] for name in _COLUMNS))).mappings():
            self.add(
                KnownDevice(
                    facts=DeviceFacts(
                        device_id=row["id"],
                        device_class=DeviceClass(row["device_class"]),
                        model=row["model"],
                        alarm_kind=AlarmKind(row["alarm_kind"]) if row["alarm_kind"] else None,
                    ),
                    name=row["name"],
                    adapter=row["adapter"],
                    address=row["address"],
                    supervision_interval_s=row["supervision_interval_s"],
                    registered_at=row["registered_at"],
                )
            )

    def add(self, device: KnownDevice) -> None:
        self._by_id[device.device_id] = device
        self._by_address[device.adapter, device.address] = device

    def at_address(self, adapter: str, address: str) -> KnownDevice | None:
        return self._by_address.get((adapter, address))

    def with_id(self, device_id: str) -> KnownDevice | None:
        return self._by_id.get(device_id)

    def all(self) -> tuple[KnownDevice, ...]:
        return tuple(self._by_id.values())
