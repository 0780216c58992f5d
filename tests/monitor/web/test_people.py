"""Contacts are masked until somebody asks, and the journal says who did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from monitor.inventory.contacts import masked
from monitor.journal.accounts import Role
from monitor.web.api import create_app
from tests.monitor.web.walk.country import Country
from tests.monitor.web.walk.marked import COMMUNE, DEVICE, GROUP, SIDE_DEVICE

PHONE = "0906660003"


@pytest.fixture
def door(country: Country) -> Iterator[TestClient]:
    with TestClient(create_app(country.monitor, country.monitor.feed), follow_redirects=False) as client:
        yield client


def enter(country: Country, door: TestClient, role: Role, scope: str | None) -> TestClient:
    door.headers["Authorization"] = f"Bearer {country.token(role, scope)}"
    return door


def people(door: TestClient, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = door.get("/api/v1/people", params=query).json()["items"]
    return items


def audit(door: TestClient, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = door.get("/api/v1/audit", params=query).json()["items"]
    return items


@pytest.mark.parametrize(
    ("value", "shown"),
    [("0912345678", "09•• ••• 678"), ("+84 912 345 678", "84•• ••• 678"), ("113", "••• •••"), ("a@b.vn", "••• •••")],
)
def test_it_masks_what_leads_to_a_person(value: str, shown: str) -> None:
    assert masked(value) == shown


@pytest.mark.parametrize("holder", ["person", "custodian", "establishment"])
def test_it_lists_those_of_a_territory_with_masked_numbers(country: Country, door: TestClient, holder: str) -> None:
    (only,) = people(enter(country, door, Role.GROUP_BOARD, GROUP), holder=holder)
    assert [contact["value"] for contact in only["contacts"]] == ["09•• ••• 003"]


def test_it_pages_through_everybody(country: Country, door: TestClient) -> None:
    enter(country, door, Role.ADMINISTRATOR, None)
    first = door.get("/api/v1/people", params={"limit": 2}).json()
    rest = door.get("/api/v1/people", params={"limit": 2, "cursor": first["next"]}).json()
    assert [item["id"] for item in (*first["items"], *rest["items"])] == ["own-person", "zxq-person", "zyq-person"]
    assert rest["next"] is None


def test_it_shows_a_number_and_writes_down_who_saw_it(country: Country, door: TestClient) -> None:
    enter(country, door, Role.COMMANDER, COMMUNE)
    shown = door.post("/api/v1/people/person/own-person/contacts").json()
    assert [contact["value"] for contact in shown["contacts"]] == [PHONE]
    (row,) = audit(door, entity="person", entity_id="own-person", actor=f"commander-{COMMUNE}")
    assert (row["change"], row["after"]) == ("contacts_seen", {"contacts": ["own-phone-0"]})


@pytest.mark.parametrize("role", [Role.READER, Role.PROVINCE_READER])
def test_it_shows_no_number_to_who_only_reads(country: Country, door: TestClient, role: Role) -> None:
    enter(country, door, role, "P-1")
    assert door.post("/api/v1/people/person/own-person/contacts").status_code == 403


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.DUTY_OFFICER, Role.GROUP_BOARD, Role.READER])
def test_it_shows_the_journal_to_those_who_answer_for_it_only(country: Country, door: TestClient, role: Role) -> None:
    enter(country, door, role, GROUP)
    assert door.get("/api/v1/audit").status_code == 403


def test_it_masks_numbers_in_the_journal_too(country: Country, door: TestClient) -> None:
    enter(country, door, Role.ADMINISTRATOR, None)
    rows = audit(door, entity="contact")
    assert len(rows) == 9
    assert {row["after"]["value"][:4] for row in rows} == {"09••"}


def test_it_shows_a_commander_the_journal_of_his_own(country: Country, door: TestClient) -> None:
    enter(country, door, Role.COMMANDER, COMMUNE)
    assert {row["entity_id"] for row in audit(door, entity="device")} == {DEVICE, SIDE_DEVICE}
    own = f"commander-{COMMUNE}"
    assert {row["entity_id"] for row in audit(door, entity="user_account")} <= {own}


def test_it_finds_what_was_done_between_two_moments(country: Country, door: TestClient) -> None:
    enter(country, door, Role.ADMINISTRATOR, None)
    assert audit(door, until="2026-03-14T17:00:00+07:00") == []
    assert audit(door, since="2026-03-14T17:00:00+07:00", until="2026-03-14T17:00:01+07:00", entity="site")
