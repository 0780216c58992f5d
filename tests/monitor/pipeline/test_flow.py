from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from monitor.errors import StoreUnavailable
from monitor.pipeline.flood import MOST_OF_A_SOURCE
from monitor.pipeline.outlets import Outlets
from tests.monitor.conftest import Post

BUTTON = "zigbee2mqtt/sos-credit-fund"
BELL = "anninh/v1/bell/bell-1/alarm"
PRESS = {"action": "emergency", "battery": 100, "linkquality": 153}


def a_press(press_id: str = "b1-000001", **more: Any) -> dict[str, Any]:
    return {"v": 1, "id": press_id, "kind": "alarm", "input": "panic", "ts": 1_773_486_000_000, "boot": "b1", **more}


def test_it_keeps_the_first_of_a_flood_and_counts_the_rest(bell: Post, reborn: Callable[[], Post]) -> None:
    bell.receive_all([bell.message("anninh/v1/bell/bell-1/heartbeat", b"{") for _ in range(MOST_OF_A_SOURCE + 7)])
    assert len(bell.quarantine()) == MOST_OF_A_SOURCE
    assert bell.pipeline.quarantined == reborn().pipeline.quarantined == MOST_OF_A_SOURCE + 7
    bell.clock.forward(3600)
    bell.receive("anninh/v1/bell/bell-1/heartbeat", b"{")
    assert bell.pipeline.quarantined == MOST_OF_A_SOURCE + 8


