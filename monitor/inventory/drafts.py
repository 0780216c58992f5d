"""What somebody wants to register, checked and not yet a row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDraft:
    """A device to register; every field as in ``inventory.tables.Device``."""

    id: str
    device_class: str
    name: str
    adapter: str
    address: str
    model: str | None = None
    alarm_kind: str | None = None
    is_high_mast: bool = False
    is_silent_at_site: bool = False
    place: str | None = None
    position: str | None = None
    street_address: str | None = None
    group_id: str | None = None
    group_name: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    supervision_interval_s: float | None = None
