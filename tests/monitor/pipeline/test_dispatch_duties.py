"""Forces were sent: the groups that must know are told once, and whatever did not leave is taken back with the step."""

from __future__ import annotations

from typing import Any

from monitor.inventory.territory import EVERYWHERE
from monitor.journal.dispatch_rows import groups_told
from monitor.journal.incidents import incident_row
from monitor.machines.incident import Closing, Disposition, Stage
from monitor.pipeline.incident_commands import Act
from tests.monitor.conftest import Post
from tests.monitor.pipeline.test_duties import acknowledge
from tests.monitor.pipeline.test_end_duties import arrive, ends

PRESS = {"v": 1, "kind": "alarm", "input": "hold_up", "ts": 1_773_486_000_000, "boot": "b1", "id": "b1-000001"}


def pressed(post: Post) -> None:
    post.receive("anninh/v1/bell/bell-1/alarm", PRESS)
    acknowledge(post)


def act(post: Post) -> Act:
    with post.store.read() as connection:
        return Act(incident_id=1, version=incident_row(connection, 1, EVERYWHERE)["version"], by="officer")


def told(post: Post) -> tuple[int, int]:
    with post.store.read() as connection:
        found = groups_told(connection, 1)
    return found.sent, found.of


def dispatches(post: Post) -> list[dict[str, Any]]:
    return [duty for duty in post.duties() if duty["about"] == "dispatch"]


def test_it_tells_each_group_once_and_of_the_end(bell: Post) -> None:
    pressed(bell)
    bell.incidents.advance(act(bell), Stage.EN_ROUTE)
    assert [duty["role"] for duty in dispatches(bell)] == ["command_group", "steering_group"]
    assert told(bell) == (0, 2)
    arrive(bell)
    bell.incidents.advance(act(bell), Stage.ON_SCENE)
    assert (len(dispatches(bell)), told(bell)) == (2, (2, 2))
    for step in ("area_officer", "commander"):
        bell.incidents.plan_step(act(bell), step, is_done=True, text=None)
    bell.incidents.close(act(bell), Closing(disposition=Disposition.GENUINE_CRIME, note="đã bắt"))
    assert [who for who, _ in ends(bell)] == ["Nhóm Chỉ huy", "Nhóm Ban Chỉ đạo"]


def test_a_step_that_is_taken_back_takes_back_what_has_not_left(bell: Post) -> None:
    pressed(bell)
    bell.incidents.advance(act(bell), Stage.DISPATCHED)
    bell.incidents.take_back(act(bell))
    assert ({duty["state"] for duty in dispatches(bell)}, told(bell)) == ({"STOPPED"}, (0, 0))
    bell.incidents.advance(act(bell), Stage.DISPATCHED)
    assert told(bell) == (0, 2)


def recalls(post: Post) -> list[tuple[str, str]]:
    return [(duty["recipient"], duty["state"]) for duty in post.duties() if duty["about"] == "recall"]


def test_it_tells_those_who_were_told_that_it_is_taken_back(bell: Post) -> None:
    pressed(bell)
    bell.incidents.advance(act(bell), Stage.DISPATCHED)
    arrive(bell)
    bell.incidents.advance(act(bell), Stage.EN_ROUTE)
    bell.incidents.take_back(act(bell))
    assert recalls(bell) == [], "they are still sent"
    bell.incidents.take_back(act(bell))
    assert [who for who, _ in recalls(bell)] == ["Nhóm Chỉ huy", "Nhóm Ban Chỉ đạo"]
    assert bell.duties()[-1]["text"].splitlines()[0].startswith("RÚT LỆNH ĐIỀU LỰC LƯỢNG: BÁO ĐỘNG CƯỚP")
    arrive(bell)
    assert told(bell) == (0, 0)
    bell.incidents.advance(act(bell), Stage.DISPATCHED)
    arrive(bell)
    assert (len(dispatches(bell)), told(bell)) == (4, (2, 2)), "sent after all: they are told anew"


def test_it_says_nothing_of_a_slip_that_is_put_right_before_it_left(bell: Post) -> None:
    pressed(bell)
    bell.incidents.advance(act(bell), Stage.DISPATCHED)
    arrive(bell)
    bell.incidents.take_back(act(bell))
    bell.incidents.advance(act(bell), Stage.DISPATCHED)
    assert {state for _, state in recalls(bell)} == {"STOPPED"}
    assert (len(dispatches(bell)), told(bell)) == (2, (2, 2))
