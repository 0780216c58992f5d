"""What the running monitor makes of a write to the inventory."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlmodel import SQLModel

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all, remove_all
from monitor.inventory.people_tables import Custodian
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.tables import Device
from tests.monitor.conftest import Post

PRESS = {"v": 1, "id": "b1-1", "kind": "alarm", "input": "hold_up", "ts": 1_773_486_000_000}


BESIDE = [
    (Custodian, {"name": "Ban điều hành", "kind": "group_board"}, "custodian_id"),
    (Site, {"name": "Cổng chợ", "location_kind": "market"}, "site_id"),
    (Establishment, {"name": "Quỹ tín dụng", "kind": "credit_fund"}, "establishment_id"),
]


def a_bell_row(device_id: str, at: datetime, **more: Any) -> dict[str, Any]:
    who = {"id": device_id, "device_class": "bell", "name": device_id, "adapter": "native", "address": device_id}
    return who | {"registered_at": at} | more


def putting(*device_ids: str, **more: Any) -> Callable[[Connection, datetime], int]:
    def work(tx: Connection, now: datetime) -> int:
        rows = [a_bell_row(each, now, **more) for each in device_ids]
        return len(put_all(tx, Device, rows, Edit("operator", now, "test")).added)

    return work


def removing(device_id: str) -> Callable[[Connection, datetime], int]:
    def work(tx: Connection, now: datetime) -> int:
        return remove_all(tx, Device, [(device_id,)], Edit("operator", now, "test"))

    return work


def press(post: Post, device_id: str, **more: Any) -> None:
    post.receive(f"anninh/v1/bell/{device_id}/alarm", PRESS | more)


def test_it_knows_a_new_device_at_once(post: Post) -> None:
    assert post.commands.change(putting("bell-1"), "operator") == 1
    press(post, "bell-1")
    assert post.alarms()[0]["device_id"] == "bell-1"
    assert [each["id"] for each in post.events("device_added")] == ["bell-1"]


def test_it_gives_a_ringing_stranger_its_device(post: Post) -> None:
    press(post, "bell-1")
    post.commands.change(putting("bell-1"), "operator")
    assert post.alarms()[0]["device_id"] == "bell-1"
    assert post.events("alarm")[-1]["reason"] == "adopted"


def test_it_writes_all_or_nothing(post: Post) -> None:
    def fail_later(tx: Connection, now: datetime) -> int:
        putting("bell-1")(tx, now)
        raise ValueError("row 600 is wrong")

    with pytest.raises(ValueError, match="row 600"):
        post.commands.change(fail_later, "operator")
    press(post, "bell-1")
    assert post.alarms()[0]["device_id"] is None


def test_it_keeps_the_life_of_a_device_whose_row_changed(post: Post) -> None:
    post.register("bell-1")
    press(post, "bell-1")
    post.commands.change(putting("bell-1", name="another name"), "operator")
    assert post.state("bell-1") == "ONLINE"


def test_it_follows_a_device_to_its_new_address(post: Post) -> None:
    post.register("bell-1")
    post.commands.change(putting("bell-1", address="bell-9"), "operator")
    press(post, "bell-9")
    assert post.alarms()[0]["device_id"] == "bell-1"


@pytest.mark.parametrize("change", [putting("bell-1", lifecycle="RETIRED"), removing("bell-1")])
def test_it_waits_no_longer_for_a_device_that_is_gone(
    post: Post, change: Callable[[Connection, datetime], int]
) -> None:
    post.register("bell-1")
    press(post, "bell-1")
    post.commands.change(change, "operator")
    post.wait(200)
    assert [alarm["kind"] for alarm in post.alarms()] == ["hold_up"]
    assert "bell-1" not in post.supervisor.devices_live()


def test_it_shows_what_a_retired_device_still_says(post: Post) -> None:
    post.register("bell-1")
    post.commands.change(putting("bell-1", lifecycle="RETIRED"), "operator")
    press(post, "bell-1")
    assert (post.alarms()[0]["device_id"], post.alarms()[0]["state"]) == (None, "UNACKNOWLEDGED")


def test_it_remembers_a_retired_device_after_a_restart(post: Post, reborn: Callable[[], Post]) -> None:
    post.register("bell-1")
    post.commands.change(putting("bell-1", lifecycle="RETIRED"), "operator")
    assert "bell-1" not in reborn().supervisor.devices_live()


def test_it_tells_many_changes_in_one_word(post: Post) -> None:
    post.commands.change(putting(*(f"bell-{number}" for number in range(30))), "operator")
    assert [each["reason"] for each in post.events("resync")] == ["inventory_changed"]
    assert post.events("device_added") == []


@pytest.mark.parametrize(("model", "row", "column"), BESIDE)
def test_it_tells_the_screens_of_what_stands_beside_a_device(
    post: Post, model: type[SQLModel], row: dict[str, Any], column: str
) -> None:
    def put_beside(tx: Connection, now: datetime) -> None:
        put_all(tx, model, [{"id": "beside-1", **row}], Edit("operator", now, "test"))

    post.commands.change(putting("bell-1", **{column: "beside-1"}), "operator")
    assert post.events("resync") == []
    post.commands.change(put_beside, "operator")
    assert [each["reason"] for each in post.events("resync")] == ["inventory_changed"]


def test_it_tells_the_screens_of_a_changed_tree(post: Post) -> None:
    def name_an_area(tx: Connection, now: datetime) -> None:
        put_all(tx, Area, [area_row("DV-01", "residential_group", "Tổ 1")], Edit("operator", now, "test"))

    post.commands.change(name_an_area, "operator")
    assert [each["reason"] for each in post.events("resync")] == ["inventory_changed"]
