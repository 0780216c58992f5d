"""At quiet hours: what waits is told later and says so, what calls for help goes at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from device_adapters.core.events import AlarmKind
from monitor.hours import hours
from monitor.machines.escalation import Recipient, Step, Way
from monitor.machines.quiet_hours import Quiet, QuietHours
from monitor.notify.plan import Plan
from tests.fake_zalo import FakeZalo
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.monitor.notify.conftest import StoreDesk, account_of
from tests.monitor.notify.sending import CHANNELS, OPEN, dispatcher_of, go, press

STORES = ("sqlite",)
NIGHT = QuietHours(hours("18:00-20:00"))  # it is 18:00 in Vietnam
HELD = "Giữ lại trong giờ yên tĩnh, gửi từ 20:00"


@pytest.fixture
def open_post(zalo: FakeZalo, database_url: str, clock: FakeClock) -> Iterator[Callable[..., Post]]:
    opened: list[Post] = []

    def opening(quiet: Quiet, *ways: Way) -> Post:
        chain = (Step(0, "commander"),)
        plan = Plan(
            chains={AlarmKind.PANIC: chain, AlarmKind.TAMPER: chain},
            roster={"commander": (Recipient("Chỉ huy", ways),)},
            channels=CHANNELS,
            zalo=account_of(zalo),
            quiet=quiet,
        )
        opened.append(Post(database_url, clock, plan))
        return opened[-1]

    yield opening
    for each in opened:
        each.store.close()


def open_housing(post: Post) -> None:
    post.register("b-1")
    post.receive("anninh/v1/bell/b-1/event", {"v": 1, "id": "t-1", "kind": "tamper"})


def test_it_holds_back_what_can_wait_across_a_restart_and_never_a_call(
    open_post: Callable[..., Post], zalo: FakeZalo
) -> None:
    post = open_post(Quiet(people={("commander", "Chỉ huy"): NIGHT}), Way("zalo-group", "g-1"), Way("copy", "x"))
    desk = StoreDesk(post.store)
    open_housing(post)
    assert dispatcher_of(post, desk).take() == []
    (held,) = post.duties()
    assert (held["state"], held["last_outcome"]) == ("WAITING", "quiet")
    assert (held["next_at"], held["attempts"]) == ("2026-03-14T13:00:00.000Z", 0)
    press(post)
    dispatcher = dispatcher_of(post, desk)
    go(dispatcher, post.clock, lambda: len(zalo.seen) == 1)
    assert "KHẨN CẤP" in zalo.seen[0][1]
    post.clock.forward(7200)
    again = dispatcher_of(post, desk)
    go(again, post.clock, lambda: post.duties(states=OPEN) == [])
    assert zalo.seen[1][1].splitlines()[-1] == HELD
    assert {duty["state"] for duty in post.duties()} == {"SENT"}


def test_it_takes_a_way_that_is_not_quiet_and_comes_back_to_the_other(
    open_post: Callable[..., Post], zalo: FakeZalo
) -> None:
    zalo.night = True  # the user is not reached by it either
    post = open_post(Quiet(ways={"zalo-group": NIGHT}), Way("zalo-group", "g-1"), Way("copy", "x"), Way("zalo", "u-1"))
    open_housing(post)
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    go(dispatcher, post.clock, lambda: any(each["channel"] == "zalo" for each in post.duties()), turns=2)
    quiet, other = post.duties()
    assert (quiet["state"], quiet["last_outcome"], other["switched_from"]) == ("SWITCHED", "quiet", quiet["id"])
    assert other["text"].splitlines()[-1] == "nhóm Zalo đang giờ yên tĩnh, nên chuyển sang Zalo"
    go(dispatcher, post.clock, lambda: len(post.duties()) == 3)
    assert dispatcher.take() == []
    post.clock.forward(7200)
    go(dispatcher, post.clock, lambda: post.duties(states=OPEN) == [])
    assert [recipient for recipient, _text in zalo.seen] == ["g-1"]
    assert HELD in zalo.seen[0][1]
