"""The feeder cut of the demo commune, and what else goes down together, on a real store."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from monitor.errors import Refusal
from monitor.inventory.device_records import retire
from monitor.inventory.edits import Edit
from monitor.inventory.territory import territory_of
from monitor.journal.outages import causes_of
from monitor.journal.queries import open_alarms
from tests.monitor.conftest import Post
from tests.monitor.pipeline.power_cut import FAULTY, Commune, a_commune, topic

BUTTON = "BELL-DV-009"


@pytest.fixture
def commune(post: Post) -> Commune:
    """Three eyes are broken already, as they always are."""
    commune = a_commune(post)
    commune.break_down(FAULTY)
    commune.go(100)
    return commune


@pytest.fixture
def dark(commune: Commune) -> Commune:
    commune.cut_power()
    commune.go(110)
    return commune


def live(post: Post) -> list[dict[str, Any]]:
    """What stands in the queue: nothing that an outage has set aside."""
    return [alarm for alarm in post.alarms() if alarm["state"] not in ("NORMAL", "SUPPRESSED")]


def outages(post: Post) -> list[dict[str, Any]]:
    return [alarm for alarm in post.alarms() if alarm["kind"] == "outage"]


def test_it_tells_of_a_feeder_cut_as_one_outage_of_forty_eyes(dark: Commune) -> None:
    (alarm,) = outages(dark.post)
    told = alarm["outage"]
    assert (told["cause"], told["name"], told["eyes"], told["eyes_down"]) == ("feeder", "LT-2", 40, 40)
    assert (told["groups"], alarm["priority"], alarm["state"]) == (8, 3, "UNACKNOWLEDGED")


def test_it_knows_what_took_each_eye_down_and_of_none_that_was_broken_before(dark: Commune) -> None:
    with dark.post.store.read() as connection:
        causes = causes_of(connection, [*dark.eyes, *FAULTY])
    assert set(causes.values()) == {"feeder"}
    assert not set(FAULTY) & causes.keys()


def test_it_never_sounds_the_tone_of_an_emergency(dark: Commune) -> None:
    told = [entry.data for entry in dark.post.entries if entry.event == "alarm"]
    assert told
    assert [alarm["kind"] for alarm in told if alarm["priority"] == 1 and alarm["is_audible"]] == []


def test_it_tells_apart_who_went_by_will_and_who_by_silence(dark: Commune) -> None:
    with dark.post.store.read() as connection:
        ways = connection.exec_driver_sql("SELECT how, count(*) FROM outage_member GROUP BY how").all()
    assert dict(ways) == {"disconnected": 22, "silent": 18}


def test_it_leaves_only_the_outage_and_the_old_faults_in_the_queue(dark: Commune) -> None:
    assert sorted((alarm["kind"], alarm["priority"]) for alarm in live(dark.post)) == [
        *[("offline", 4)] * 3,
        ("outage", 3),
    ]


def test_it_counts_75_of_118_eyes_and_13_of_21_groups(dark: Commune) -> None:
    coverage = dark.coverage().coverage
    assert (coverage.eyes.working, coverage.eyes.registered) == (75, 118)
    assert (coverage.effective, coverage.base) == (13, 21)


def test_it_closes_by_itself_when_all_are_back(dark: Commune) -> None:
    dark.power_back()
    dark.go(5)
    (alarm,) = outages(dark.post)
    assert (alarm["state"], alarm["outage"]["eyes_down"], alarm["outage"]["eyes"]) == ("NORMAL", 0, 40)
    assert [each["kind"] for each in live(dark.post)] == ["offline"] * 3


def test_it_counts_down_as_they_return(dark: Commune) -> None:
    dark.dark.difference_update(dark.on_feeder[:30])
    dark.beat(dark.on_feeder[:30])
    dark.go(3)
    assert outages(dark.post)[0]["outage"]["eyes_down"] == 10
    assert dark.post.events("alarm_count")[-1]["outage"]["eyes_down"] == 10


def test_it_rings_a_hold_up_in_the_middle_at_once(dark: Commune) -> None:
    press = {"v": 1, "id": "press-1", "kind": "alarm", "input": "hold_up", "ts": 1_773_000_000_000}
    dark.post.receive(f"{topic(BUTTON)}/alarm", press)
    first = min(live(dark.post), key=lambda alarm: alarm["priority"])
    assert (first["device_id"], first["kind"], first["priority"]) == (BUTTON, "hold_up", 1)


def test_it_fires_nothing_anew_after_a_restart_in_the_middle(dark: Commune, reborn: Callable[[], Post]) -> None:
    before = [(alarm["id"], alarm["state"], alarm["version"]) for alarm in dark.post.alarms()]
    dark.post = reborn()
    dark.go(110)
    assert [(alarm["id"], alarm["state"], alarm["version"]) for alarm in dark.post.alarms()] == before
    dark.power_back()
    dark.go(5)
    assert outages(dark.post)[0]["state"] == "NORMAL"


def test_it_lets_those_join_whose_silence_is_found_after_a_restart(
    commune: Commune, reborn: Callable[[], Post]
) -> None:
    commune.cut_power()
    commune.go(8)
    assert outages(commune.post)[0]["outage"]["eyes"] == 22
    commune.post = reborn()
    commune.go(110)
    assert [alarm["outage"]["eyes"] for alarm in outages(commune.post)] == [40]


def test_it_keeps_a_bell_inside_an_outage_visible_and_audible(commune: Commune) -> None:
    commune.break_down([each for each in commune.everybody if each.startswith("BELL")])
    commune.go(110)
    told = [(alarm["kind"], alarm["priority"], alarm["is_audible"]) for alarm in live(commune.post)]
    assert told.count(("offline", 2, True)) == 21


def test_it_sets_aside_what_rang_before_the_outage_was_known(commune: Commune) -> None:
    """A few wills come first, too few to blame a feeder for."""
    first = [each for at, each in enumerate(commune.on_feeder) if at in (0, 8)]
    commune.break_down(first, wills=first)
    commune.go(8)
    assert len(live(commune.post)) == 5
    commune.break_down(commune.on_feeder)
    commune.go(110)
    assert [alarm["kind"] for alarm in live(commune.post)].count("offline") == 3
    commune.power_back()
    commune.go(5)
    assert {alarm["device_id"] for alarm in live(commune.post)} == set(FAULTY)


def test_it_gives_an_eye_that_stays_dark_its_own_alarm(dark: Commune) -> None:
    broken = dark.on_feeder[0]
    dark.dark.difference_update(dark.on_feeder[1:])
    dark.beat(dark.on_feeder[1:])
    dark.go(905)
    assert outages(dark.post)[0]["state"] == "NORMAL"
    assert broken in {alarm["device_id"] for alarm in live(dark.post)}


def test_it_rings_again_when_it_has_doubled_since_somebody_took_it_over(commune: Commune) -> None:
    some = commune.on_feeder[:10]
    commune.break_down(some, wills=some)
    commune.go(8)
    (alarm,) = outages(commune.post)
    commune.post.commands.acknowledge(alarm["id"], alarm["version"], "officer")
    commune.break_down(commune.on_feeder)
    commune.go(110)
    (alarm,) = outages(commune.post)
    assert (alarm["state"], alarm["outage"]["eyes"]) == ("UNACKNOWLEDGED", 40)


def test_it_shows_an_account_as_much_of_it_as_is_its_own(dark: Commune) -> None:
    with dark.post.store.read() as connection:
        own, others = territory_of(connection, "DV-02"), territory_of(connection, "DV-01")
        seen = [alarm["outage"]["eyes"] for alarm in open_alarms(connection, own) if alarm["kind"] == "outage"]
        assert seen == [8]
        assert [alarm for alarm in open_alarms(connection, others) if alarm["kind"] == "outage"] == []
    entry = next(each for each in dark.post.entries if each.data.get("kind") == "outage")
    assert entry.tailored is not None
    assert (entry.tailored(own) or {})["outage"]["eyes"] <= 8
    assert entry.tailored(others) is None


def test_it_takes_a_retired_device_out_of_its_outage(dark: Commune) -> None:
    gone = dark.on_feeder[0]

    def work(tx: Connection, now: datetime) -> None:
        retire(tx, [gone], now.date(), Edit("operator", now, "form"))

    dark.post.commands.change(work, "operator")
    dark.dark.discard(gone)
    dark.go(2)
    assert outages(dark.post)[0]["outage"]["eyes_down"] == 39


def test_it_lets_nobody_close_an_outage(dark: Commune) -> None:
    (alarm,) = outages(dark.post)
    taken = dark.post.commands.acknowledge(alarm["id"], alarm["version"], "officer")
    with pytest.raises(Refusal):
        dark.post.commands.close(alarm["id"], taken["version"], "officer")
