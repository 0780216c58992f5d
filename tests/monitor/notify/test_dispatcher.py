"""From the ring to the phone: every duty reaches somebody, whatever is slow, mute, asleep or killed meanwhile."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from monitor.errors import StoreUnavailable
from monitor.journal.duties import DUTY
from monitor.machines.escalation import Way
from monitor.notify.dispatcher import AT_ONCE
from tests.fake_zalo import FakeZalo
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.monitor.notify.conftest import StoreDesk
from tests.monitor.notify.sending import OPEN, REPEAT, dispatcher_of, go, press, zalo_plan

STORES = ("sqlite",)


@pytest.fixture
def zalo_post(zalo: FakeZalo, database_url: str, clock: FakeClock) -> Any:
    opened = []

    def open_post(*ways: Way, after_s: float = 0.0) -> Post:
        opened.append(Post(database_url, clock, zalo_plan(zalo, *ways, after_s=after_s)))
        return opened[-1]

    yield open_post
    for each in opened:
        each.store.close()


def test_it_brings_each_of_a_hundred_alarms_through_a_server_that_loses_answers_and_forgets_its_key(
    zalo_post: Callable[..., Post], zalo: FakeZalo
) -> None:
    post = zalo_post(Way("zalo-group", "g-1"))
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    dispatcher.health.test("zalo-group")
    assert zalo.refreshes == 1
    zalo.drop_response = 0.1
    for number in range(100):
        press(post, number)
    is_expired = False

    def is_over() -> bool:
        nonlocal is_expired
        if not is_expired and len(zalo.seen) >= 50:
            zalo.expire_now()
            is_expired = True
        return post.duties(states=OPEN) == []

    go(dispatcher, post.clock, is_over)
    seen: defaultdict[str, list[str]] = defaultdict(list)
    for _recipient, text in zalo.seen:
        seen[text.removeprefix(REPEAT).strip()].append(text)
    assert sorted(seen) == sorted(duty["text"] for duty in post.duties())
    assert len(seen) == 100
    copies = [texts for texts in seen.values() if len(texts) > 1]
    assert copies
    assert all(text.startswith(REPEAT) for texts in copies for text in texts[1:])
    assert {duty["state"] for duty in post.duties()} == {"SENT"}
    assert zalo.refreshes == 2


def test_it_takes_another_way_at_night_and_says_so(zalo_post: Callable[..., Post], zalo: FakeZalo) -> None:
    zalo.night = True
    post = zalo_post(Way("zalo", "u-1"), Way("zns", "0912345678"), Way("copy", "Chỉ huy"))
    press(post)
    go(dispatcher_of(post, StoreDesk(post.store)), post.clock, lambda: post.duties(states=OPEN) == [])
    by_user, by_number, by_hand = post.duties()
    assert [each["state"] for each in (by_user, by_number, by_hand)] == ["SWITCHED", "SWITCHED", "BY_HAND"]
    assert (by_user["last_answer"], by_number["last_answer"]) == (
        "error -234 refused",
        "error -133 ZNS not allowed at night",
    )
    assert [by_number["switched_from"], by_hand["switched_from"]] == [by_user["id"], by_number["id"]]
    night = "Zalo không nhận tin ban đêm, nên chuyển sang"
    assert by_hand["text"].splitlines()[-2:] == [f"{night} ZNS", f"{night} sao chép và gửi tay"]


def test_it_still_tries_the_group_at_night(zalo_post: Callable[..., Post], zalo: FakeZalo) -> None:
    zalo.night = True
    post = zalo_post(Way("zalo-group", "g-1"), Way("copy", "Nhóm chỉ huy"))
    press(post)
    go(dispatcher_of(post, StoreDesk(post.store)), post.clock, lambda: post.duties(states=OPEN) == [])
    assert [duty["state"] for duty in post.duties()] == ["SENT"]


def test_it_takes_another_way_when_a_group_has_expired(zalo_post: Callable[..., Post], zalo: FakeZalo) -> None:
    zalo.gmf_expired = True
    post = zalo_post(Way("zalo-group", "g-1"), Way("copy", "Nhóm chỉ huy"))
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    press(post)
    go(dispatcher, post.clock, lambda: post.duties(states=OPEN) == [])
    assert [duty["state"] for duty in post.duties()] == ["SWITCHED", "BY_HAND"]
    assert dispatcher.health.all()["zalo-group"].fault == "error -237 refused"


def test_it_shows_what_reached_nobody(zalo_post: Callable[..., Post], zalo: FakeZalo) -> None:
    zalo.quota = 0
    post = zalo_post(Way("zalo-group", "g-1"))
    press(post)
    go(dispatcher_of(post, StoreDesk(post.store)), post.clock, lambda: post.duties(states=OPEN) == [])
    (dead,) = post.duties(states=("DEAD",))
    assert (dead["last_outcome"], dead["last_answer"]) == ("operator", "error -211 refused")


def test_it_takes_another_way_when_the_server_stays_mute(zalo_post: Callable[..., Post], zalo: FakeZalo) -> None:
    post = zalo_post(Way("zalo-group", "g-1"), Way("copy", "Nhóm chỉ huy"))
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    dispatcher.health.test("zalo-group")
    zalo.html_502 = True
    press(post)
    go(dispatcher, post.clock, lambda: post.duties(states=OPEN) == [])
    before, after = post.duties()
    assert (before["state"], before["attempts"], after["state"]) == ("SWITCHED", 3, "BY_HAND")
    assert after["is_repeat"]


def test_it_sends_nothing_more_once_somebody_acknowledged(zalo_post: Callable[..., Post], zalo: FakeZalo) -> None:
    post = zalo_post(Way("zalo-group", "g-1"), after_s=30)
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    press(post)
    post.clock.forward(29)
    assert dispatcher.take() == []
    (alarm,) = post.alarms()
    post.commands.acknowledge(alarm["id"], alarm["version"], "officer")
    post.clock.forward(60)
    assert dispatcher.take() == []
    assert zalo.seen == []


def test_it_gives_a_duty_to_one_sender_only(zalo_post: Callable[..., Post]) -> None:
    post = zalo_post(Way("zalo-group", "g-1"))
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    press(post)
    assert len(dispatcher.take()) == 1
    assert dispatcher.take() == []
    assert dispatcher.recover() == 0  # it is in somebody's hand
    assert dispatcher_of(post, StoreDesk(post.store)).recover() == 1


def test_it_holds_back_no_channel_for_one_that_hangs(zalo_post: Callable[..., Post]) -> None:
    post = zalo_post(Way("zalo-group", "g-1"))
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    for number in range(10):
        press(post, number)
    assert [len(dispatcher.take()) for _ in range(3)] == [AT_ONCE, AT_ONCE, 0], "calls have room of their own"


def test_it_sends_what_it_took_though_the_store_fails_for_the_next_channel(zalo_post: Callable[..., Post]) -> None:
    post = zalo_post(Way("copy", "Chỉ huy"))
    other = zalo_post(Way("zalo-group", "g-1"))
    press(post, 1)
    press(other, 2)
    desk = StoreDesk(post.store)
    dispatcher = dispatcher_of(post, desk)
    write, writes = desk.write, 0

    def failing(work: Callable[[Any], Any]) -> Any:
        nonlocal writes
        writes += 1
        if writes == 2:
            raise StoreUnavailable("the disk is full")
        return write(work)

    desk.write = failing  # type: ignore[method-assign]
    assert [duty["channel"] for duty in dispatcher.take()] == ["copy"], "in a hand: it must be given to a sender"
    assert [duty["channel"] for duty in dispatcher.take()] == ["zalo-group"]


def test_it_keeps_room_for_a_call_behind_lesser_messages_that_hang(zalo_post: Callable[..., Post]) -> None:
    post = zalo_post(Way("zalo-group", "g-1"))
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    for number in range(5):
        press(post, number)
    with post.store.transaction() as tx:
        tx.execute(update(DUTY).values(priority=3))
    assert [len(dispatcher.take()), len(dispatcher.take())] == [AT_ONCE, 0]
    press(post, 7)
    assert [duty["priority"] for duty in dispatcher.take()] == [1]


def test_it_says_when_it_could_send_nothing_off(
    zalo_post: Callable[..., Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    post = zalo_post(Way("zalo", "u-1"))
    dispatcher = dispatcher_of(post, StoreDesk(post.store))

    def broken() -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(dispatcher, "take", broken)
    dispatcher.start()
    try:
        assert any(dispatcher.failed_at or time.sleep(0.02) for _ in range(500))
    finally:
        dispatcher.stop()
