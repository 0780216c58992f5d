"""Eyes kept in memory for the reports of today: whatever is written to the inventory, the next report follows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from monitor.inventory.device_moves import move_devices
from monitor.inventory.device_records import retire
from monitor.inventory.edits import put_all, remove_all
from monitor.inventory.place_tables import Site
from monitor.inventory.tables import Device
from tests.monitor.inventory.commune import BY, NEW_COMMUNE, load_commune
from tests.monitor.reports.conftest import TODAY, Reporter

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside

FIRST = "CAM-DV-0001"


@pytest.fixture
def commune(reporter: Reporter) -> Reporter:
    """Reported once already."""
    load_commune(reporter.store)
    reporter.of(NEW_COMMUNE, TODAY)
    return reporter


def put(model: Any, **row: Any) -> Callable[[Connection], object]:
    return lambda tx: put_all(tx, model, [row], BY)


SECOND_EYE = {"device_class": "camera", "name": "x", "adapter": "native", "address": "x", "registered_at": BY.at}


@pytest.mark.parametrize(
    ("work", "eyes", "of_its_group"),
    [
        (put(Device, id="CAM-X", group_id="DV-01", **SECOND_EYE), 119, 10),
        (lambda tx: retire(tx, [FIRST], TODAY, BY), 117, 8),
        (lambda tx: remove_all(tx, Device, [(FIRST,)], BY), 117, 8),
        (lambda tx: move_devices(tx, [FIRST], "DV-02", TODAY, BY), 118, 8),
        (lambda tx: move_devices(tx, [FIRST], "DV-02", date(2026, 3, 20), BY), 118, 9),
        (put(Device, id=FIRST, installed_on=date(2026, 3, 20)), 117, 8),
    ],
    ids=["added", "retired", "removed", "moved", "to be moved", "to be put up"],
)
def test_it_follows_a_device(
    commune: Reporter, work: Callable[[Connection], object], eyes: int, of_its_group: int
) -> None:
    with commune.store.transaction() as tx:
        work(tx)
    told = commune.of(NEW_COMMUNE, TODAY).coverage
    assert (told.eyes.registered, told.units[0].eyes.registered) == (eyes, of_its_group)


def test_it_follows_what_a_site_is(commune: Reporter) -> None:
    before = commune.of(NEW_COMMUNE, TODAY).coverage.by_location
    with commune.store.read() as connection:
        site_id = connection.execute(Device.__table__.select()).mappings().first()["site_id"]  # type: ignore[attr-defined,index]
    with commune.store.transaction() as tx:
        put_all(tx, Site, [{"id": site_id, "location_kind": "other"}], BY)
    after = commune.of(NEW_COMMUNE, TODAY).coverage.by_location
    assert (after["other"] > 0, sum(after.values())) == (True, sum(before.values()))


def test_it_reads_everything_anew_after_very_many_changes(commune: Reporter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("monitor.reports.standing_eyes._MOST_PATCHED", 2)
    with commune.store.transaction() as tx:
        retire(tx, [FIRST, "CAM-DV-0002", "CAM-DV-0003"], TODAY, BY)
    assert commune.of(NEW_COMMUNE, TODAY).coverage.eyes.registered == 115


def test_it_goes_from_day_to_day(commune: Reporter) -> None:
    with commune.store.transaction() as tx:
        retire(tx, [FIRST], date(2026, 3, 15), BY)
    days = (TODAY, date(2026, 3, 15), TODAY)
    assert [commune.of(NEW_COMMUNE, day).coverage.eyes.registered for day in days] == [118, 117, 118]
