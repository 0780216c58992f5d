from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import Connection

from monitor.errors import StoreUnavailable
from monitor.inventory.device_records import change_lifecycle
from monitor.inventory.edits import Edit
from monitor.inventory.kinds import Lifecycle
from monitor.journal.events import recalled
from tests.monitor.conftest import Post

BUTTON = "zigbee2mqtt/sos-credit-fund"


def test_it_raises_a_silent_bell_and_ends_it_when_it_is_heard_again(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(90)
    (alarm,) = bell.alarms()
    assert (bell.state("bell-1"), alarm["kind"], alarm["priority"]) == ("OFFLINE", "offline", 2)
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    assert bell.state("bell-1") == "ONLINE"
    assert bell.alarms()[0]["state"] in ("NORMAL", "RETURNED_UNACKNOWLEDGED")


def test_it_calls_nobody_offline_while_it_cannot_hear(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(600, is_linked=False)
    bell.wait(60)
    assert bell.state("bell-1") == "ONLINE"


def test_it_knows_who_works(bell: Post, reborn: Callable[[], Post]) -> None:
    assert bell.supervisor.working() == frozenset()
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    assert bell.supervisor.working() == reborn().supervisor.working() == {"bell-1"}
    bell.wait(90)
    assert bell.supervisor.working() == frozenset()


def test_it_does_not_take_a_retained_online_for_life(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/status", {"v": 1, "state": "online"}, is_replay=True)
    assert bell.state("bell-1") == "UNKNOWN"


def test_it_does_not_call_a_device_offline_whose_will_came_with_a_broker_restart(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.receive("anninh/v1/bell/bell-1/status", {"v": 1, "state": "offline"})
    assert bell.state("bell-1") == "LATE"
    bell.wait(3)
    bell.receive("anninh/v1/bell/bell-1/status", {"v": 1, "state": "online"})
    bell.wait(20)
    assert bell.state("bell-1") == "ONLINE"
    assert bell.alarms() == []


def test_it_lists_a_device_that_was_never_seen_once_its_time_is_up(bell: Post, reborn: Callable[[], Post]) -> None:
    bell.wait(60)
    assert bell.alarms() == []
    bell.clock.forward(86_400)
    again = reborn()
    again.wait(3)
    assert [(alarm["kind"], alarm["detail"]) for alarm in again.alarms()] == [("offline", "never_seen")]
    reborn().wait(3)
    assert [alarm["presses"] for alarm in again.alarms()] == [1]


def test_it_writes_last_seen_behind(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.pipeline.flush()
    assert bell.events("devices")[-1]["last_seen_at"][-1] == round(bell.clock.now().timestamp() * 1000)


def test_it_ends_a_low_battery_only_well_above_its_limit(button: Post) -> None:
    button.receive(BUTTON, {"battery": 9})
    button.receive(BUTTON, {"battery": 17})
    assert [(alarm["kind"], alarm["closed_at"]) for alarm in button.alarms()] == [("battery_low", None)]
    button.receive(BUTTON, {"battery": 95})
    assert button.alarms()[0]["restored_at"] is not None


def test_it_does_not_ring_again_for_what_was_already_offline_before_a_restart(
    bell: Post, reborn: Callable[[], Post]
) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(90)
    bell.pipeline.flush()
    again = reborn()
    again.wait(200)
    assert [alarm["presses"] for alarm in again.alarms()] == [1]


def test_it_ends_a_low_battery_first_thing_after_a_restart(button: Post, reborn: Callable[[], Post]) -> None:
    button.receive(BUTTON, {"battery": 9})
    again = reborn()
    again.receive(BUTTON, {"battery": 95})
    assert again.alarms()[0]["restored_at"] is not None


def test_it_still_lists_a_device_that_was_never_seen_when_the_store_failed_at_that_moment(
    bell: Post, monkeypatch: pytest.MonkeyPatch, reborn: Callable[[], Post]
) -> None:
    bell.clock.forward(86_400)
    again = reborn()
    with monkeypatch.context() as broken:
        broken.setattr(again.store, "transaction", raising(StoreUnavailable("disk full")))
        with pytest.raises(StoreUnavailable):
            again.wait(3)
    again.wait(3)
    assert [alarm["detail"] for alarm in again.alarms()] == ["never_seen"]


def test_it_tries_the_store_on_a_quiet_night(bell: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    bell.clock.forward(11)
    monkeypatch.setattr(bell.store, "transaction", raising(StoreUnavailable("disk full")))
    with pytest.raises(StoreUnavailable):
        bell.pipeline.flush()


def raising(error: Exception) -> Callable[[], None]:
    def fail() -> None:
        raise error

    return fail


def test_it_never_calls_a_gong_offline(post: Post) -> None:
    """It is struck by hand, and nobody expects a word of it."""
    post.register("gong-1", device_class="gong")
    post.clock.forward(30 * 86_400)
    post.wait(3)
    post.receive("anninh/v1/gong/gong-1/status", {"v": 1, "state": "offline"})
    post.wait(200)
    assert (post.state("gong-1"), post.alarms()) == ("UNKNOWN", [])


def test_it_never_calls_a_gong_offline_that_was_heard_once(post: Post) -> None:
    post.register("gong-1", device_class="gong")
    post.receive("anninh/v1/gong/gong-1/status", {"v": 1, "state": "online"})
    post.wait(200)
    post.receive("anninh/v1/gong/gong-1/status", {"v": 1, "state": "offline"})
    post.wait(200)
    assert (post.state("gong-1"), post.alarms()) == ("ONLINE", [])


def test_it_rings_for_a_recorder_that_fell_silent(post: Post) -> None:
    post.register("probe-1", device_class="probe")
    post.register("nvr-1", device_class="recorder")
    post.receive("anninh/v1/probe/probe-1/heartbeat", {"v": 1, "cams": {"nvr-1": {"s": "up"}}})
    assert post.state("nvr-1") == "ONLINE"
    post.receive("anninh/v1/probe/probe-1/heartbeat", {"v": 1, "cams": {"nvr-1": {"s": "down"}}})
    (alarm,) = post.alarms()
    assert (alarm["device_id"], alarm["kind"], alarm["priority"]) == ("nvr-1", "offline", 3)


def test_it_shows_a_camera_that_answers_and_is_of_no_use_as_degraded(post: Post) -> None:
    post.register("probe-1", device_class="probe")
    post.register("cam-1", device_class="camera")
    post.receive("anninh/v1/probe/probe-1/heartbeat", {"v": 1, "cams": {"cam-1": {"s": "up"}}})
    post.receive("anninh/v1/probe/probe-1/heartbeat", {"v": 1, "cams": {"cam-1": {"s": "auth"}}})
    assert (post.state("cam-1"), post.alarms()) == ("DEGRADED", [])
    with post.store.read() as connection:
        told = connection.exec_driver_sql("SELECT to_state, reason, note FROM transition ORDER BY id DESC").first()
    assert told is not None
    assert tuple(told) == ("DEGRADED", "trouble", "credentials")
    post.wait(50)
    post.receive("anninh/v1/probe/probe-1/heartbeat", {"v": 1, "cams": {"cam-1": {"s": "up"}}})
    assert post.state("cam-1") == "ONLINE"


def become(post: Post, lifecycle: Lifecycle) -> None:
    def work(tx: Connection, now: datetime) -> None:
        change_lifecycle(tx, ["bell-1"], lifecycle, now.date(), Edit("operator", now, "form"))

    post.commands.change(work, "operator")
    post.wait(1)


@pytest.fixture
def serviced(bell: Post) -> Post:
    """A bell that somebody is working on."""
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    become(bell, Lifecycle.MAINTENANCE)
    return bell


def test_it_does_not_ring_for_a_device_under_maintenance(serviced: Post) -> None:
    serviced.receive("anninh/v1/bell/bell-1/status", {"v": 1, "state": "offline"})
    serviced.wait(200)
    serviced.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    assert (serviced.state("bell-1"), serviced.alarms()) == ("MAINTENANCE", [])


def test_it_takes_a_press_under_maintenance_all_the_same(serviced: Post) -> None:
    press = {"v": 1, "id": "press-1", "kind": "alarm", "input": "panic", "ts": 1_773_000_000_000}
    serviced.receive("anninh/v1/bell/bell-1/alarm", press)
    assert [alarm["priority"] for alarm in serviced.alarms()] == [1]


def test_it_looks_for_it_again_once_somebody_says_that_it_is_done(serviced: Post) -> None:
    become(serviced, Lifecycle.ACTIVE)
    assert serviced.state("bell-1") == "LATE"
    serviced.wait(90)
    assert (serviced.state("bell-1"), len(serviced.alarms())) == ("OFFLINE", 1)


def test_it_ends_a_maintenance_that_somebody_forgot(serviced: Post, reborn: Callable[[], Post]) -> None:
    serviced.clock.forward(28_800 - 60)
    again = reborn()
    again.wait(50)
    assert again.state("bell-1") == "MAINTENANCE"
    again.wait(12 + 90)
    assert [alarm["kind"] for alarm in again.alarms()] == ["offline"]


def test_it_ends_the_alarm_of_what_is_taken_under_maintenance(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(90)
    assert [alarm["state"] for alarm in bell.alarms()] == ["UNACKNOWLEDGED"]
    become(bell, Lifecycle.MAINTENANCE)
    assert [alarm["state"] for alarm in bell.alarms()] == ["NORMAL"]


def come_and_go(post: Post, times: int) -> None:
    for _ in range(times):
        post.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
        post.receive("anninh/v1/bell/bell-1/status", {"v": 1, "state": "offline"})
        post.wait(8)
    post.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})


def stand(post: Post, seconds: int) -> None:
    for _ in range(seconds // 20):
        post.wait(20)
        post.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})


def test_it_makes_one_alarm_of_a_bell_that_comes_and_goes(bell: Post) -> None:
    come_and_go(bell, 10)
    ended = [alarm for alarm in bell.alarms() if alarm["state"] == "NORMAL"]
    (held,) = [alarm for alarm in bell.alarms() if alarm["state"] != "NORMAL"]
    assert (len(ended), held["presses"], bell.state("bell-1")) == (3, 1, "ONLINE")


def test_it_ends_that_alarm_when_the_bell_has_stood_for_half_an_hour(bell: Post, reborn: Callable[[], Post]) -> None:
    come_and_go(bell, 4)
    stand(bell, 600)
    again = reborn()
    stand(again, 1780)
    assert again.alarms()[0]["state"] == "UNACKNOWLEDGED"
    stand(again, 40)
    assert {alarm["state"] for alarm in again.alarms()} == {"NORMAL"}


def test_it_ends_a_held_alarm_when_somebody_works_on_the_bell(bell: Post) -> None:
    come_and_go(bell, 4)
    become(bell, Lifecycle.MAINTENANCE)
    assert {alarm["state"] for alarm in bell.alarms()} == {"NORMAL"}


@pytest.mark.parametrize("by_s", [3600, -3600])
def test_it_minds_no_clock_that_is_set(bell: Post, by_s: float) -> None:
    bell.receive("anninh/v1/bell/bell-1/heartbeat", {"v": 1})
    bell.wait(60)
    bell.clock.set_by(by_s)
    bell.wait(24)
    assert (bell.state("bell-1"), bell.alarms()) == ("LATE", [])
    bell.wait(3)
    assert (bell.state("bell-1"), [alarm["kind"] for alarm in bell.alarms()]) == ("OFFLINE", ["offline"])


@pytest.mark.parametrize("by_s", [3600, -3600])
def test_it_goes_on_trying_the_store_when_the_clock_was_set(bell: Post, by_s: float) -> None:
    bell.clock.set_by(by_s)
    bell.clock.forward(11)
    bell.pipeline.flush()
    with bell.store.read() as connection:
        assert recalled(connection, "monitor", "alive") is not None