def test_it_makes_one_alarm_of_one_press(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    (alarm,) = button.alarms()
    assert (alarm["state"], alarm["kind"], alarm["priority"]) == ("UNACKNOWLEDGED", "hold_up", 1)
    assert (alarm["device_id"], alarm["place"], alarm["presses"]) == ("BELL-DV-009", "Credit fund", 1)


def test_it_tells_the_feed_once_after_the_commit(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    (told,) = button.events("alarm")
    assert (told["id"], told["reason"]) == (button.alarms()[0]["id"], "alarm")
    alarm, incident, *_ = button.entries
    assert [(alarm.event, alarm.seq), (incident.event, incident.seq)] == [
        ("alarm", told["seq"]),
        ("incident", button.pipeline.seq),
    ]


def test_it_counts_copies_of_a_press_without_a_second_alarm(button: Post) -> None:
    for _ in range(3):
        button.receive(BUTTON, {**PRESS, "last_seen": "2026-03-14T11:00:00.000Z"})
    (alarm,) = button.alarms()
    assert (alarm["presses"], alarm["duplicates"], alarm["version"]) == (1, 2, 1)
    assert button.events("alarm_count")[-1]["duplicates"] == 2


def test_it_counts_every_press_of_a_button_that_gives_no_identity(button: Post) -> None:
    for _ in range(4):
        button.receive(BUTTON, PRESS)
    (alarm,) = button.alarms()
    assert (alarm["presses"], alarm["version"]) == (4, 4)


def test_it_makes_one_alarm_of_presses_in_one_batch(bell: Post) -> None:
    bell.receive_all([bell.message(BELL, a_press(f"b1-{number}")) for number in (1, 2, 2, 3)])
    (alarm,) = bell.alarms()
    assert (alarm["presses"], alarm["duplicates"]) == (3, 1)


def test_it_still_rings_after_a_release_200_ms_later(bell: Post) -> None:
    bell.receive(BELL, a_press())
    bell.clock.forward(0.2)
    bell.receive(BELL, a_press("b1-000002", kind="clear"))
    assert bell.alarms()[0]["state"] == "RETURNED_UNACKNOWLEDGED"


@pytest.mark.parametrize("body", [{**PRESS, "action": ""}, {**PRESS, "action": None}, {"alarm": True}, {"battery": 80}])
def test_it_takes_no_state_message_for_a_press(button: Post, body: dict[str, Any]) -> None:
    button.receive(BUTTON, body)
    assert button.alarms() == []


def test_it_ignores_the_retained_copy_of_a_stored_press(button: Post) -> None:
    body = {**PRESS, "last_seen": "2026-03-14T10:59:59.000Z"}
    button.receive(BUTTON, body)
    button.receive(BUTTON, body, is_replay=True)
    assert [alarm["presses"] for alarm in button.alarms()] == [1]


def test_it_ignores_the_retained_copy_of_a_stored_press_without_a_time(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    button.receive(BUTTON, PRESS, is_replay=True)
    assert [alarm["presses"] for alarm in button.alarms()] == [1]


def test_it_raises_a_retained_press_made_while_we_were_away_as_late(button: Post) -> None:
    button.receive(BUTTON, {**PRESS, "last_seen": "2026-03-14T10:58:00.000Z"}, is_replay=True)
    (alarm,) = button.alarms()
    assert (alarm["state"], alarm["late_s"]) == ("UNACKNOWLEDGED", 120)
    assert alarm["raised_at"] == "2026-03-14T10:58:00.000Z"


def test_it_rings_for_a_device_nobody_registered_and_keeps_the_message(post: Post) -> None:
    post.receive("zigbee2mqtt/a stranger", PRESS)
    (alarm,) = post.alarms()
    assert (alarm["device_id"], alarm["source"], alarm["kind"]) == (None, "zigbee2mqtt:a stranger", "panic")
    assert "unknown device" in post.quarantine()[0]["reason"]


def test_it_gives_an_unknown_alarm_its_name_when_the_device_is_registered(post: Post) -> None:
    post.receive("zigbee2mqtt/sos-new", PRESS)
    post.register("BELL-NEW", "zigbee2mqtt", address="sos-new")
    assert post.alarms()[0]["device_id"] == "BELL-NEW"


def test_it_shows_an_unknown_device_once_however_often_it_speaks(post: Post) -> None:
    for _ in range(5):
        post.receive("zigbee2mqtt/hall lamp", {"state": "ON"})
    assert len(post.quarantine()) == 1


def test_it_rings_for_what_cannot_be_read_on_an_alarm_topic(bell: Post) -> None:
    bell.receive(BELL, b"\xff\xfe garbage")
    (alarm,) = bell.alarms()
    assert alarm["state"] == "UNACKNOWLEDGED"
    assert alarm["degraded"]
    assert bell.quarantine()[0]["payload_b64"]


def test_it_keeps_what_cannot_be_read_elsewhere_with_its_reason(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", b"\xff\xff")
    assert bell.alarms() == []
    assert bell.quarantine()[0]["reason"]


def test_it_sends_its_receipt_after_the_commit_and_again_for_a_copy(bell: Post) -> None:
    bell.receive(BELL, a_press("b1-000007"))
    bell.receive(BELL, a_press("b1-000007", queued_s=4))
    assert [receipt.topic for receipt in bell.receipts] == ["anninh/v1/bell/bell-1/ack"] * 2
    assert json.loads(bell.receipts[0].payload) == {"v": 1, "id": "b1-000007"}


def test_it_says_how_late_a_press_from_a_spool_is(bell: Post) -> None:
    bell.receive(BELL, a_press(queued_s=95))
    alarm = bell.alarms()[0]
    assert (alarm["late_s"], alarm["is_audible"]) == (95, True)
    assert alarm["raised_at"] < alarm["received_at"]


def test_it_shows_but_does_not_sound_a_press_that_waited_for_days(bell: Post) -> None:
    bell.receive(BELL, a_press(queued_s=3 * 86_400))
    assert bell.alarms()[0]["is_audible"] is False


def test_it_sounds_a_fresh_press_on_top_of_one_that_waited_for_days(bell: Post) -> None:
    bell.receive(BELL, a_press("b1-1", queued_s=3 * 86_400))
    bell.receive(BELL, a_press("b1-2"))
    assert bell.alarms()[0]["is_audible"] is True


def test_it_stores_the_good_rows_of_a_batch_with_a_row_the_store_refuses(
    bell: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    from monitor.journal import events

    add_event = events.add_event

    def picky(tx: Any, values: Any) -> int:
        if b"poison" in values["payload"]:
            raise OverflowError("Python int too large to convert to SQLite INTEGER")
        return add_event(tx, values)

    monkeypatch.setattr(events, "add_event", picky)
    bodies = [a_press("b1-1"), a_press("b1-2", note="poison"), a_press("b1-3")]
    bell.receive_all([bell.message(BELL, body) for body in bodies])
    (alarm,) = bell.alarms()
    assert (alarm["presses"], "OverflowError" in alarm["degraded"]) == (3, True)
    assert {"b1-1", "b1-2", "b1-3"} == {json.loads(receipt.payload)["id"] for receipt in bell.receipts}
    assert "OverflowError" in bell.quarantine()[0]["reason"]


def test_it_records_a_test_without_an_alarm(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/event", {"v": 1, "id": "t-1", "kind": "test", "ts": 1_773_486_000_000})
    assert bell.alarms() == []
    assert [told["device_id"] for told in bell.events("test")] == ["bell-1"]


def test_it_goes_on_after_a_restart_from_what_is_stored(bell: Post, reborn: Callable[[], Post]) -> None:
    bell.receive(BELL, a_press())
    again = reborn()
    again.receive(BELL, a_press())
    (alarm,) = again.alarms()
    assert (alarm["presses"], alarm["duplicates"], again.pipeline.seq >= bell.pipeline.seq) == (1, 1, True)


def test_it_takes_a_redelivered_press_without_identity_for_the_same_press(button: Post) -> None:
    adapter, message = button.message(BUTTON, PRESS)
    message = replace(message, delivery="chuong-alarm:7")
    button.receive_all([(adapter, message)])
    button.receive_all([(adapter, replace(message, is_redelivery=True))])
    (alarm,) = button.alarms()
    assert (alarm["presses"], alarm["duplicates"]) == (1, 1)


def test_it_counts_a_press_that_is_redelivered_and_was_never_stored(button: Post) -> None:
    adapter, message = button.message(BUTTON, PRESS)
    button.receive_all([(adapter, replace(message, delivery="chuong-alarm:7"))])
    button.receive_all([(adapter, replace(message, delivery="chuong-alarm:8", is_redelivery=True))])
    assert button.alarms()[0]["presses"] == 2


def test_it_reads_a_state_and_its_end_in_one_batch(button: Post) -> None:
    bodies = [{"tamper": True}, {"tamper": False}]
    button.receive_all([button.message(BUTTON, body) for body in bodies])
    assert [(alarm["kind"], alarm["restored_at"] is not None) for alarm in button.alarms()] == [("tamper", True)]


def test_it_stores_and_acknowledges_a_press_even_where_telling_it_fails(
    bell: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(_entries: object) -> None:
        raise RuntimeError("no loop")

    monkeypatch.setattr(bell.pipeline, "_outlets", Outlets(feed=deaf, receipts=bell.receipts.extend))
    bell.receive(BELL, a_press())
    assert bell.alarms()[0]["presses"] == 1
    assert len(bell.receipts) == 1


def test_it_tells_the_other_outlets_where_one_fails(bell: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(_told: object) -> None:
        raise RuntimeError("no broker")

    counted: list[object] = []
    monkeypatch.setattr(
        bell.pipeline, "_outlets", Outlets(feed=bell.entries.extend, receipts=deaf, count=counted.extend)
    )
    bell.receive(BELL, a_press())
    assert len(counted) == 1


def test_it_ignores_an_old_retained_press_after_newer_ones(button: Post) -> None:
    old, newer = {**PRESS, "linkquality": 90}, {**PRESS, "linkquality": 91}
    button.receive(BUTTON, old, is_replay=True)
    button.receive(BUTTON, newer)
    button.receive(BUTTON, old, is_replay=True)
    assert button.alarms()[0]["presses"] == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_stops_acknowledging_when_its_database_file_is_taken_away(bell: Post, tmp_path: Path) -> None:
    (tmp_path / "post.sqlite3").rename(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable, match="replaced or removed"):
        bell.receive(BELL, a_press())
    assert bell.receipts == []
    (tmp_path / "elsewhere").rename(tmp_path / "post.sqlite3")
    bell.receive(BELL, a_press())
    assert bell.alarms()[0]["presses"] == 1


def test_it_shows_an_unknown_device_once_over_a_restart(post: Post, reborn: Callable[[], Post]) -> None:
    post.receive("zigbee2mqtt/hall lamp", {"state": "ON"})
    reborn().receive("zigbee2mqtt/hall lamp", {"state": "OFF"})
    assert len(post.quarantine()) == 1


def test_it_lets_no_release_that_was_held_back_end_a_newer_press(bell: Post) -> None:
    released_at = 1_773_486_000_000 - 57_000
    bell.receive(BELL, a_press())
    bell.receive(BELL, a_press("b1-000002", kind="clear", ts=released_at, queued_s=57))
    assert bell.alarms()[0]["state"] == "UNACKNOWLEDGED"
    bell.receive(BELL, a_press("b1-000003", kind="clear", ts=1_773_486_000_500))
    assert bell.alarms()[0]["state"] == "RETURNED_UNACKNOWLEDGED"


def test_it_lets_a_press_of_a_clock_that_runs_ahead_be_ended(bell: Post) -> None:
    bell.receive(BELL, a_press(ts=1_773_486_000_000 + 86_400_000))
    bell.receive(BELL, a_press("b1-000002", kind="clear"))
    assert bell.alarms()[0]["state"] == "RETURNED_UNACKNOWLEDGED"
