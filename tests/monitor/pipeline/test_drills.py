"""A drill rings on the desk and nowhere else, and what is real meanwhile is real."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import drills
from monitor.journal.incidents import incidents_page
from monitor.machines.drill import DrillPress, Script, Wanted
from monitor.machines.incident import Closing, Disposition, Stage
from monitor.pipeline import drill_log
from monitor.pipeline.incident_commands import Act
from monitor.pipeline.siren_log import NewCall, SirenRules, call_sirens
from monitor.reports.open_items import open_items
from monitor.reports.shift_lines import happened
from tests.monitor.conftest import Post
from tests.monitor.pipeline.bank import Bank

BUTTON = "zigbee2mqtt/sos-credit-fund"
PRESS = {"action": "emergency", "battery": 100}
DEVICE = "BELL-DV-009"
OFFICER = "truc-ban"


def script(*at_s: float, device: str = DEVICE) -> Script:
    presses = tuple(DrillPress(each, device, AlarmKind.HOLD_UP) for each in at_s)
    return Script("Cướp quỹ tín dụng", presses, {device: Wanted(disposition=Disposition.GENUINE_CRIME)})


def start(post: Post, story: Script, lasts_s: float = 600) -> int:
    with post.store.transaction() as tx:
        return drill_log.start(tx, story, OFFICER, lasts_s, post.clock.now())


def go(post: Post, seconds: float) -> None:
    """As the writer does: a look twice a second."""
    for _ in range(round(seconds * 2)):
        post.clock.forward(0.5)
        post.commands.drills.turn()


def end(post: Post, drill_id: int) -> None:
    with post.store.transaction() as tx:
        drill_log.end(tx, drill_id, OFFICER, EVERYWHERE, post.clock.now())
    go(post, 1)


def row_of(post: Post, drill_id: int) -> Any:
    with post.store.read() as connection:
        return drills.drill_row(connection, drill_id)


def incidents(post: Post) -> list[dict[str, Any]]:
    with post.store.read() as connection:
        return incidents_page(connection, EVERYWHERE, is_open=None, limit=10)[0][::-1]


def tellings(post: Post, drill_id: int) -> list[tuple[str, str]]:
    with post.store.read() as connection:
        return [(row["about"], row["recipient"]) for row in drills.tellings_of(connection, drill_id)]


def acknowledge(post: Post) -> None:
    alarm = post.alarms()[0]
    post.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)


@pytest.fixture
def drilled(button: Post) -> Post:
    """Its first press has come."""
    assert start(button, script(10, 40)) == 1
    go(button, 10.5)
    return button


def test_it_rings_on_the_desk_with_its_mark(drilled: Post) -> None:
    (alarm,) = drilled.alarms()
    assert (alarm["drill_id"], alarm["source"], alarm["device_id"]) == (1, f"drill:1:{DEVICE}", DEVICE)
    assert (alarm["kind"], alarm["state"], alarm["priority"]) == ("hold_up", "UNACKNOWLEDGED", 1)
    assert alarm["incident"]["code"] == "DT-260314-0001"
    assert [each["drill_id"] for each in drilled.events("alarm")] == [1]


def test_it_makes_no_duty_and_keeps_whom_it_would_have_told(drilled: Post) -> None:
    go(drilled, 120)
    assert drilled.duties() == []
    assert len(tellings(drilled, 1)) == 2
    assert {about for about, _ in tellings(drilled, 1)} == {"ring"}


def test_it_tells_nobody_when_forces_are_sent_nor_of_its_end(drilled: Post) -> None:
    acknowledge(drilled)
    (case,) = incidents(drilled)
    for stage in (Stage.DISPATCHED, Stage.ON_SCENE):
        (case,) = incidents(drilled)
        drilled.incidents.advance(Act(incident_id=case["id"], version=case["version"], by=OFFICER), stage)
    go(drilled, 60)
    end(drilled, 1)
    assert drilled.duties() == []


def test_it_presses_again_when_its_time_comes(drilled: Post) -> None:
    go(drilled, 30)
    (alarm,) = drilled.alarms()
    assert (alarm["presses"], row_of(drilled, 1)["played"]) == (2, 2)


def test_a_real_press_of_its_button_rings_as_real_beside_it(drilled: Post) -> None:
    drilled.receive(BUTTON, PRESS)
    real, drill = drilled.alarms()
    assert (real["drill_id"], drill["drill_id"]) == (None, 1)
    assert real["incident"]["code"] == "BD-260314-0001"
    assert [duty["alarm_id"] for duty in drilled.duties()] == [real["id"]] * 2


def test_a_drill_joins_nothing_that_is_real_in_the_same_bank(bank: Bank) -> None:
    bank.press("BELL-1")
    start(bank.post, script(10, device="BELL-2"))
    go(bank.post, 11)
    bank.press("BELL-2")
    assert [each["code"] for each in incidents(bank.post)] == ["BD-260314-0001", "DT-260314-0001"]
    assert [len(each["alarms"]) for each in incidents(bank.post)] == [2, 1]


def test_it_warns_no_rings_and_sounds_no_siren(drilled: Post) -> None:
    (case,) = incidents(drilled)
    with pytest.raises(Refusal) as refused:
        drilled.layers.order(Act(incident_id=case["id"], version=case["version"], by=OFFICER), 1)
    assert refused.value.code == "drill"
    new = NewCall(("SIREN-1",), None, 10, "Cướp", OFFICER, incident_id=case["id"])
    with drilled.store.transaction() as tx, pytest.raises(Refusal, match="no siren"):
        call_sirens(tx, new, SirenRules(60, 5, 60), EVERYWHERE, drilled.clock.now())


def test_it_goes_on_with_its_mark_after_a_restart(drilled: Post, reborn: Callable[[], Post]) -> None:
    again = reborn()
    go(again, 30)
    (alarm,) = again.alarms()
    assert (alarm["drill_id"], alarm["presses"], again.duties()) == (1, 2, [])


def test_it_is_over_by_itself(drilled: Post) -> None:
    go(drilled, 600)
    assert (row_of(drilled, 1)["ending"], drilled.alarms()[0]["state"]) == ("expired", "NORMAL")
    assert [(each["stage"], each["disposition"]) for each in incidents(drilled)] == [("CLOSED", None)]


def test_it_is_over_at_one_click(drilled: Post) -> None:
    end(drilled, 1)
    drill = row_of(drilled, 1)
    assert (drill["ending"], drill["ended_by"], drill["settled_at"] is not None) == ("ended", OFFICER, True)
    assert drilled.alarms()[0]["state"] == "NORMAL"
    go(drilled, 60)
    assert drilled.alarms()[0]["presses"] == 1


def test_its_end_leaves_what_is_real(drilled: Post) -> None:
    drilled.receive(BUTTON, PRESS)
    end(drilled, 1)
    assert [each["state"] for each in drilled.alarms()] == ["UNACKNOWLEDGED", "NORMAL"]


def test_it_is_over_when_all_is_answered(button: Post) -> None:
    start(button, script(10))
    go(button, 11)
    acknowledge(button)
    (case,) = incidents(button)
    _tick_plan(button, case["id"])
    (case,) = incidents(button)
    done = Closing(disposition=Disposition.GENUINE_CRIME, note="Đã xử lý")
    button.incidents.close(Act(incident_id=case["id"], version=case["version"], by=OFFICER), done)
    go(button, 1)
    assert row_of(button, 1)["ending"] == "done"


def test_it_does_not_count_among_real_calls(drilled: Post) -> None:
    now = drilled.clock.now()
    with drilled.store.read() as connection:
        items = open_items(connection, EVERYWHERE, now)
        lines = happened(connection, EVERYWHERE, now - timedelta(hours=1), now + timedelta(hours=1), "vi")
    assert (items["alarms"]["n"], items["incidents"]["n"], items["drills"]["n"]) == (0, 0, 1)
    assert lines == ["DIỄN TẬP: 1 báo động, không tính là thật"]


def test_it_is_never_merged_with_what_is_real(drilled: Post) -> None:
    drilled.receive(BUTTON, PRESS)
    for alarm in drilled.alarms():
        drilled.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)
    drill, real = incidents(drilled)
    with pytest.raises(Refusal, match="stay apart"):
        drilled.incidents.merge(Act(incident_id=drill["id"], version=drill["version"], by=OFFICER), real["id"])


@pytest.mark.parametrize(
    ("story", "lasts_s", "code"),
    [
        (script(10, device="BELL-XX"), 600, "unknown_device"),
        (script(), 600, "no_press"),
        (script(700), 600, "too_long"),
        (script(10), 5 * 3600, "too_long"),
    ],
)
def test_it_refuses_what_cannot_be_played(button: Post, story: Script, lasts_s: float, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        start(button, story, lasts_s)
    assert refused.value.code == code


def test_there_is_one_drill_at_a_time(drilled: Post) -> None:
    with pytest.raises(Refusal, match="going on"):
        start(drilled, script(10))


def _tick_plan(post: Post, incident_id: int) -> None:
    with post.store.read() as connection:
        row = connection.execute(select(drills.INCIDENT).where(drills.INCIDENT.c.id == incident_id)).mappings().one()
        steps = post.incidents.steps(connection, row)
    for step in steps:
        act = Act(incident_id=incident_id, version=row["version"], by=OFFICER)
        post.incidents.plan_step(act, step.id, is_done=True, text=None)
