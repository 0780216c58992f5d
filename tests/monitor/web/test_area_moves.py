"""A group moves to another commune while the monitor runs: everything follows it at once, and no report of before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import Connection

from monitor.inventory.areas import move_area
from monitor.inventory.edits import Edit
from monitor.journal.accounts import Role
from monitor.journal.times import today
from tests.monitor.web.serving import Stream, Told, serving
from tests.monitor.web.walk.country import Country
from tests.monitor.web.walk.marked import COMMUNE, OTHER_COMMUNE, OTHER_DEVICE, OTHER_GROUP


@pytest.fixture
def port(country: Country) -> Iterator[int]:
    with serving(country.monitor) as port:
        yield port


class Officer:
    """A duty officer of one commune, with a screen that is open."""

    def __init__(self, country: Country, port: int, commune: str) -> None:
        token = country.token(Role.DUTY_OFFICER, commune)
        self.commune = commune
        self.api = httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers={"Authorization": f"Bearer {token}"})
        self.stream = Stream.live(port, token)

    def devices(self) -> set[str]:
        return {row["id"] for row in self.get("/api/v1/inventory")["items"]}

    def groups(self, **day: str) -> list[str]:
        asked = {"area": self.commune, **day}
        return [unit["name"] for unit in self.get("/api/v1/coverage", **asked)["units"]]

    def presses(self) -> list[str]:
        alarms = self.get("/api/v1/alarms")["items"]
        return [alarm["device_id"] for alarm in alarms if alarm["kind"] == "panic"]

    def get(self, path: str, **asked: str) -> Any:
        return self.api.get(path, params=asked).raise_for_status().json()

    def close(self) -> None:
        self.stream.close()
        self.api.close()


@pytest.fixture
def officers(country: Country, port: int) -> Iterator[tuple[Officer, Officer]]:
    """Of the commune the group comes to, and of the one it leaves."""
    pair = Officer(country, port, COMMUNE), Officer(country, port, OTHER_COMMUNE)
    yield pair
    for officer in pair:
        officer.close()


def move(country: Country) -> None:
    def work(tx: Connection, now: datetime) -> bool:
        return move_area(tx, OTHER_GROUP, COMMUNE, today(now), Edit("operator", now, "form"))

    assert country.monitor.intake.submit(lambda: country.monitor.commands.change(work, "operator")).result(10)


def test_it_carries_the_devices_of_a_group_to_its_new_commune(
    country: Country, officers: tuple[Officer, Officer]
) -> None:
    ours, theirs = officers
    assert (OTHER_DEVICE in ours.devices(), OTHER_DEVICE in theirs.devices()) == (False, True)
    move(country)
    assert (OTHER_DEVICE in ours.devices(), OTHER_DEVICE in theirs.devices()) == (True, False)


def test_it_changes_the_page_of_groups(country: Country, officers: tuple[Officer, Officer]) -> None:
    ours, theirs = officers
    move(country)
    page = ours.api.get("/groups").text
    assert ("Tổ zxqto" in page, "Tổ nhà" in page) == (True, True)
    assert "Tổ zxqto" not in theirs.api.get("/groups").text


def test_it_changes_no_report_of_before(country: Country, officers: tuple[Officer, Officer]) -> None:
    ours, theirs = officers
    yesterday = str(today(country.monitor.clock.now()) - timedelta(days=1))
    before = ours.groups(as_of=yesterday), theirs.groups(as_of=yesterday)
    move(country)
    assert (ours.groups(as_of=yesterday), theirs.groups(as_of=yesterday)) == before
    assert (len(ours.groups()), theirs.groups()) == (len(before[0]) + 1, [])


def test_it_tells_every_screen_and_brings_the_next_press_to_the_new_one(
    country: Country, officers: tuple[Officer, Officer]
) -> None:
    ours, theirs = officers
    move(country)
    for officer in officers:
        reasons = [told.data["reason"] for told in officer.stream.until(is_of_the_new_territory)]
        assert reasons == ["inventory_changed", "territory_changed"]
    country.press(OTHER_DEVICE)
    assert ours.stream.until(lambda told: told.event == "alarm")[-1].data["device_id"] == OTHER_DEVICE
    assert (len(theirs.presses()), len(ours.presses())) == (0, 3)


def is_of_the_new_territory(told: Told) -> bool:
    return told.data.get("reason") == "territory_changed"
