"""A shop's bell that beats by day: its silence at night is none, its press always is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection

from monitor.inventory.device_records import change_lifecycle
from monitor.inventory.edits import Edit, put
from monitor.inventory.kinds import Lifecycle
from monitor.inventory.tables import Device
from tests.monitor.conftest import Post

STORES = ("sqlite",)  # PostgreSQL is asked the same by the shorter tests beside

HOUR = 3600
PRESS = {"v": 1, "id": "press-1", "kind": "alarm", "input": "hold_up", "ts": 1_773_000_000_000}


@pytest.fixture
def shop(post: Post) -> Post:
    """The clock of the tests stands at 18:00 in Vietnam on a Saturday; a quarter of an hour is left."""
    post.register("shop-1", supervision_hours="T2-T7 07:00-18:15")
    beat(post)
    return post


def beat(post: Post) -> None:
    post.receive("anninh/v1/bell/shop-1/heartbeat", {"v": 1})


def go_to(post: Post, hours: float) -> None:
    """So many hours after six in the evening, at a stroke; the link was up all the time."""
    now = post.clock.now()
    post.clock.forward((datetime(2026, 3, 14, 11, tzinfo=now.tzinfo) - now).total_seconds() + hours * HOUR)


def test_it_misses_it_in_its_hours(shop: Post) -> None:
    shop.wait(90)
    assert (shop.state("shop-1"), [alarm["kind"] for alarm in shop.alarms()]) == ("OFFLINE", ["offline"])


def test_it_says_that_it_does_not_know_when_it_is_silent_outside_them(shop: Post) -> None:
    go_to(shop, 0.24)
    beat(shop)
    shop.wait(300)
    assert (shop.state("shop-1"), shop.alarms()) == ("UNKNOWN", [])
    with shop.store.read() as connection:
        told = "SELECT reason FROM transition WHERE machine = 'liveness' ORDER BY id DESC LIMIT 1"
        assert connection.exec_driver_sql(told).scalar_one() == "off_hours"


def test_it_blames_nobody_for_being_switched_off_at_night(shop: Post) -> None:
    go_to(shop, 1)
    beat(shop)
    shop.receive("anninh/v1/bell/shop-1/status", {"v": 1, "state": "offline"})
    shop.wait(20)
    assert (shop.state("shop-1"), shop.alarms()) == ("UNKNOWN", [])


def test_it_rings_at_every_hour(shop: Post) -> None:
    go_to(shop, 8)
    shop.wait(5)
    shop.receive("anninh/v1/bell/shop-1/alarm", PRESS)
    assert [(alarm["kind"], alarm["priority"]) for alarm in shop.alarms()] == [("hold_up", 1)]
    assert shop.state("shop-1") == "ONLINE"


def sleep_until_morning(post: Post) -> None:
    """It is Monday, ten seconds before seven, and the bell was silent since Saturday evening."""
    go_to(post, 0.24)
    beat(post)
    post.wait(200)
    go_to(post, 37)
    post.clock.forward(-10)


def test_it_gives_it_one_deadline_from_the_moment_its_hours_begin(shop: Post) -> None:
    sleep_until_morning(shop)
    shop.wait(10 + 84)
    assert (shop.state("shop-1"), shop.alarms()) == ("UNKNOWN", [])
    shop.wait(3)
    assert (shop.state("shop-1"), [alarm["kind"] for alarm in shop.alarms()]) == ("OFFLINE", ["offline"])


def test_it_hears_it_in_the_morning_as_if_nothing_had_been(shop: Post) -> None:
    sleep_until_morning(shop)
    shop.wait(30)
    beat(shop)
    shop.wait(80)
    assert (shop.state("shop-1"), shop.alarms()) == ("LATE", [])


def test_it_counts_the_deadline_of_the_morning_only_while_it_listens(shop: Post) -> None:
    sleep_until_morning(shop)
    shop.wait(120, is_linked=False)
    shop.wait(30 + 83)
    assert shop.alarms() == []
    shop.wait(5)
    assert [alarm["kind"] for alarm in shop.alarms()] == ["offline"]


def test_it_waits_for_its_hours_after_a_restart_at_night(shop: Post, reborn: Callable[[], Post]) -> None:
    sleep_until_morning(shop)
    again = reborn()
    again.wait(10 + 84)
    assert again.alarms() == []
    again.wait(3)
    assert [alarm["kind"] for alarm in again.alarms()] == ["offline"]


def test_it_leaves_one_that_was_missed_already_missed(shop: Post) -> None:
    shop.wait(90)
    go_to(shop, 1)
    shop.wait(5)
    shop.receive("anninh/v1/bell/shop-1/status", {"v": 1, "state": "offline"})
    shop.wait(90)
    assert (shop.state("shop-1"), [alarm["state"] for alarm in shop.alarms()]) == ("OFFLINE", ["UNACKNOWLEDGED"])


def test_it_calls_nobody_never_seen_before_his_hours(post: Post, reborn: Callable[[], Post]) -> None:
    post.register("shop-1", supervision_hours="07:00-17:00")
    go_to(post, 30)
    again = reborn()
    again.wait(5)
    assert again.alarms() == []
    go_to(again, 37)
    again.wait(84)
    assert again.alarms() == []
    again.wait(4)
    assert [alarm["detail"] for alarm in again.alarms()] == ["never_seen"]


def test_it_makes_no_outage_of_shops_that_do_not_open(post: Post) -> None:
    """All went to sleep at the same moment, as shops do; that explains nothing."""
    shops = [f"shop-{number}" for number in range(4)]
    for each in shops:
        post.register(each, device_class="camera", group_id="G", supervision_hours="T2-T7 07:00-18:15")
    go_to(post, 0.24)
    for each in shops:
        post.receive(f"anninh/v1/camera/{each}/heartbeat", {"v": 1})
    post.wait(200)
    go_to(post, 37)
    post.wait(90)
    assert [alarm["kind"] for alarm in post.alarms()] == ["offline"] * 4


def test_it_looks_for_it_at_once_when_it_is_given_other_hours(shop: Post) -> None:
    go_to(shop, 1)
    beat(shop)
    shop.wait(200)
    assert shop.state("shop-1") == "UNKNOWN"

    def work(tx: Connection, now: datetime) -> None:
        put(tx, Device, {"id": "shop-1", "supervision_hours": None}, Edit("operator", now, "form"))

    shop.commands.change(work, "operator")
    shop.wait(90)
    assert shop.state("shop-1") == "OFFLINE"


def test_it_waits_for_the_morning_when_the_work_on_it_ends_at_night(shop: Post) -> None:
    become(shop, Lifecycle.MAINTENANCE)
    shop.wait(2)
    go_to(shop, 2)
    become(shop, Lifecycle.ACTIVE)
    shop.wait(200)
    assert (shop.state("shop-1"), shop.alarms()) == ("UNKNOWN", [])


def become(post: Post, lifecycle: Lifecycle) -> None:
    def work(tx: Connection, now: datetime) -> None:
        change_lifecycle(tx, ["shop-1"], lifecycle, now.date(), Edit("operator", now, "form"))

    post.commands.change(work, "operator")


@pytest.mark.parametrize("by_s", [3600, -3600])
def test_it_follows_a_clock_that_is_set(shop: Post, by_s: float) -> None:
    """Its hours are those of the wall: at seven by it they begin, whatever it was before."""
    sleep_until_morning(shop)
    shop.clock.set_by(by_s)
    shop.wait(100)
    assert shop.state("shop-1") == ("OFFLINE" if by_s > 0 else "UNKNOWN")
    shop.clock.forward(3600)
    shop.wait(100)
    assert shop.state("shop-1") == "OFFLINE"
