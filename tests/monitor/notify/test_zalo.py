"""Zalo's users, groups and ZNS, against a server that behaves like it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from monitor.errors import StoreUnavailable
from monitor.machines.delivery import Outcome, Quota
from monitor.notify.channel_health import ChannelHealth
from monitor.notify.zalo_account import ZaloAccount
from monitor.notify.zalo_group import ZaloGroupChannel
from monitor.notify.zalo_keys import ZaloKeys
from monitor.notify.zalo_user import ZaloUserChannel
from monitor.notify.zns import ZnsChannel, international
from tests.fake_zalo import LIFE_S, SEED, FakeZalo
from tests.fakes import FakeClock
from tests.monitor.notify.conftest import StoreDesk, a_message, account_of

STORES = ("sqlite",)


@pytest.fixture
def account(zalo: FakeZalo, desk: StoreDesk, clock: FakeClock) -> ZaloAccount:
    return opened(zalo, desk, clock)


def opened(zalo: FakeZalo, desk: StoreDesk, clock: FakeClock, seed: str = SEED) -> ZaloAccount:
    settings = account_of(zalo, seed)
    return ZaloAccount(settings, ZaloKeys(settings, desk, clock))


def outcome_of_group(account: ZaloAccount) -> Outcome:
    return ZaloGroupChannel(account).send(a_message("g-1")).outcome


def test_it_tells_users_groups_and_telephones(account: ZaloAccount, zalo: FakeZalo) -> None:
    for channel, address in (
        (ZaloUserChannel(account), "u-1"),
        (ZaloGroupChannel(account), "g-1"),
        (ZnsChannel(account, "t-1"), "0912 345 678"),
    ):
        assert channel.send(a_message(address)).outcome is Outcome.DELIVERED
        assert channel.check().outcome is Outcome.DELIVERED
    assert [recipient for recipient, _text in zalo.seen] == ["u-1", "g-1", "84912345678"]
    assert all("BD-260314-0001" in text for _recipient, text in zalo.seen)
    assert zalo.refreshes == 1


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0912 345 678", "84912345678"),
        ("+84 912-345-678", "84912345678"),
        ("842 63 861 234", "84263861234"),
        ("912345678", "84912345678"),
        ("113", None),
        ("", None),
    ],
)
def test_it_writes_numbers_as_zns_takes_them(number: str, expected: str | None) -> None:
    assert international(number) == expected


def test_it_switches_at_night_and_says_why(account: ZaloAccount, zalo: FakeZalo) -> None:
    zalo.night = True
    for answer in (
        ZaloUserChannel(account).send(a_message()),
        ZnsChannel(account, "t-1").send(a_message("0912345678")),
    ):
        assert (answer.outcome, answer.cause) == (Outcome.SWITCH, "night")
    assert outcome_of_group(account) is Outcome.DELIVERED


def test_it_switches_outside_the_window_of_seven_days(account: ZaloAccount, zalo: FakeZalo) -> None:
    zalo.outside_window = True
    assert ZaloUserChannel(account).send(a_message()).outcome is Outcome.SWITCH


def test_it_calls_somebody_where_only_a_person_can_help(account: ZaloAccount, zalo: FakeZalo) -> None:
    zalo.gmf_expired = True
    assert outcome_of_group(account) is Outcome.OPERATOR
    zalo.gmf_expired, zalo.quota = False, 0
    assert outcome_of_group(account) is Outcome.OPERATOR


def test_it_says_how_many_messages_are_left(account: ZaloAccount, zalo: FakeZalo, clock: FakeClock) -> None:
    health = ChannelHealth({"zalo": ZaloUserChannel(account), "zns": ZnsChannel(account, "t-1")}, clock)
    assert health.test("zalo").quota == Quota(940, 1000)
    zalo.quota = 99
    tested = health.test("zalo")
    assert (tested.fault, tested.quota and tested.quota.is_low) == (None, True)
    assert health.test("zns").quota is None


def test_it_comes_again_when_it_was_too_fast(account: ZaloAccount, zalo: FakeZalo) -> None:
    zalo.rate_limit_after = 0
    answer = ZaloGroupChannel(account).send(a_message("g-1"))
    assert (answer.outcome, answer.retry_after_s > 0) == (Outcome.RETRY, True)


def test_it_knows_nothing_where_no_answer_came(account: ZaloAccount, zalo: FakeZalo) -> None:
    assert outcome_of_group(account) is Outcome.DELIVERED
    zalo.html_502 = True
    assert outcome_of_group(account) is Outcome.UNKNOWN
    zalo.html_502, zalo.drop_response = False, 1.0
    assert outcome_of_group(account) is Outcome.UNKNOWN
    zalo.drop_response, zalo.slow_s = 0.0, 2.0
    assert outcome_of_group(account) is Outcome.UNKNOWN
    assert len(zalo.seen) == 4


def test_it_renews_a_refused_key_once_for_all_who_wait(account: ZaloAccount, zalo: FakeZalo) -> None:
    assert outcome_of_group(account) is Outcome.DELIVERED
    zalo.expire_now()
    with ThreadPoolExecutor(8) as many:
        outcomes = list(many.map(lambda _number: outcome_of_group(account), range(16)))
    assert set(outcomes) == {Outcome.DELIVERED}
    assert zalo.refreshes == 2


def test_it_renews_the_key_at_four_fifths_of_its_life(account: ZaloAccount, zalo: FakeZalo, clock: FakeClock) -> None:
    outcome_of_group(account)
    clock.forward(LIFE_S * 0.79)
    outcome_of_group(account)
    assert zalo.refreshes == 1
    clock.forward(LIFE_S * 0.02)
    outcome_of_group(account)
    assert zalo.refreshes == 2


def test_it_goes_on_with_the_stored_keys_after_a_restart(
    account: ZaloAccount, zalo: FakeZalo, desk: StoreDesk, clock: FakeClock
) -> None:
    outcome_of_group(account)
    again = opened(zalo, desk, clock)
    assert outcome_of_group(again) is Outcome.DELIVERED
    clock.forward(LIFE_S)
    zalo.expire_now()
    assert outcome_of_group(again) is Outcome.DELIVERED
    assert zalo.refreshes == 2


def test_it_uses_no_key_that_is_not_stored(zalo: FakeZalo, clock: FakeClock, desk: StoreDesk) -> None:
    class Full(StoreDesk):
        is_full = True

        def write(self, work):  # type: ignore[no-untyped-def]
            if self.is_full:
                raise StoreUnavailable("disk full")
            return desk.write(work)

    full = Full(desk._store)
    account = opened(zalo, full, clock)
    assert outcome_of_group(account) is Outcome.RETRY
    assert zalo.seen == []
    full.is_full = False
    assert outcome_of_group(account) is Outcome.DELIVERED
    assert zalo.refreshes == 1


def test_it_asks_for_a_person_when_the_refresh_key_is_lost(
    account: ZaloAccount, zalo: FakeZalo, desk: StoreDesk, clock: FakeClock
) -> None:
    zalo.drop_keys, zalo.drop_response = True, 1.0
    assert outcome_of_group(account) is Outcome.RETRY  # the exchange was made, and its answer lost
    zalo.drop_keys, zalo.drop_response = False, 0.0
    assert outcome_of_group(account) is Outcome.OPERATOR
    answer = ZaloUserChannel(opened(zalo, desk, clock)).send(a_message())
    assert (answer.outcome, answer.said.startswith("zalo.token")) == (Outcome.OPERATOR, True)
    zalo.authorised_anew("refresh-anew")
    assert outcome_of_group(opened(zalo, desk, clock, "refresh-anew")) is Outcome.DELIVERED


def test_it_goes_on_with_a_valid_key_when_the_refresh_is_refused(
    account: ZaloAccount, zalo: FakeZalo, clock: FakeClock
) -> None:
    outcome_of_group(account)
    zalo.reject_refresh = True
    clock.forward(LIFE_S * 0.9)
    assert outcome_of_group(account) is Outcome.DELIVERED
    assert ZaloUserChannel(account).check().outcome is Outcome.OPERATOR
