"""A commune and a group, each split in two, and a commune made of two rings of a plan: three open questions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from monitor.inventory.area_tables import Area, AreaSuccession, LayerMember, LayerPlan
from monitor.inventory.areas import area_row
from monitor.inventory.edits import core
from monitor.journal.database import Store
from tests.monitor.inventory.commune import CUT

ENDED, BEGUN = {"valid_to": CUT - timedelta(days=1)}, {"valid_from": CUT}
AREAS = (
    area_row("OLD", "commune", "Xã Cũ", **ENDED),
    area_row("NORTH", "commune", "Xã Bắc", **BEGUN),
    area_row("SOUTH", "commune", "Xã Nam", **BEGUN),
    area_row("MIDDLE", "residential_group", "Thôn Giữa", parent_id="OLD"),
    area_row("G-OLD", "residential_group", "Thôn Một", parent_id="NORTH", **ENDED),
    area_row("G-A", "residential_group", "Thôn Mới A", parent_id="NORTH", **BEGUN),
    area_row("G-B", "residential_group", "Thôn Mới B", parent_id="NORTH", **BEGUN),
    area_row("RIM", "commune", "Xã Rìa", **ENDED),
)
HEIRS = (("OLD", "NORTH"), ("OLD", "SOUTH"), ("G-OLD", "G-A"), ("G-OLD", "G-B"), ("RIM", "SOUTH"))


def restructure(store: Store) -> None:
    with store.transaction() as tx:
        for row in AREAS:
            tx.execute(insert(core(Area)).values(row))
        for old, new in HEIRS:
            row = {"old_id": old, "new_id": new, "kind": "split", "effective_on": CUT}
            tx.execute(insert(core(AreaSuccession)).values(row))
        tx.execute(insert(core(LayerPlan)).values(id="rings", name="Ba lớp", valid_from=CUT - timedelta(days=900)))
        for area_id, layer in (("OLD", 2), ("RIM", 1)):
            tx.execute(insert(core(LayerMember)).values(plan_id="rings", area_id=area_id, layer=layer))
