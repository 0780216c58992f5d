"""The monitor's own fault: one alarm on a real store, for everybody, that closes itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from monitor.errors import Refusal
from monitor.inventory.territory import Territory
from monitor.journal.queries import open_alarms
from monitor.machines.own_fault import Cause, OwnFault, step
from monitor.pipeline.fault_log import FaultLog
from tests.monitor.conftest import CLASSES, Post

LINK, DISK = Cause.LINK, Cause.DISK
GROUP_BOARD = Territory("DV-01", frozenset({"DV-01"}))


class Watched:
    """A post whose own stages fail as the test says, looked at once a second."""

    def __init__(self, post: Post) -> None:
        self.post, self.fault = post, OwnFault()
        self.log = FaultLog(post.store, post.pipeline, CLASSES)
        self.log.load()

    def go(self, seconds: int, *found: Cause) -> None:
        for _ in range(seconds):
            self.post.clock.forward(1)
            now, now_s = self.post.clock.now(), self.post.clock.monotonic_s()
            self.fault = step(self.fault, dict.fromkeys(found, "it fails"), now=now, monotonic_s=now_s)
            self.log.keep(self.fault, now)

    def faults(self) -> list[dict[str, Any]]:
        return [alarm for alarm in self.post.alarms() if alarm["kind"] == "monitor_fault"]


@pytest.fixture
def watched(post: Post) -> Watched:
    return Watched(post)


def test_it_rings_once_with_all_its_causes(watched: Watched) -> None:
    began_at = watched.post.clock.now() + timedelta(seconds=1)
    watched.go(10, LINK)
    watched.go(10, LINK, DISK)
    (alarm,) = watched.faults()
    assert (alarm["detail"], alarm["state"], alarm["device_id"]) == ("link disk", "UNACKNOWLEDGED", None)
    assert alarm["raised_at"] == began_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_it_is_its_own_word_and_no_devices(watched: Watched) -> None:
    watched.go(10, LINK)
    watched.go(5)
    with watched.post.store.read() as connection:
        assert connection.exec_driver_sql("SELECT DISTINCT actor FROM transition").scalars().all() == ["monitor"]


def test_it_closes_itself_when_all_is_well(watched: Watched) -> None:
    watched.go(10, LINK)
    watched.go(5)
    (alarm,) = watched.faults()
    assert alarm["state"] == "NORMAL"
    assert [each["state"] for each in watched.post.events("alarm")] == ["UNACKNOWLEDGED", "NORMAL"]


def test_it_rings_again_for_a_cause_that_is_new_to_who_took_it_over(watched: Watched) -> None:
    watched.go(10, LINK)
    (alarm,) = watched.faults()
    watched.post.commands.acknowledge(alarm["id"], alarm["version"], "officer")
    watched.go(10, LINK)
    assert watched.faults()[0]["state"] == "ACKNOWLEDGED"
    watched.go(1, LINK, DISK)
    assert watched.faults()[0]["state"] == "UNACKNOWLEDGED"


def test_it_goes_on_after_a_restart_and_rings_no_second_time(watched: Watched, reborn: Callable[[], Post]) -> None:
    watched.go(10, LINK)
    before = [(alarm["id"], alarm["version"]) for alarm in watched.faults()]
    again = Watched(reborn())
    again.go(10, LINK)
    assert [(alarm["id"], alarm["version"]) for alarm in again.faults()] == before
    again.go(5)
    assert again.faults()[0]["state"] == "NORMAL"


def test_it_is_over_after_a_restart_that_mended_it(watched: Watched, reborn: Callable[[], Post]) -> None:
    watched.go(10, LINK)
    again = Watched(reborn())
    again.go(1)
    assert again.faults()[0]["state"] == "NORMAL"


def test_it_is_seen_by_those_who_watch_one_group(watched: Watched) -> None:
    watched.go(10, LINK)
    with watched.post.store.read() as connection:
        assert [alarm["kind"] for alarm in open_alarms(connection, GROUP_BOARD)] == ["monitor_fault"]
    assert [entry.places for entry in watched.post.entries if entry.event == "alarm"] == [None]


def test_it_is_not_theirs_to_take_over(watched: Watched) -> None:
    watched.go(10, LINK)
    (alarm,) = watched.faults()
    with pytest.raises(Refusal):
        watched.post.commands.acknowledge(alarm["id"], alarm["version"], "board", GROUP_BOARD)


def test_it_lets_nobody_declare_it_over(watched: Watched) -> None:
    watched.go(10, LINK)
    (alarm,) = watched.faults()
    taken = watched.post.commands.acknowledge(alarm["id"], alarm["version"], "officer")
    with pytest.raises(Refusal):
        watched.post.commands.close(alarm["id"], taken["version"], "officer")
