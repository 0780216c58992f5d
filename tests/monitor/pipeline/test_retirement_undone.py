"""A device that was retired by a slip of the hand, and brought back while its bell is pressed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection

from monitor.errors import Refusal
from monitor.inventory import credentials
from monitor.inventory.device_records import retire, undo_lifecycle
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit, put
from monitor.inventory.tables import Device
from monitor.journal.times import today
from tests.monitor.conftest import Post

PRESS = {"v": 1, "kind": "alarm", "input": "hold_up", "ts": 1_773_486_000_000}
Work = Callable[[Connection, datetime], object]


def _retire(tx: Connection, now: datetime) -> None:
    retire(tx, ["bell-1"], today(now), Edit("operator", now, "form"))


def _undo(tx: Connection, now: datetime) -> None:
    undo_lifecycle(tx, "bell-1", datetime.min.replace(tzinfo=now.tzinfo), Edit("operator", now, "form"))


def change(post: Post, work: Work) -> None:
    post.commands.change(work, "operator")


def press(post: Post, number: int) -> None:
    post.receive("anninh/v1/bell/bell-1/alarm", PRESS | {"id": f"press-{number}"})


@pytest.fixture
def retired(post: Post) -> Post:
    post.register("bell-1", place="Quỹ tín dụng", group_id="DV-01", alarm_kind="hold_up")
    change(post, _retire)
    return post


def test_it_gives_the_ringing_alarm_of_a_retired_device_its_place_again(retired: Post) -> None:
    press(retired, 1)
    (stranger,) = retired.alarms()
    assert (stranger["device_id"], stranger["place"]) == (None, None)
    change(retired, _undo)
    (adopted,) = retired.alarms()
    assert (adopted["id"], adopted["device_id"], adopted["place"]) == (stranger["id"], "bell-1", "Quỹ tín dụng")
    press(retired, 2)
    assert [(each["id"], each["presses"]) for each in retired.alarms()] == [(stranger["id"], 2)]
    assert retired.events("alarm")[-1]["place"] == "Quỹ tín dụng"


def test_it_rings_with_its_place_where_nothing_rang_meanwhile(retired: Post) -> None:
    change(retired, _undo)
    press(retired, 1)
    (alarm,) = retired.alarms()
    assert (alarm["device_id"], alarm["place"], alarm["state"]) == ("bell-1", "Quỹ tín dụng", "UNACKNOWLEDGED")


def test_it_waits_for_its_signs_of_life_again(retired: Post) -> None:
    assert "bell-1" not in retired.supervisor.devices_live()
    change(retired, _undo)
    press(retired, 1)
    assert retired.state("bell-1") == "ONLINE"
    retired.wait(200)
    assert retired.state("bell-1") == "OFFLINE"
    assert {alarm["kind"] for alarm in retired.alarms()} == {"hold_up", "offline"}


def test_it_tells_the_screens_that_it_is_there_again(retired: Post) -> None:
    retired.entries.clear()
    change(retired, _undo)
    assert [each["id"] for each in retired.events("device_added")] == ["bell-1"]


def test_it_is_there_again_after_a_restart(retired: Post, reborn: Callable[[], Post]) -> None:
    change(retired, _undo)
    again = reborn()
    press(again, 1)
    assert again.alarms()[0]["device_id"] == "bell-1"


def test_it_opens_the_account_it_had(post: Post) -> None:
    def accounts() -> list[bool]:
        with post.store.read() as connection:
            return [each.password_hash is not None for each in credentials.device_accounts(connection)]

    def issue(tx: Connection, now: datetime) -> None:
        credentials.issue(tx, "bell-1", Edit("operator", now, "form"))

    post.register("bell-1")
    change(post, issue)
    followed = [accounts()]
    for step in (_retire, _undo):
        change(post, step)
        followed.append(accounts())
    assert followed == [[True], [False], [True]]


def test_it_stays_retired_where_another_took_its_address(retired: Post) -> None:
    draft = DeviceDraft(id="bell-2", device_class="bell", name="bell-2", adapter="native", address="bell-1")
    retired.register_draft(draft)
    with pytest.raises(Refusal, match="address 'bell-1' is another device's by now"):
        change(retired, _undo)
    press(retired, 1)
    assert retired.alarms()[0]["device_id"] == "bell-2"


def test_it_speaks_again_under_an_address_that_was_given_back(retired: Post) -> None:
    def move_on(tx: Connection, now: datetime) -> None:
        put(tx, Device, {"id": "bell-2", "address": "bell-2"}, Edit("operator", now, "form"))

    draft = DeviceDraft(id="bell-2", device_class="bell", name="bell-2", adapter="native", address="bell-1")
    retired.register_draft(draft)
    change(retired, move_on)
    change(retired, _undo)
    press(retired, 1)
    assert retired.alarms()[0]["device_id"] == "bell-1"
