from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from device_adapters.core.orders import SirenSaid, SoundAct
from monitor.journal import sirens
from monitor.machines.siren import (
    AGAIN_S,
    BEGUN,
    MOST_TRIES,
    SirenOrder,
    SirenState,
    begun,
    heard,
    needs_second,
    passed,
    stopped,
)

NOW = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
HELD = SirenOrder("s-1", 60, SirenState.HELD, NOW + timedelta(seconds=120))
COMMANDED = begun(HELD, NOW)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def told(order: SirenOrder, until_s: float) -> tuple[SirenOrder, list[tuple[float, SoundAct]]]:
    """Whenever something is due: what its siren is told, and when."""
    acts = []
    while order.next_at is not None and order.next_at <= at(until_s):
        now = order.next_at
        order, act = passed(order, now)
        acts += [((now - NOW).total_seconds(), act)] if act else []
    return order, acts


def test_it_goes_from_the_command_to_silence() -> None:
    order, act = passed(COMMANDED, NOW)
    assert act is SoundAct.SOUND
    order = heard(order, SirenSaid.ACKNOWLEDGED, names_it=True, now=at(0.2))
    order = heard(order, SirenSaid.SOUNDING, names_it=True, now=at(1))
    assert (order.state, order.acknowledged_at, order.sounding_at) == (SirenState.SOUNDING, at(0.2), at(1))
    order, acts = told(order, 60)
    assert (order.state, acts) == (SirenState.STOPPING, [(60, SoundAct.STOP)])
    order = heard(order, SirenSaid.OFF, names_it=True, now=at(60.4))
    assert (order.state, order.off_at, order.next_at) == (SirenState.OFF, at(60.4), None)


def test_it_tells_again_who_does_not_answer_and_not_for_ever() -> None:
    order, acts = told(COMMANDED, 59)
    assert acts == [(number * AGAIN_S, SoundAct.SOUND) for number in range(MOST_TRIES)]
    assert (order.state, order.order_id) == (SirenState.UNANSWERED, "s-1")
    assert heard(order, SirenSaid.SOUNDING, names_it=True, now=at(30)).state is SirenState.SOUNDING
    order, acts = told(order, 600)
    assert [act for _, act in acts] == [SoundAct.STOP] * MOST_TRIES
    assert order.state is SirenState.NOT_PROVEN_OFF


def test_it_is_told_to_be_silent_by_whoever_comes_back_later() -> None:
    sounding = heard(COMMANDED, SirenSaid.SOUNDING, names_it=False, now=at(1))
    order, act = passed(sounding, at(7200))
    assert (order.state, act) == (SirenState.STOPPING, SoundAct.STOP)


def test_it_does_not_take_an_old_state_for_silence() -> None:
    assert heard(COMMANDED, SirenSaid.OFF, names_it=False, now=at(1)) == COMMANDED
    sounding = heard(COMMANDED, SirenSaid.SOUNDING, names_it=False, now=at(2))
    assert heard(sounding, SirenSaid.OFF, names_it=False, now=at(9)).state is SirenState.OFF
    assert heard(COMMANDED, SirenSaid.OFF, names_it=True, now=at(1)).state is SirenState.OFF


def test_it_stops_at_once_and_is_heard_no_more_when_it_is_over() -> None:
    order, act = passed(stopped(COMMANDED, at(5)), at(5))
    assert (order.state, act) == (SirenState.STOPPING, SoundAct.STOP)
    order = heard(order, SirenSaid.SOUNDING, names_it=True, now=at(5.1))
    assert (order.state, order.sounding_at) == (SirenState.STOPPING, at(5.1))
    assert stopped(HELD, at(5)).state is SirenState.WITHDRAWN
    refused = heard(COMMANDED, SirenSaid.REFUSED, names_it=True, now=at(1))
    assert (refused.state, stopped(refused, at(2))) == (SirenState.REFUSED, refused)


def test_it_lapses_where_no_second_officer_agrees() -> None:
    assert passed(HELD, at(119)) == (HELD, None)
    assert passed(HELD, at(120)) == (replace(HELD, state=SirenState.LAPSED, next_at=None), None)


@pytest.mark.parametrize(
    ("asked", "own_live", "is_whole_commune", "is_wide"),
    [(3, 0, False, False), (4, 0, False, True), (2, 2, False, True), (1, 0, True, True)],
)
def test_it_takes_two_officers_for_a_wide_area(
    asked: int, own_live: int, is_whole_commune: bool, is_wide: bool
) -> None:
    assert needs_second(asked, own_live, is_whole_commune=is_whole_commune, wide_over=3) == is_wide


def test_it_calls_the_same_orders_begun_as_the_store() -> None:
    assert set(sirens.BEGUN) == BEGUN
