"""From the press to the word on what it was: what officers do, in whose order, and what the store keeps of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.incidents import incident_row, incidents_page, timeline_of
from monitor.machines.incident import Closing, Disposition, Stage
from monitor.pipeline import incident_log
from monitor.pipeline.incident_commands import Act, Called
from monitor.pipeline.incident_log import ENTRY
from tests.monitor.conftest import Post

OFFICER, COLLEAGUE = "duty officer", "second officer"
PLAN = ("area_officer", "commander")


@pytest.fixture
def bell(post: Post) -> Post:
    add(post, "bell-1")
    return post


def add(post: Post, *device_ids: str) -> None:
    for device_id in device_ids:
        post.register(device_id, alarm_kind="hold_up")


def press(post: Post, device_id: str = "bell-1", number: int = 1) -> dict[str, Any]:
    post.receive(f"anninh/v1/bell/{device_id}/alarm", {"v": 1, "id": f"{device_id}-{number}"})
    return incidents(post)[0]


def incidents(post: Post) -> list[dict[str, Any]]:
    with post.store.read() as connection:
        return incidents_page(connection, EVERYWHERE, is_open=None, limit=50)[0]


def timeline(post: Post, incident_id: int) -> list[dict[str, Any]]:
    with post.store.read() as connection:
        return timeline_of(connection, incident_id, EVERYWHERE)


def act(incident: dict[str, Any], by: str = OFFICER) -> Act:
    return Act(incident_id=incident["id"], version=incident["version"], by=by)


def acknowledged(post: Post, incident: dict[str, Any]) -> dict[str, Any]:
    for alarm in (each for each in incident["alarms"] if each["state"] != "NORMAL"):
        post.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)
    return next(each for each in incidents(post) if each["id"] == incident["id"])


def planned(post: Post, incident: dict[str, Any]) -> None:
    for step in PLAN:
        post.incidents.plan_step(act(incident), step, is_done=True, text=None)


def closed(post: Post, incident: dict[str, Any], disposition: Disposition = Disposition.GENUINE_CRIME) -> Any:
    planned(post, incident)
    return post.incidents.close(act(incident), Closing(disposition=disposition, note="đã lập biên bản"))


def test_it_opens_an_incident_with_the_press(bell: Post) -> None:
    bell.clock.forward(52 * 60)  # 18:52 in Vietnam
    incident = press(bell)
    assert (incident["code"], incident["stage"], incident["kind"]) == ("BD-260314-0001", "NEW", "hold_up")
    named = {"id": incident["id"], "code": "BD-260314-0001", "stage": "NEW"}
    assert [alarm["incident"] for alarm in bell.alarms()] == [named]
    assert [told["stage"] for told in bell.events("incident")] == ["NEW"]


def test_it_rings_though_no_incident_can_be_written(bell: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(incident_log, "_place_key", lambda *_: {}["a bug"])
    bell.receive("anninh/v1/bell/bell-1/alarm", {"v": 1, "id": "bell-1-1"})
    (alarm,) = bell.alarms()
    assert (alarm["state"], alarm["presses"], alarm["incident"]) == ("UNACKNOWLEDGED", 1, None)
    assert bell.pipeline.incident_failed_at == bell.clock.now(), "the desk is told that it has no incident"
    assert bell.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)["state"] == "ACKNOWLEDGED"


def test_it_opens_nothing_for_a_dead_camera_or_a_weak_battery(bell: Post) -> None:
    bell.receive("anninh/v1/bell/bell-1/event", {"v": 1, "kind": "tamper"})
    assert [alarm["kind"] for alarm in bell.alarms()] == ["tamper"]
    assert incidents(bell) == []


def test_it_makes_one_incident_of_all_buttons_of_a_place(post: Post) -> None:
    add(post, "bell-1", "bell-2")
    with post.store.transaction() as tx:
        tx.execute(update(core(Device)).values(establishment_id="EST-1"))
    press(post, "bell-1")
    incident = press(post, "bell-2")
    assert len(incidents(post)) == 1
    assert [alarm["device_id"] for alarm in incident["alarms"]] == ["bell-1", "bell-2"]


def test_it_sets_the_next_place_beside_the_first(post: Post) -> None:
    add(post, "bell-1", "bell-2")
    press(post, "bell-1")
    press(post, "bell-2")
    assert [each["code"] for each in incidents(post)] == ["BD-260314-0002", "BD-260314-0001"]


def test_it_is_acknowledged_with_its_alarm_and_a_press_after_it_is_new(bell: Post) -> None:
    incident = press(bell)
    bell.clock.forward(20)
    seen = acknowledged(bell, incident)
    assert (seen["stage"], seen["acknowledged_by"], seen["unseen"]) == ("ACKNOWLEDGED", OFFICER, 0)
    bell.clock.forward(1)
    again = press(bell, number=2)
    assert (again["stage"], again["unseen"]) == ("ACKNOWLEDGED", 1)
    assert again["version"] > seen["version"]
    with pytest.raises(VersionConflict):
        bell.incidents.advance(act(seen), Stage.DISPATCHED)


def test_it_plays_the_night_of_the_brief(bell: Post) -> None:
    """18:52:00 pressed, 18:52:20 acknowledged, 18:52:50 dispatched, 18:57:10 on the scene, 20:30 closed."""
    incident = press(bell)
    opened_at = bell.clock.now()
    steps = ((20, None), (30, Stage.DISPATCHED), (260, Stage.ON_SCENE))
    for seconds, stage in steps:
        bell.clock.forward(seconds)
        incident = bell.incidents.advance(act(incident), stage) if stage else acknowledged(bell, incident)
    bell.clock.forward(4970)
    end = closed(bell, incident)
    assert [end[f"{name}_at"] is not None for name in ("acknowledged", "verifying", "dispatched", "on_scene")] == [
        True,
        False,
        True,
        True,
    ]
    on_scene_s = (datetime.fromisoformat(end["on_scene_at"]) - opened_at.astimezone(UTC)).total_seconds()
    assert (on_scene_s, end["disposition"]) == (310, "genuine_crime")
    assert [alarm["state"] for alarm in bell.alarms()] == ["NORMAL"]


def test_it_lets_only_one_of_two_officers_take_a_step(bell: Post) -> None:
    incident = acknowledged(bell, press(bell))
    bell.incidents.advance(act(incident), Stage.DISPATCHED)
    with pytest.raises(VersionConflict):
        bell.incidents.advance(act(incident, COLLEAGUE), Stage.VERIFYING)


def test_it_notes_a_call_whatever_the_version(bell: Post) -> None:
    incident = press(bell)
    bell.incidents.called(act(incident, COLLEAGUE), Called("CSKV B1", "answered", "đang tới"))
    bell.incidents.note(act(incident), "hai người, xe máy")
    told = [(line["kind"], line["actor"], line["text"]) for line in timeline(bell, incident["id"])]
    assert told[1:] == [("call", COLLEAGUE, "đang tới"), ("note", OFFICER, "hai người, xe máy")]
    assert [told["reason"] for told in bell.events("incident")] == ["opened", "call", "note"]


def test_it_takes_a_step_back_and_keeps_both_in_its_timeline(bell: Post) -> None:
    incident = bell.incidents.advance(act(acknowledged(bell, press(bell))), Stage.ON_SCENE)
    back = bell.incidents.take_back(act(incident), "bấm nhầm")
    assert (back["stage"], back["on_scene_at"]) == ("ACKNOWLEDGED", None)
    kinds = [line["kind"] for line in timeline(bell, incident["id"])]
    assert kinds == ["opened", "acknowledged", "on_scene", "taken_back"]


def test_it_does_not_close_before_the_plan_is_done(bell: Post) -> None:
    incident = acknowledged(bell, press(bell))
    with pytest.raises(Refusal, match="trực chỉ huy") as refused:
        bell.incidents.close(act(incident), Closing(disposition=Disposition.ACCIDENTAL, note="bấm nhầm"))
    assert refused.value.code == "plan_not_done"
    planned(bell, incident)
    bell.incidents.plan_step(act(incident), PLAN[0], is_done=False, text="chưa gọi được")
    with pytest.raises(Refusal):
        bell.incidents.close(act(incident), Closing(disposition=Disposition.ACCIDENTAL, note="bấm nhầm"))


def test_it_knows_no_step_that_the_plan_has_not(bell: Post) -> None:
    with pytest.raises(UnknownRecord):
        bell.incidents.plan_step(act(press(bell)), "fire_brigade", is_done=True, text=None)


def test_it_does_not_close_over_a_press_nobody_saw(bell: Post) -> None:
    acknowledged(bell, press(bell))
    incident = press(bell, number=2)
    planned(bell, incident)
    with pytest.raises(Refusal) as refused:
        bell.incidents.close(act(incident), Closing(disposition=Disposition.ACCIDENTAL, note="bấm nhầm"))
    assert refused.value.code == "not_acknowledged"
    assert [alarm["state"] for alarm in bell.alarms()] == ["UNACKNOWLEDGED"]


def test_it_opens_another_after_the_end(bell: Post) -> None:
    closed(bell, acknowledged(bell, press(bell)))
    assert press(bell, number=2)["code"] == "BD-260314-0002"


def test_it_takes_no_new_case_into_one_that_was_left_open(bell: Post) -> None:
    (alarm,) = acknowledged(bell, press(bell))["alarms"]
    bell.commands.close(alarm["id"], alarm["version"], OFFICER)
    assert press(bell, number=2)["code"] == "BD-260314-0001"
    (alarm,) = [each for each in acknowledged(bell, incidents(bell)[0])["alarms"] if each["state"] != "NORMAL"]
    bell.commands.close(alarm["id"], alarm["version"], OFFICER)
    bell.clock.forward(3601)
    assert press(bell, number=3)["code"] == "BD-260314-0002"


def merged(post: Post) -> tuple[dict[str, Any], dict[str, Any]]:
    add(post, "bell-1", "bell-2")
    first, second = press(post, "bell-1"), press(post, "bell-2")
    return first, post.incidents.merge(act(second), first["id"])


def test_it_goes_on_as_one_after_a_merger_and_takes_presses_of_both(post: Post) -> None:
    first, root = merged(post)
    assert [each["id"] for each in incidents(post)] == [first["id"]]
    assert [alarm["device_id"] for alarm in root["alarms"]] == ["bell-1", "bell-2"]
    add(post, "bell-3")
    assert press(post, "bell-3")["id"] != first["id"]
    (alarm,) = post.alarms(device_id="bell-2")
    post.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)
    assert incidents(post)[-1]["stage"] == "ACKNOWLEDGED"


def test_it_lets_go_again_of_what_was_merged(post: Post) -> None:
    first, root = merged(post)
    (gone,) = root["merged"]
    apart = post.incidents.unmerge(act(gone))
    assert (apart["stage"], [alarm["device_id"] for alarm in apart["alarms"]]) == ("NEW", ["bell-2"])
    assert [each["id"] for each in incidents(post)] == [apart["id"], first["id"]]


def test_it_stays_answered_when_it_is_let_go_again(post: Post) -> None:
    _first, root = merged(post)
    root = acknowledged(post, root)
    apart = post.incidents.unmerge(act(root["merged"][0]))
    assert (apart["stage"], apart["acknowledged_by"], apart["unseen"]) == ("ACKNOWLEDGED", OFFICER, 0)
    assert closed(post, apart)["stage"] == "CLOSED", "nobody could acknowledge its alarm a second time"


def test_it_goes_on_after_a_restart(bell: Post, reborn: Any) -> None:
    incident = acknowledged(bell, press(bell))
    again: Post = reborn()
    after = again.incidents.advance(act(incident), Stage.EN_ROUTE)
    assert after["stage"] == "EN_ROUTE"


def test_it_changes_no_line_of_a_timeline(bell: Post) -> None:
    press(bell)
    with pytest.raises(DatabaseError), bell.store.transaction() as tx:
        tx.execute(update(ENTRY).values(text="nothing happened"))


def test_it_knows_no_incident_that_is_not_there(bell: Post) -> None:
    with pytest.raises(UnknownRecord), bell.store.read() as connection:
        incident_row(connection, 7, EVERYWHERE)
