from __future__ import annotations

import pytest

from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.drafts import DeviceDraft
from tests.monitor.conftest import Post

BELL = "anninh/v1/bell/bell-1/alarm"


def press(post: Post, press_id: str) -> None:
    post.receive(BELL, {"v": 1, "id": press_id, "kind": "alarm", "input": "hold_up", "ts": 1_773_486_000_000})


@pytest.fixture
def rung(post: Post) -> Post:
    post.register("bell-1")
    press(post, "b1-1")
    return post


def test_it_acknowledges_what_the_officer_saw(rung: Post) -> None:
    after = rung.commands.acknowledge(1, 1, "truc-ban")
    assert (after["state"], after["acknowledged_by"], after["version"]) == ("ACKNOWLEDGED", "truc-ban", 2)
    assert rung.events("alarm")[-1]["reason"] == "acknowledge"


def test_it_leaves_a_press_that_came_meanwhile_unacknowledged(rung: Post) -> None:
    press(rung, "b1-2")
    with pytest.raises(VersionConflict):
        rung.commands.acknowledge(1, 1, "truc-ban")
    assert rung.alarms()[0]["state"] == "UNACKNOWLEDGED"


def test_it_lets_only_one_of_two_officers_win(rung: Post) -> None:
    rung.commands.acknowledge(1, 1, "truc-ban")
    with pytest.raises(VersionConflict):
        rung.commands.acknowledge(1, 1, "chi-huy")
    assert rung.alarms()[0]["acknowledged_by"] == "truc-ban"


def test_it_rings_again_when_pressed_after_the_acknowledgement(rung: Post) -> None:
    rung.commands.acknowledge(1, 1, "truc-ban")
    press(rung, "b1-2")
    (alarm,) = rung.alarms()
    assert (alarm["state"], alarm["presses"], alarm["acknowledged_by"]) == ("UNACKNOWLEDGED", 2, None)


def test_it_closes_only_what_was_acknowledged(rung: Post) -> None:
    with pytest.raises(Refusal):
        rung.commands.close(1, 1, "truc-ban")
    rung.commands.acknowledge(1, 1, "truc-ban")
    assert rung.commands.close(1, 2, "truc-ban")["state"] == "NORMAL"


def test_it_opens_a_new_alarm_for_a_press_after_the_close(rung: Post) -> None:
    rung.commands.acknowledge(1, 1, "truc-ban")
    rung.commands.close(1, 2, "truc-ban")
    press(rung, "b1-2")
    assert [(alarm["id"], alarm["state"]) for alarm in rung.alarms()] == [(2, "UNACKNOWLEDGED"), (1, "NORMAL")]


def test_it_knows_no_alarm_that_is_not_there(post: Post) -> None:
    with pytest.raises(UnknownRecord):
        post.commands.acknowledge(7, 1, "truc-ban")


def test_it_stores_a_receipt_once(rung: Post) -> None:
    receipt = {"screen_id": "desk-1", "version": 1, "kind": "sounded", "delay_ms": 12.0}
    rung.commands.receipt(1, receipt, "truc-ban")
    rung.commands.receipt(1, receipt, "truc-ban")
    with rung.store.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM receipt").scalar_one() == 1


@pytest.mark.parametrize(("device_id", "address"), [("bell-1", "elsewhere"), ("bell-2", "bell-1")])
def test_it_registers_neither_an_id_nor_an_address_twice(rung: Post, device_id: str, address: str) -> None:
    draft = DeviceDraft(id=device_id, device_class="bell", name="Bell", adapter="native", address=address)
    with pytest.raises(Refusal):
        rung.register_draft(draft)


def test_it_finds_a_device_by_the_words_of_its_place(post: Post) -> None:
    post.register("bell-9", place="Quỹ tín dụng Đinh Văn")
    with post.store.read() as connection:
        text = connection.exec_driver_sql("SELECT search_text FROM device").scalar_one()
    assert "quy tin dung dinh van" in text


def test_it_gives_a_live_alarm_of_a_new_device_its_kind_and_tells_the_screens(post: Post) -> None:
    post.receive("zigbee2mqtt/sos-new", {"action": "emergency"})
    post.entries.clear()
    draft = DeviceDraft(
        id="BELL-NEW",
        device_class="bell",
        name="Bell",
        adapter="zigbee2mqtt",
        address="sos-new",
        alarm_kind="hold_up",
    )
    post.register_draft(draft)
    (told,) = post.events("alarm")
    assert (told["device_id"], told["kind"], told["reason"]) == ("BELL-NEW", "hold_up", "adopted")
    post.receive("zigbee2mqtt/sos-new", {"action": "emergency"})
    assert [(alarm["kind"], alarm["presses"]) for alarm in post.alarms()] == [("hold_up", 2)]
