"""Bell tests on a real store: which presses are trials, what they come to, and what ends by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from monitor.errors import OutsideTerritory, Refusal, UnknownRecord
from monitor.inventory.territory import Territory
from monitor.machines.bell_test import Result
from tests.monitor.conftest import Post
from tests.monitor.pipeline.bank import DESK, OFFICER, SHOP, Bank

BANK = Territory("DV-01", frozenset({"DV-01"}))


def test_a_press_on_test_is_shown_as_a_test(bank: Bank) -> None:
    bank.open("BELL-1")
    bank.press("BELL-1")
    (alarm,) = bank.post.alarms()
    assert (alarm["kind"], alarm["priority"], alarm["state"]) == ("test", 3, "UNACKNOWLEDGED")
    assert bank.trials()["BELL-1"].result == Result.PASSED
    assert [each["device_id"] for each in bank.post.events("test")] == ["BELL-1"]
    assert bank.last_test("BELL-1")


def test_a_press_of_any_other_button_rings(bank: Bank) -> None:
    bank.open("BELL-1")
    bank.press("BELL-2")
    assert bank.alarms() == [("BELL-2", "hold_up", "UNACKNOWLEDGED")]
    assert bank.trials()["BELL-1"].result == Result.WAITING


def test_a_press_of_before_the_session_that_comes_late_rings(bank: Bank) -> None:
    pressed_at = bank.post.clock.now()
    bank.post.clock.forward(60)
    bank.open("BELL-1")
    bank.post.clock.forward(5)
    bank.press("BELL-1", ts=round(pressed_at.timestamp() * 1000))
    assert bank.alarms() == [("BELL-1", "hold_up", "UNACKNOWLEDGED")]


def test_a_press_that_nobody_can_read_rings(bank: Bank) -> None:
    bank.open("BELL-1")
    bank.post.receive("anninh/v1/bell/BELL-1/alarm", b"\xff")
    assert bank.alarms() == [("BELL-1", "hold_up", "UNACKNOWLEDGED")]


def test_a_button_that_rings_for_real_goes_on_ringing(bank: Bank) -> None:
    pressed_at = bank.post.clock.now()
    bank.post.clock.forward(60)
    bank.open("BELL-1")
    bank.press("BELL-1", ts=round(pressed_at.timestamp() * 1000))
    bank.press("BELL-1")
    assert [kind for _, kind, _ in bank.alarms()] == ["hold_up"]
    assert bank.post.alarms()[0]["presses"] == 2


def test_it_opens_no_session_for_a_button_that_rings(bank: Bank) -> None:
    bank.press("BELL-1")
    with pytest.raises(Refusal) as refused:
        bank.open("BELL-1", "BELL-2")
    assert refused.value.code == "ringing"


def test_a_button_is_in_one_session_only(bank: Bank) -> None:
    bank.open("BELL-1")
    with pytest.raises(Refusal) as refused:
        bank.open("BELL-1", "BELL-2")
    assert refused.value.code == "on_test"


def test_it_measures_from_the_press_to_the_first_eye_and_ear(bank: Bank) -> None:
    bank.open("BELL-1")
    bank.press("BELL-1")
    bank.receipt("shown", 0.4)
    bank.receipt("sounded", 2.6)
    bank.post.clock.forward(5)
    bank.post.commands.receipt(1, {**DESK, "screen_id": "desk-2", "version": 1, "kind": "shown"}, OFFICER)
    trial = bank.trials()["BELL-1"]
    assert (trial.shown_s, trial.sounded_s) == (0.4, 3.0)
    assert bank.told() == [("opened", None), ("measured", None), ("measured", None)]


def test_the_newest_press_is_measured_until_one_was_seen_and_heard(bank: Bank) -> None:
    bank.open("BELL-1")
    bank.press("BELL-1")
    bank.receipt("shown", 1)
    bank.post.clock.forward(10)
    bank.press("BELL-1")
    bank.receipt("sounded", 2, version=2)
    assert (bank.trials()["BELL-1"].presses, bank.trials()["BELL-1"].shown_s) == (2, None)
    bank.receipt("shown", 0, version=2)
    bank.press("BELL-1")
    trial = bank.trials()["BELL-1"]
    assert (trial.presses, trial.shown_s, trial.sounded_s) == (3, 2.0, 2.0)
    assert len(bank.post.events("test")) == 1


def test_a_session_ends_by_itself_and_says_so(bank: Bank) -> None:
    bank.open("BELL-1", "BELL-2", minutes=5)
    bank.press("BELL-1")
    bank.post.wait(301)
    assert bank.told()[-1] == ("ended", "expired")
    assert {each: row.result for each, row in bank.trials().items()} == {"BELL-1": "passed", "BELL-2": "unpressed"}
    assert bank.alarms() == [("BELL-1", "test", "NORMAL")]
    bank.press("BELL-2")
    assert ("BELL-2", "hold_up", "UNACKNOWLEDGED") in bank.alarms()


def test_a_press_after_the_end_rings_even_before_anybody_has_looked(bank: Bank) -> None:
    bank.open("BELL-1", minutes=5)
    bank.post.clock.forward(300)
    bank.press("BELL-1")
    assert bank.alarms() == [("BELL-1", "hold_up", "UNACKNOWLEDGED")]


def test_a_tried_button_is_on_duty_again_after_a_quiet_minute(bank: Bank) -> None:
    bank.open("BELL-1", "BELL-2")
    bank.press("BELL-1")
    bank.post.wait(61)
    assert (bank.session().ending, bank.alarms()) == (None, [("BELL-1", "test", "NORMAL")])
    bank.press("BELL-1")
    assert bank.alarms()[0] == ("BELL-1", "hold_up", "UNACKNOWLEDGED")


def test_a_session_is_done_when_all_its_buttons_were_tried(bank: Bank) -> None:
    bank.open("BELL-1")
    bank.press("BELL-1")
    bank.post.wait(61)
    assert (bank.session().ending, bank.told()[-1]) == ("done", ("ended", "done"))


def test_an_officer_ends_it_before(bank: Bank) -> None:
    session_id = bank.open("BELL-1", "BELL-2")
    bank.press("BELL-1")
    bank.end(session_id)
    assert (bank.session().ending, bank.session().ended_by) == ("ended", OFFICER)
    assert bank.alarms() == [("BELL-1", "test", "NORMAL")]
    with pytest.raises(Refusal):
        bank.end(session_id)


def test_an_officer_says_that_a_test_failed(bank: Bank) -> None:
    session_id = bank.open("BELL-1")
    bank.press("BELL-1")
    bank.fail(session_id, "BELL-1")
    trial = bank.trials()["BELL-1"]
    assert (trial.result, trial.note, trial.judged_by) == ("failed", "Còi không kêu", OFFICER)
    assert bank.last_test("BELL-1") is None


def test_it_goes_on_after_a_restart(bank: Bank, reborn: Callable[[], Post]) -> None:
    bank.open("BELL-1", minutes=5)
    again = Bank.__new__(Bank)
    again.post, again.presses = reborn(), 0
    again.press("BELL-1")
    assert again.alarms() == [("BELL-1", "test", "UNACKNOWLEDGED")]
    again.post.wait(301)
    assert again.session().ending == "done"


def test_nobody_needs_to_close_a_test(bank: Bank) -> None:
    bank.open("BELL-1")
    bank.press("BELL-1")
    bank.post.commands.acknowledge(1, 1, OFFICER)
    with pytest.raises(Refusal):
        bank.post.commands.close(1, 2, OFFICER)


def test_who_is_bound_to_an_area_tests_only_its_buttons(bank: Bank) -> None:
    with pytest.raises(UnknownRecord):
        bank.open("BELL-1", SHOP, within=BANK)
    theirs = bank.open(SHOP)
    with pytest.raises(UnknownRecord):
        bank.end(theirs, within=BANK)
    both = bank.open("BELL-1", "BELL-2", within=BANK)
    with pytest.raises(UnknownRecord):
        bank.fail(both, SHOP, within=BANK)
    bank.end(both, within=BANK)


def test_a_session_that_reaches_farther_is_ended_by_who_may(bank: Bank) -> None:
    session_id = bank.open("BELL-1", SHOP)
    with pytest.raises(OutsideTerritory):
        bank.end(session_id, within=BANK)


def test_it_writes_down_who_opened_and_ended_what(bank: Bank) -> None:
    bank.end(bank.open("BELL-1"))
    with bank.post.store.read() as connection:
        rows = connection.exec_driver_sql("SELECT actor, change FROM edit WHERE entity = 'bell_test_session'").all()
    assert [tuple(row) for row in rows] == [(OFFICER, "opened"), (OFFICER, "ended")]
