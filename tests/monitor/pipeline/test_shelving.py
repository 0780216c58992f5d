"""Alarms put aside on a real store: who may, for how long, and what comes back by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from device_adapters.core.events import AlarmKind
from monitor.errors import Refusal, UnknownRecord, VersionConflict
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.set_aside import CHATTER, SHELF
from monitor.machines.alarm import Given
from monitor.machines.escalation import Recipient, Step, Way
from monitor.notify.plan import Plan
from monitor.pipeline import shelves
from monitor.pipeline.alarm_log import OwnAct, give
from monitor.pipeline.out_of_service import Taken
from monitor.pipeline.shelves import NewShelf
from tests.monitor.conftest import Post

BUTTON, PRESS = "zigbee2mqtt/sos-credit-fund", {"action": "emergency", "battery": 100, "linkquality": 153}
OFFICER, COMMANDER = "truc-ban", "chi-huy"
HOUR_S = 3600
OF_TAMPER = Plan(
    {AlarmKind.TAMPER: (Step(0, "technician"),)}, {"technician": (Recipient("Kỹ thuật viên", (Way("copy", "x"),)),)}
)


@pytest.fixture
def plan() -> Plan:
    return OF_TAMPER


def tamper(post: Post, *, is_open: bool = True) -> None:
    post.receive(BUTTON, {"tamper": is_open})


def shelve(post: Post, minutes: int = 60, within: Territory = EVERYWHERE) -> dict[str, Any]:
    alarm = post.alarms()[0]
    new = NewShelf(alarm["id"], alarm["version"], "Thợ đang thay vỏ", timedelta(minutes=minutes), OFFICER)
    return post.set_aside.shelve(new, within)


def states(post: Post) -> list[tuple[str, str]]:
    """Oldest first, but for the silence that nobody interrupts here."""
    return [(each["kind"], each["state"]) for each in post.alarms()[::-1] if each["kind"] != "offline"]


def told(post: Post) -> list[tuple[str, str]]:
    """What the screens heard of alarms since the last time."""
    heard = [(each["reason"], each["state"]) for each in post.events("alarm") if each["kind"] == "tamper"]
    post.entries.clear()
    return heard


def rows(post: Post) -> list[Any]:
    with post.store.read() as connection:
        return list(connection.execute(select(SHELF).order_by(SHELF.c.id)))


def forget_for(post: Post, seconds: float) -> None:
    """Without a look at each of many seconds."""
    post.clock.forward(seconds - 2)
    post.wait(2)


def test_a_shelved_alarm_is_quiet_and_says_until_when_by_whom_and_why(button: Post) -> None:
    tamper(button)
    alarm = shelve(button)
    assert alarm["state"] == "SHELVED"
    assert (alarm["shelf"]["by"], alarm["shelf"]["reason"]) == (OFFICER, "Thợ đang thay vỏ")
    assert [duty["state"] for duty in button.duties()] == ["STOPPED"]


@pytest.mark.parametrize("kind", ["hold_up", "panic", "duress", "fire", "medical"])
def test_a_call_for_help_is_never_shelved_and_the_officer_is_told_why(post: Post, kind: str) -> None:
    post.register("BELL-1", "zigbee2mqtt", address="sos-credit-fund", alarm_kind=kind)
    post.receive(BUTTON, PRESS)
    with pytest.raises(Refusal, match="a call for help can never be shelved") as refused:
        shelve(post)
    assert (refused.value.code, states(post)) == ("never_shelved", [(kind, "UNACKNOWLEDGED")])


def test_a_press_rings_while_its_button_is_shelved_for_something_else(button: Post) -> None:
    tamper(button)
    shelve(button)
    button.receive(BUTTON, PRESS)
    assert states(button) == [("tamper", "SHELVED"), ("hold_up", "UNACKNOWLEDGED")]


def test_row_6_a_shelf_that_ends_with_the_alarm_still_true_rings_at_once(button: Post) -> None:
    tamper(button)
    shelve(button, minutes=60)
    told(button)
    forget_for(button, HOUR_S)
    assert told(button) == [("shelf_over", "UNACKNOWLEDGED")]
    assert [(duty["state"], duty["role"]) for duty in button.duties()][1:] == [("WAITING", "technician")]
    (shelf,) = rows(button)
    assert (shelf.ending, shelf.ended_by) == ("expired", None)


def test_it_says_our_own_fault_when_a_shelf_cannot_end(button: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelves, "due", lambda *_: {}["a bug"])
    button.set_aside.turn()
    assert button.set_aside.failed_at == button.clock.now()


def test_row_6_a_forgotten_shelf_is_an_alarm_itself(button: Post) -> None:
    tamper(button)
    for _ in range(2):
        shelve(button)
        forget_for(button, HOUR_S)
    shelve(button)
    button.wait(2)
    assert states(button)[1] == ("shelf_forgotten", "UNACKNOWLEDGED")
    forgotten = button.alarms()[0]
    assert (forgotten["priority"], forgotten["device_id"], forgotten["detail"]) == (3, "BELL-DV-009", "shelf")
    button.set_aside.take_off(rows(button)[-1].id, OFFICER, EVERYWHERE)
    assert states(button) == [("tamper", "UNACKNOWLEDGED"), ("shelf_forgotten", "NORMAL")]


def test_row_6_the_end_of_a_shelved_alarm_is_told(button: Post) -> None:
    tamper(button)
    shelve(button)
    told(button)
    tamper(button, is_open=False)
    assert told(button) == [("restore", "SHELVED")]
    assert button.alarms()[0]["restored_at"]
    forget_for(button, HOUR_S)
    assert told(button) == [("shelf_over", "NORMAL")]


def test_what_is_shelved_opens_quietly_when_it_comes_again(button: Post) -> None:
    tamper(button)
    shelve(button)
    tamper(button, is_open=False)
    told(button)
    tamper(button)
    assert told(button) == [("repeat", "SHELVED")]
    forget_for(button, HOUR_S)
    assert states(button) == [("tamper", "UNACKNOWLEDGED")]


def test_an_officer_takes_it_off_before(button: Post) -> None:
    tamper(button)
    shelve(button)
    told(button)
    button.set_aside.take_off(rows(button)[0].id, COMMANDER, EVERYWHERE)
    assert told(button) == [("unshelve", "UNACKNOWLEDGED")]
    with pytest.raises(Refusal, match="over"):
        button.set_aside.take_off(rows(button)[0].id, COMMANDER, EVERYWHERE)


def test_it_shelves_only_what_the_officer_has_seen_and_not_for_ever(button: Post) -> None:
    tamper(button)
    with pytest.raises(VersionConflict):
        button.set_aside.shelve(NewShelf(1, 9, "?", timedelta(hours=1), OFFICER), EVERYWHERE)
    with pytest.raises(Refusal, match="480 minutes"):
        shelve(button, minutes=481)
    with pytest.raises(UnknownRecord):
        shelve(button, within=Territory("elsewhere", frozenset({"elsewhere"})))
    assert (states(button), rows(button)) == ([("tamper", "UNACKNOWLEDGED")], [])


def test_a_shelf_survives_a_restart_and_fires_nothing_twice(button: Post, reborn: Callable[[], Post]) -> None:
    tamper(button)
    shelve(button)
    again = reborn()
    again.wait(3)
    assert (states(again), told(again)) == ([("tamper", "SHELVED")], [])
    forget_for(again, HOUR_S)
    assert told(again) == [("shelf_over", "UNACKNOWLEDGED")]
    once_more = reborn()
    once_more.wait(3)
    assert told(once_more) == []
    assert len(once_more.duties()) == 2


def test_a_device_out_of_service_is_quiet_about_itself_and_its_press_rings_loudly(button: Post) -> None:
    tamper(button)
    button.set_aside.take_out(Taken("BELL-DV-009", "Đang sửa quầy", COMMANDER), EVERYWHERE)
    button.receive(BUTTON, {**PRESS, "battery": 4})
    assert states(button) == [
        ("tamper", "OUT_OF_SERVICE"), ("hold_up", "UNACKNOWLEDGED"), ("battery_low", "OUT_OF_SERVICE"),
    ]  # fmt: skip
    press = next(each for each in button.alarms() if each["kind"] == "hold_up")
    assert press["out_of_service"]["reason"] == "Đang sửa quầy"
    button.set_aside.bring_back("BELL-DV-009", COMMANDER, EVERYWHERE)
    assert {state for _, state in states(button)} == {"UNACKNOWLEDGED"}


def test_a_device_long_out_of_service_is_an_alarm(button: Post) -> None:
    button.set_aside.take_out(Taken("BELL-DV-009", "Đang sửa quầy", COMMANDER), EVERYWHERE)
    with pytest.raises(Refusal, match="already"):
        button.set_aside.take_out(Taken("BELL-DV-009", "Đang sửa quầy", COMMANDER), EVERYWHERE)
    forget_for(button, 7 * 24 * HOUR_S)
    assert states(button) == [("shelf_forgotten", "UNACKNOWLEDGED")]
    button.set_aside.bring_back("BELL-DV-009", COMMANDER, EVERYWHERE)
    assert states(button) == [("shelf_forgotten", "NORMAL")]


def chatter(post: Post, times: int) -> None:
    for _ in range(times):
        tamper(post)
        post.wait(2)
        tamper(post, is_open=False)
        post.wait(2)


def test_an_alarm_that_chatters_is_one_with_a_count_until_it_is_calm(button: Post, reborn: Callable[[], Post]) -> None:
    chatter(button, 4)
    button.wait(10)
    button.commands.acknowledge(1, button.alarms()[-1]["version"], OFFICER)
    told(button)
    chatter(button, 3)
    again = reborn()
    chatter(again, 3)
    assert told(button) == told(again) == []
    held = again.alarms()[-1]
    assert (held["kind"], held["state"], held["presses"]) == ("tamper", "ACKNOWLEDGED", 10)
    assert held["chatter"]["activations"] == 10
    forget_for(again, 601)
    assert told(again) == [("restore", "NORMAL")]
    with again.store.read() as connection:
        assert connection.execute(select(CHATTER.c.ended_at)).scalar() is not None


def test_presses_never_chatter(button: Post) -> None:
    for _ in range(6):
        button.receive(BUTTON, PRESS)
        button.wait(2)
    assert [each["reason"] for each in button.events("alarm")] == ["alarm", *["repeat"] * 5]


def test_a_shelf_stands_above_an_outage(button: Post) -> None:
    """A common cause that comes and goes takes no alarm off its shelf."""
    tamper(button)
    shelve(button)
    with button.store.transaction() as tx:
        source = button.alarms()[0]["source"]
        for given in (Given.SUPPRESS, Given.UNSUPPRESS):
            assert give(tx, OwnAct(source, AlarmKind.TAMPER, button.clock.now(), given), given) is None
    assert states(button) == [("tamper", "SHELVED")]
