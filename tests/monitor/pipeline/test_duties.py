"""Who must be told is written with the ring itself, and stopped with the acknowledgement."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from device_adapters.core.events import AlarmKind
from monitor.errors import VersionConflict
from monitor.journal import duties
from monitor.journal.duties import take
from monitor.machines.alarm import AlarmState, Given
from monitor.machines.escalation import Recipient, Step, Way
from monitor.notify.plan import Plan
from monitor.pipeline import duty_log
from monitor.pipeline.alarm_log import OwnAct, give
from tests.monitor.conftest import Post

BUTTON = "zigbee2mqtt/sos-credit-fund"
PRESS = {"action": "emergency", "battery": 100}


def due(post: Post) -> list[str]:
    """Roles whose time has come."""
    with post.store.transaction() as tx:
        return [row["role"] for row in take(tx, "copy", 100, post.clock.now())]


def states(post: Post) -> list[str]:
    return [duty["state"] for duty in post.duties()]


def acknowledge(post: Post, version: int | None = None) -> dict[str, Any]:
    (alarm,) = post.alarms()
    return post.commands.acknowledge(alarm["id"], version or alarm["version"], "officer")


def test_it_tells_the_second_officer_at_30_s_and_the_commander_at_60(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    found = []
    for second in range(62):
        found += [(second, role) for role in due(button)]
        button.clock.forward(1)
    assert found == [(30, "second_officer"), (60, "commander")]


def test_it_tells_them_on_time_across_a_restart(button: Post, reborn: Callable[[], Post]) -> None:
    button.receive(BUTTON, PRESS)
    button.clock.forward(29)
    again = reborn()
    assert due(again) == []
    again.clock.forward(1)
    assert due(again) == ["second_officer"]
    again.clock.forward(30)
    assert due(reborn()) == ["commander"]


def test_it_says_what_happened_and_under_which_code(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    second, commander = button.duties()
    assert second["code"] == commander["code"] == "BD-260314-0001"
    assert second["text"].splitlines() == [
        "BÁO ĐỘNG CƯỚP – Credit fund",
        "Mã BD-260314-0001 · Báo lúc 18:00:00",
        "Chưa ai tiếp nhận sau 30 giây – chuyển Trực ban phụ",
    ]


def test_it_calls_an_alarm_as_its_incident_is_called(button: Post) -> None:
    button.register("bell-2")
    button.receive(BUTTON, PRESS)
    button.receive("anninh/v1/bell/bell-2/alarm", {"v": 1, "id": "b-2", "kind": "alarm", "input": "panic"})
    (alarm,) = button.alarms(device_id="BELL-DV-009")
    button.commands.acknowledge(alarm["id"], alarm["version"], "officer")
    button.receive(BUTTON, PRESS)
    codes = [duty["code"] for duty in button.duties()]
    assert codes == ["BD-260314-0001"] * 2 + ["BD-260314-0002"] * 2 + ["BD-260314-0001"] * 2


def test_row_2_it_tells_of_a_press_that_was_let_go_at_once(bell: Post) -> None:
    topic = "anninh/v1/bell/bell-1/alarm"
    press = {"v": 1, "kind": "alarm", "input": "panic", "ts": 1_773_486_000_000, "boot": "b1"}
    bell.receive(topic, {**press, "id": "b1-000001"})
    bell.clock.forward(0.2)
    bell.receive(topic, {**press, "id": "b1-000002", "kind": "clear"})
    assert (bell.alarms()[0]["state"], bell.alarms()[0]["is_audible"]) == ("RETURNED_UNACKNOWLEDGED", True)
    assert states(bell) == ["WAITING", "WAITING"]


def test_it_stops_what_is_not_sent_when_somebody_acknowledges(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    button.clock.forward(31)
    assert due(button) == ["second_officer"]
    acknowledge(button)
    assert states(button) == ["SENDING", "STOPPED"]
    button.clock.forward(60)
    assert due(button) == []


def test_it_asks_nobody_to_copy_a_text_once_somebody_acknowledged(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    with button.store.transaction() as tx:
        tx.execute(update(duties.DUTY).where(duties.DUTY.c.role == "second_officer").values(state="BY_HAND"))
    acknowledge(button)
    assert states(button) == ["STOPPED", "STOPPED"]


def test_it_does_not_try_again_what_was_on_its_way_when_somebody_acknowledged(
    button: Post, reborn: Callable[[], Post]
) -> None:
    button.receive(BUTTON, PRESS)
    button.clock.forward(31)
    due(button)
    acknowledge(button)
    again = reborn()
    with again.store.transaction() as tx:
        assert duties.recover(tx, again.clock.now()) == 0
    assert states(again) == ["STOPPED", "STOPPED"]


def test_it_leaves_a_press_unacknowledged_that_the_officer_had_not_seen(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    seen = button.alarms()[0]["version"]
    button.receive(BUTTON, PRESS)
    with pytest.raises(VersionConflict):
        acknowledge(button, seen)
    assert button.alarms()[0]["state"] == "UNACKNOWLEDGED"
    assert states(button) == ["WAITING", "WAITING"]


def test_it_acknowledges_once_however_often_the_button_sends(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    seen = button.alarms()[0]["version"]
    acknowledge(button, seen)
    button.receive(BUTTON, PRESS)
    for _ in range(3):
        with pytest.raises(VersionConflict):
            acknowledge(button, seen)
    assert states(button) == ["STOPPED", "STOPPED", "WAITING", "WAITING"]


def test_it_begins_anew_with_a_press_after_the_acknowledgement(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    acknowledge(button)
    button.clock.forward(100)
    rung_at = button.clock.now()
    button.receive(BUTTON, PRESS)
    with button.store.read() as connection:
        rows = [duties.duty_row(connection, each["id"]) for each in button.duties(states=("WAITING",))]
    assert [row["due_at"] - rung_at for row in rows] == [timedelta(seconds=30), timedelta(seconds=60)]


def test_it_moves_no_deadline_by_a_second_press(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    button.clock.forward(20)
    button.receive(BUTTON, PRESS)
    assert len(button.duties()) == 2
    button.clock.forward(10)
    assert due(button) == ["second_officer"]


def test_it_goes_on_after_a_restart_for_whom_nobody_answered_and_for_no_other(
    button: Post, reborn: Callable[[], Post]
) -> None:
    button.receive(BUTTON, PRESS)
    acknowledge(button)
    button.register("bell-2")
    button.receive("anninh/v1/bell/bell-2/alarm", {"v": 1, "id": "b-1", "kind": "alarm", "input": "panic"})
    again = reborn()
    again.wait(61)
    assert len(again.duties()) == 4
    assert due(again) == ["second_officer", "commander"]


def test_it_tells_nobody_at_night_of_one_camera(button: Post) -> None:
    button.register("cam-1", device_class="camera")
    button.receive("anninh/v1/camera/cam-1/heartbeat", {"v": 1})
    button.wait(200)
    assert [alarm["kind"] for alarm in button.alarms()] == ["offline"]
    assert button.duties() == []


OF_SILENCE = Plan(
    {AlarmKind.OFFLINE: (Step(0, "technician"),), AlarmKind.PANIC: (Step(0, "second_officer"),)},
    {
        "technician": (Recipient("Kỹ thuật viên", (Way("copy", "x"),)),),
        "second_officer": (Recipient("Trực ban phụ", (Way("copy", "y"),)),),
    },
)


@pytest.mark.parametrize("plan", [OF_SILENCE], indirect=True)
def test_it_tells_at_once_when_a_shelf_ends_with_the_condition_still_there(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(90)
    source = "native:bell-1"

    def act(given: Given) -> None:
        with bell.store.transaction() as tx:
            change = give(tx, OwnAct(source, AlarmKind.OFFLINE, bell.clock.now(), given), given)
            assert change is not None
            bell.pipeline.follow(tx, [change], {change.alarm_id: bell.alarms()[0]})

    act(Given.SHELVE)
    assert states(bell) == ["STOPPED"]
    act(Given.UNSHELVE)
    assert bell.alarms()[0]["state"] == AlarmState.UNACKNOWLEDGED
    assert states(bell) == ["STOPPED", "WAITING"]
    assert due(bell) == ["technician"]


@pytest.mark.parametrize("plan", [OF_SILENCE], indirect=True)
def test_it_stops_when_there_is_nothing_left_to_tell(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(90)
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    assert (bell.alarms()[0]["state"], states(bell)) == ("NORMAL", ["STOPPED"])


class Broken(dict[AlarmKind, tuple[Step, ...]]):
    def get(self, kind: AlarmKind, default: Any = None) -> Any:
        raise ValueError("a mistake of ours")


@pytest.mark.parametrize("plan", [Plan(Broken())], indirect=True)
def test_it_keeps_the_ring_when_it_cannot_tell_whom_to_tell(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    assert [alarm["state"] for alarm in button.alarms()] == ["UNACKNOWLEDGED"]
    assert button.duties() == []
    assert len(button.events("alarm")) == 1
    assert button.pipeline._outlets.duties.failed_at == button.clock.now(), "our own fault, which the desk is told"


@pytest.mark.parametrize("plan", [OF_SILENCE], indirect=True)
def test_it_tells_of_a_press_though_an_end_beside_it_cannot_be_told(
    bell: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duty_log, "tell_of_ends", lambda *_: {}["a bug"])
    bell.register("bell-2")
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(90)
    heard = bell.message("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    pressed = bell.message("anninh/v1/bell/bell-2/alarm", {"v": 1, "id": "b-1", "kind": "alarm"})
    bell.receive_all([heard, pressed])
    assert sorted(alarm["state"] for alarm in bell.alarms()) == ["NORMAL", "UNACKNOWLEDGED"]
    assert [duty["role"] for duty in bell.duties() if duty["kind"] == "panic"] == ["second_officer"]
