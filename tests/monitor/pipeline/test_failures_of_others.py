"""What others got wrong and we must not: rows of the comparison, each by name.

2   a press of 200 ms       test_duties: test_row_2_…
3   killed while sending    notify/test_killed, durability/test_telling: test_row_3_…
4, 5, 7                     here
6   a shelf that ends       test_shelving: test_row_6_…
12  a press that races      monitor/test_racing: test_row_12_…
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from device_adapters.core.events import AlarmKind
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.incidents import incidents_page, timeline_of
from monitor.machines.escalation import Recipient, Step, Way
from monitor.machines.incident import Closing, Disposition
from monitor.notify.plan import Plan
from monitor.pipeline.incident_commands import Act
from tests.monitor.conftest import Post
from tests.monitor.pipeline.power_cut import a_commune

STORES = ("sqlite",)
OFFICER = "duty officer"
ACTIONS = 101
HOLD_UP = {"device_class": "bell", "alarm_kind": "hold_up"}


@pytest.fixture
def plan(plan: Plan) -> Plan:
    """Somebody is told of every camera and every outage too."""
    told = (Step(30, "technician"),)
    way = (Recipient("technician", (Way("copy", "technician"),)),)
    return replace(
        plan,
        chains={**plan.chains, AlarmKind.OFFLINE: told, AlarmKind.OUTAGE: told},
        roster={**plan.roster, "technician": way},
    )


def press(post: Post, device_id: str, number: int = 1, **more: Any) -> None:
    post.receive(f"anninh/v1/bell/{device_id}/alarm", {"v": 1, "id": f"{device_id}-{number}", **more})


def incident(post: Post) -> dict[str, Any]:
    with post.store.read() as connection:
        return incidents_page(connection, EVERYWHERE, is_open=None, limit=9)[0][0]


def act(post: Post) -> Act:
    seen = incident(post)
    return Act(incident_id=seen["id"], version=seen["version"], by=OFFICER)


def test_row_4_it_keeps_the_acknowledgement_and_the_ring_over_a_restart(post: Post, reborn: Callable[[], Post]) -> None:
    """And what is true already when it starts rings too: a press that waited at the broker."""
    for device_id in ("answered", "ringing", "waiting"):
        post.register(device_id, **HOLD_UP)
    press(post, "answered")
    press(post, "ringing")
    (alarm,) = post.alarms(device_id="answered")
    post.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)
    again = reborn()
    assert again.alarms(device_id="answered")[0]["state"] == "ACKNOWLEDGED"
    (ringing,) = again.alarms(device_id="ringing")
    assert (ringing["state"], ringing["is_audible"]) == ("UNACKNOWLEDGED", True)
    assert {duty["state"] for duty in again.duties(alarm_id=ringing["id"])} == {"WAITING"}
    press(again, "waiting")
    assert again.alarms(device_id="waiting")[0]["state"] == "UNACKNOWLEDGED"


def test_row_5_it_fires_no_child_of_an_outage_again_after_a_restart(post: Post, reborn: Callable[[], Post]) -> None:
    """Neither as a ring nor as a duty."""
    commune = a_commune(post)
    commune.go(5)
    commune.cut_power()
    commune.go(120)
    told = [(duty["id"], duty["alarm_id"]) for duty in post.duties()]
    states = [(alarm["id"], alarm["kind"], alarm["state"], alarm["version"]) for alarm in post.alarms()]
    assert len(told) == 1, "of the outage, once"
    commune.post = reborn()
    commune.go(120)
    assert [(duty["id"], duty["alarm_id"]) for duty in commune.post.duties()] == told
    after = [(alarm["id"], alarm["kind"], alarm["state"], alarm["version"]) for alarm in commune.post.alarms()]
    assert after == states
    assert "UNACKNOWLEDGED" not in {step["state"] for step in commune.post.events("alarm")}


def test_row_7_it_keeps_an_alarm_of_three_years_ago_in_the_report(post: Post) -> None:
    post.register("bell-1", **HOLD_UP)
    press(post, "bell-1")
    (alarm,) = post.alarms()
    post.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)
    with post.store.read() as connection:
        steps = post.incidents.steps(connection, incident(post) | {"place_key": "source:x"})
    for step in steps:
        post.incidents.plan_step(act(post), step.id, is_done=True, text=None)
    post.incidents.close(act(post), Closing(disposition=Disposition.GENUINE_CRIME, note="x"))
    for later in (timedelta(hours=3), timedelta(days=3 * 365)):
        post.wait(1, is_linked=False)
        post.clock.forward(later.total_seconds())
        for _ in range(40):
            post.housekeeper.turn(is_idle=True)
            post.clock.forward(5)
        assert (incident(post)["stage"], post.alarms(device_id="bell-1")[0]["id"]) == ("CLOSED", alarm["id"])


def test_row_7_it_takes_the_101st_action_as_the_first(post: Post) -> None:
    post.register("bell-1", **HOLD_UP)
    for number in range(ACTIONS):
        press(post, "bell-1", number)
    for number in range(ACTIONS):
        post.incidents.note(act(post), f"{number}")
    (alarm,) = post.alarms()
    assert alarm["presses"] == ACTIONS
    assert post.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)["state"] == "ACKNOWLEDGED"
    with post.store.read() as connection:
        lines = timeline_of(connection, incident(post)["id"], EVERYWHERE)
    assert [line["text"] for line in lines if line["kind"] == "note"] == [f"{number}" for number in range(ACTIONS)]
    assert incident(post)["stage"] == "ACKNOWLEDGED"
