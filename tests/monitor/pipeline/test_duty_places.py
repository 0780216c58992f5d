"""Whom an alarm reaches depends on where it rings: numbers, chains and the next way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert

from device_adapters.core.events import AlarmKind
from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.people_tables import Contact, Person, PersonRole
from monitor.journal import duties
from monitor.machines.escalation import Recipient, Step, Way
from monitor.notify.plan import Plan
from tests.monitor.conftest import Post

BUTTON = "zigbee2mqtt/sos-credit-fund"
PRESS = {"action": "emergency", "battery": 100}

BY_NUMBER = Plan(
    {AlarmKind.HOLD_UP: (Step(30, "commander"),)},
    {"commander": (Recipient("Chỉ huy", (Way("zns", "@commander"), Way("copy", "Chỉ huy"))),)},
)


def put(post: Post, model: Any, **row: Any) -> None:
    with post.store.transaction() as tx:
        tx.execute(insert(core(model)).values(**{"rank": 1, "name": row["id"]} | row if model is Contact else row))


@pytest.mark.parametrize("plan", [BY_NUMBER], indirect=True)
def test_it_calls_who_holds_the_role_where_it_rings(post: Post) -> None:
    put(post, Area, id="X-1", level="commune", name="Xã", kind="xã", search_text="xa")
    put(post, Area, id="G-1", level="residential_group", name="Tổ 1", kind="tổ", parent_id="X-1", search_text="to")
    for person, scope in (("P-1", ""), ("P-2", "X-1"), ("P-3", "X-2")):
        put(post, Person, id=person, name=person)
        put(post, PersonRole, person_id=person, role="commander", scope_id=scope)
        contact = {"holder": "person", "holder_id": person, "kind": "phone"}
        put(post, Contact, id=f"person:{person}/1", value=f"090000000{person[-1]}", **contact)
    post.register("BELL-DV-009", "zigbee2mqtt", address="sos-credit-fund", alarm_kind="hold_up", group_id="G-1")
    post.receive(BUTTON, PRESS)
    with post.store.read() as connection:
        rows = [duties.duty_row(connection, duty["id"]) for duty in post.duties()]
    assert [row["address"] for row in rows] == ["0900000002", "0900000001"]
    assert rows[0]["otherwise"] == [("copy", "Chỉ huy")]


OF_PLACES = Plan(
    {AlarmKind.HOLD_UP: (Step(30, "commander"),)},
    {"commander": (Recipient("Chỉ huy", (Way("copy", "Chỉ huy"),)),), "team": (Recipient("Tổ", (Way("copy", "Tổ"),)),)},
    elsewhere={"X-1": {AlarmKind.HOLD_UP: (Step(5, "commander"),)}, "G-1": {AlarmKind.HOLD_UP: (Step(0, "team"),)}},
)


@pytest.mark.parametrize("plan", [OF_PLACES], indirect=True)
@pytest.mark.parametrize(
    ("group", "told"), [("G-1", ("team", 0)), ("G-2", ("commander", 5)), (None, ("commander", 30))]
)
def test_it_follows_the_chain_of_the_nearest_place(post: Post, group: str | None, told: tuple[str, int]) -> None:
    put(post, Area, id="X-1", level="commune", name="Xã", kind="xã", search_text="xa")
    for each in ("G-1", "G-2"):
        put(post, Area, id=each, level="residential_group", name=each, kind="tổ", parent_id="X-1", search_text="to")
    post.register("BELL-DV-009", "zigbee2mqtt", address="sos-credit-fund", alarm_kind="hold_up", group_id=group)
    post.receive(BUTTON, PRESS)
    with post.store.read() as connection:
        (row,) = [duties.duty_row(connection, duty["id"]) for duty in post.duties()]
    assert (row["role"], (row["due_at"] - row["decided_at"]).total_seconds()) == told


@pytest.mark.parametrize("plan", [BY_NUMBER], indirect=True)
def test_it_takes_the_next_way_where_the_inventory_knows_no_number(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    assert [duty["channel"] for duty in button.duties()] == ["copy"]
