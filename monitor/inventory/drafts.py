"""What somebody wants to register, checked and not yet a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from monitor.inventory.kinds import Conformity, Consent, Lifecycle


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDraft:
    """A device to register; every field as in ``inventory.tables.Device``, but for the last two.

    ``id``: None where the inventory shall give the next one. ``address``: None for the id itself.
    ``location_kind``, ``establishment_kind``: make a new site or establishment for it, where it names none.
    """

    device_class: str
    name: str
    adapter: str
    id: str | None = None
    address: str | None = None
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
    supervision_hours: str | None = None
    area_id: str | None = None
    site_id: str | None = None
    eye_no: int | None = None
    establishment_id: str | None = None
    button_no: int | None = None
    rings_at: str | None = None
    parent_id: str | None = None
    watch_method: str | None = None
    serial: str | None = None
    maker: str | None = None
    firmware: str | None = None
    bearing_deg: float | None = None
    power_feeder: str | None = None
    network_provider: str | None = None
    funding: str | None = None
    owner_kind: str | None = None
    custodian_id: str | None = None
    retention_days: int | None = None
    test_interval_days: int | None = None
    qcvn135: str = Conformity.UNKNOWN.value
    has_own_password: bool | None = None
    consent: str = Consent.UNKNOWN.value
    is_notice_posted: bool | None = None
    lifecycle: str = Lifecycle.ACTIVE.value
    installed_on: date | None = None
    recorder: str | None = None
    note: str | None = None
    location_kind: str | None = None
    establishment_kind: str | None = None
