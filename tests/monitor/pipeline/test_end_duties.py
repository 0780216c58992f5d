"""Whoever was told of an alarm is told of its end: those and no others."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from monitor.errors import Refusal
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import duties
from monitor.journal.duties import take
from monitor.journal.incidents import incident_row
from monitor.machines.incident import Closing, Disposition
from monitor.pipeline.incident_commands import Act
from tests.monitor.conftest import Post
from tests.monitor.pipeline.test_duties import BUTTON, PRESS, acknowledge, due


def arrive(post: Post) -> None:
    """What is due reaches whom it is for."""
    with post.store.transaction() as tx:
        take(tx, "copy", 100, post.clock.now())
        tx.execute(update(duties.DUTY).where(duties.DUTY.c.state == "SENDING").values(state="SENT"))


def ends(post: Post) -> list[tuple[str, str]]:
    """Who is told that it is over, and in which words."""
    return [(duty["recipient"], duty["text"].splitlines()[0]) for duty in post.duties() if duty["about"] == "end"]


def test_it_tells_those_who_were_told_and_no_others_when_it_is_over(button: Post, reborn: Callable[[], Post]) -> None:
    button.receive(BUTTON, PRESS)
    button.clock.forward(31)
    arrive(button)
    alarm = acknowledge(button)
    assert ends(button) == [], "people are still on their way"
    button.clock.forward(60)
    button.commands.close(alarm["id"], alarm["version"], "officer")
    again = reborn()
    assert ends(again) == [("Trực ban phụ", "KẾT THÚC: BÁO ĐỘNG CƯỚP – Credit fund")]
    assert due(again) == ["second_officer"], "by the same way, at once, across a restart"


def test_it_says_to_those_who_were_told_what_it_turned_out_to_be(bell: Post) -> None:
    press = {"v": 1, "kind": "alarm", "input": "panic", "ts": 1_773_486_000_000, "boot": "b1"}
    bell.receive("anninh/v1/bell/bell-1/alarm", {**press, "id": "b1-000001"})
    bell.clock.forward(61)
    arrive(bell)
    bell.receive("anninh/v1/bell/bell-1/alarm", {**press, "id": "b1-000002", "kind": "clear"})
    assert (acknowledge(bell)["state"], ends(bell)) == ("NORMAL", []), "let go, answered, and not over"
    with bell.store.read() as connection:
        version = incident_row(connection, 1, EVERYWHERE)["version"]
    act = Act(incident_id=1, version=version, by="officer")
    bell.incidents.plan_step(act, "area_officer", is_done=True, text=None)
    bell.incidents.close(act, Closing(disposition=Disposition.ACCIDENTAL, note="lau bàn"))
    told = [each for each in bell.duties() if each["about"] == "end"]
    assert [each["recipient"] for each in told] == ["Trực ban phụ", "Chỉ huy"]
    assert told[0]["text"].splitlines()[0].startswith("HỦY: BÁO ĐỘNG KHẨN CẤP")
    assert told[0]["text"].splitlines()[-1] == "Kết quả: Bấm nhầm"


def test_it_tells_nobody_of_the_end_of_what_nobody_was_told_of(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    alarm = acknowledge(button)
    button.commands.close(alarm["id"], alarm["version"], "officer")
    assert ends(button) == []


def test_it_tells_nobody_anew_of_what_is_over(button: Post) -> None:
    """Whoever got it then would never hear that it is over."""
    button.receive(BUTTON, PRESS)
    button.clock.forward(31)
    (told, _commander) = button.duties()
    with button.store.transaction() as tx:
        tx.execute(update(duties.DUTY).where(duties.DUTY.c.id == told["id"]).values(state="DEAD"))
    alarm = acknowledge(button)
    button.commands.close(alarm["id"], alarm["version"], "officer")
    with button.store.read() as connection:
        version = incident_row(connection, 1, EVERYWHERE)["version"]
    act = Act(incident_id=1, version=version, by="officer")
    for step in ("area_officer", "commander"):
        button.incidents.plan_step(act, step, is_done=True, text=None)
    button.incidents.close(act, Closing(disposition=Disposition.ACCIDENTAL, note="lau bàn"))
    with pytest.raises(Refusal, match="over"), button.store.transaction() as tx:
        duties.send_again(tx, told["id"], "officer", button.clock.now(), EVERYWHERE)


def test_it_has_the_end_copied_after_a_text_that_still_lies_to_be_copied(button: Post) -> None:
    button.receive(BUTTON, PRESS)
    with button.store.transaction() as tx:
        which = update(duties.DUTY).where(duties.DUTY.c.role == "second_officer")
        tx.execute(which.values(state="BY_HAND", is_stopped_by_ack=False))
    alarm = acknowledge(button)
    button.commands.close(alarm["id"], alarm["version"], "officer")
    assert [who for who, _ in ends(button)] == ["Trực ban phụ"]
