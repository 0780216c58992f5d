"""The demo commune's tables, loaded the way an operator loads them: one transaction a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from monitor.inventory import seeding
from monitor.inventory.edits import Edit
from monitor.journal.database import Store

ROOT = Path(__file__).parents[3]
BY = Edit("operator", datetime(2026, 3, 14, 11, tzinfo=UTC), "tables")
OLD_COMMUNE, NEW_COMMUNE, OLD_DISTRICT = "24871@2019", "24871@2025", "676@2004"
CUT = date(2025, 7, 1)


def table(name: str) -> bytes:
    for folder in ("tests/data/commune", "simulator/commune"):
        if (path := ROOT / folder / name).exists():
            return path.read_bytes()
    raise FileNotFoundError(name)


def load(store: Store, loader: Callable[..., Any], name: str, *more: Any) -> Any:
    with store.transaction() as tx:
        return loader(tx, table(name), *(more or (BY,)))


def load_groups_and_eyes(store: Store) -> None:
    load(store, seeding.load_groups, "residential_groups.csv")
    load(store, seeding.load_cameras, "cameras_dinh_van.csv")


def load_areas(store: Store) -> seeding.AreasLoaded:
    loaded: seeding.AreasLoaded = load(store, seeding.load_areas, "areas_versioned.csv")
    return loaded


def load_commune(store: Store) -> None:
    """Everything there is of it."""
    load_groups_and_eyes(store)
    load(store, seeding.load_cameras, "cameras_high_mast.csv", BY, OLD_DISTRICT)
    load(store, seeding.load_bells, "alarm_bells.csv")
    load(store, seeding.load_people, "people_roles.csv")
    load_areas(store)
    load(store, seeding.load_facts, "declared_facts.toml")
    load(store, seeding.load_roll_up, "district_rollup_lam_ha.csv", date(2023, 12, 31), BY)
