"""One alarm a site that was not tested for too long, over when all its buttons are."""

from __future__ import annotations

from datetime import timedelta

from tests.monitor.pipeline.bank import SHOP, Bank


def test_a_test_that_is_long_overdue_is_one_alarm_a_site(bank: Bank) -> None:
    bank.post.clock.forward(timedelta(days=33, minutes=1).total_seconds())
    bank.post.wait(1)
    assert bank.alarms() == []
    bank.post.clock.forward(60)
    bank.post.wait(61)
    bank.post.clock.forward(86_400)
    bank.post.wait(61)
    assert sorted(bank.alarms()) == [
        ("BELL-1", "test_overdue", "UNACKNOWLEDGED"),
        (SHOP, "test_overdue", "UNACKNOWLEDGED"),
    ]
    assert {alarm["priority"] for alarm in bank.post.alarms()} == {3}


def test_it_is_over_with_the_last_button_of_the_site(bank: Bank) -> None:
    bank.post.clock.forward(timedelta(days=34).total_seconds())
    bank.post.wait(1)
    bank.open("BELL-1", "BELL-2", SHOP)
    bank.press("BELL-1")
    assert ("BELL-1", "test_overdue", "UNACKNOWLEDGED") in bank.alarms()
    bank.press("BELL-2")
    assert ("BELL-1", "test_overdue", "NORMAL") in bank.alarms()
    assert (SHOP, "test_overdue", "UNACKNOWLEDGED") in bank.alarms()


def test_it_is_over_when_the_button_tells_of_a_test_itself(bank: Bank) -> None:
    bank.post.clock.forward(timedelta(days=34).total_seconds())
    bank.post.wait(1)
    bank.press(SHOP, "event", kind="test")
    assert (SHOP, "test_overdue", "NORMAL") in bank.alarms()
    assert (bank.trials()[SHOP].result, bank.trials()[SHOP].session_id) == ("passed", None)
