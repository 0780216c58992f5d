"""How much of everything there is."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, and_, func, select

from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.kinds import Level, Lifecycle, LocationKind
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.tables import Device


@dataclass(frozen=True, slots=True)
class InventoryCounts:
    """Devices in use (not retired). ``eyes`` and ``sites`` are without high masts, which are counted apart."""

    groups: int
    eyes: int
    sites: int
    high_mast_eyes: int
    establishments: int
    buttons: int


def inventory_counts(connection: Connection) -> InventoryCounts:
    device, site, area = core(Device), core(Site), core(Area)
    in_use = device.c.lifecycle != Lifecycle.RETIRED.value
    camera = and_(device.c.device_class == "camera", in_use)
    rows = {
        "groups": select(func.count()).where(area.c.level == Level.RESIDENTIAL_GROUP.value, area.c.valid_to.is_(None)),
        "eyes": select(func.count()).where(camera, device.c.is_high_mast.is_(False)),
        "sites": select(func.count()).where(site.c.location_kind != LocationKind.HIGH_MAST.value),
        "high_mast_eyes": select(func.count()).where(camera, device.c.is_high_mast.is_(True)),
        "establishments": select(func.count()).select_from(core(Establishment)),
        "buttons": select(func.count()).where(device.c.device_class == "bell", in_use),
    }
    return InventoryCounts(**{name: connection.execute(query).scalar_one() for name, query in rows.items()})
