from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from device_adapters.core.contract import Message
from device_adapters.core.events import AlarmKind, Event, EventClass, Shape
from monitor.machines.admission import Admission, Seen, Verdict, admit

NOW = datetime(2026, 3, 14, 11, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def _admit(event: Event, *, is_replay: bool = False, digest: bytes = b"new", **seen: Any) -> Admission:
    return admit(event, Message("t", b"", NOW, is_replay=is_replay), digest, Seen(**seen), NOW)


def _press(**changes: Any) -> Event:
    return Event(**{"event_class": EventClass.ALARM, "address": "b1", "kind": AlarmKind.PANIC} | changes)


def _level(event_class: EventClass) -> Event:
    return _press(event_class=event_class, shape=Shape.LEVEL)


def test_it_admits_a_press() -> None:
    assert _admit(_press()) == Admission(verdict=Verdict.NEW)


def test_it_admits_a_second_press_while_the_first_still_rings() -> None:
    assert _admit(_press(), is_condition_present=True, last_digest=b"new").verdict is Verdict.NEW


@pytest.mark.parametrize(("is_replay", "verdict"), [(False, Verdict.DUPLICATE), (True, Verdict.STALE_REPLAY)])
def test_it_knows_a_stored_identity(is_replay: bool, verdict: Verdict) -> None:
    assert _admit(_press(), is_replay=is_replay, is_identity_known=True).verdict is verdict


@pytest.mark.parametrize("event_class", [EventClass.ALARM, EventClass.TAMPER, EventClass.LOW_BATTERY])
def test_it_counts_a_condition_by_its_change(event_class: EventClass) -> None:
    assert _admit(_level(event_class)).verdict is Verdict.NEW
    assert _admit(_level(event_class), is_condition_present=True).verdict is Verdict.ALREADY_PRESENT


def test_it_counts_the_end_of_a_condition_by_its_change() -> None:
    assert _admit(_level(EventClass.CLEAR), is_condition_present=True).verdict is Verdict.NEW
    assert _admit(_level(EventClass.CLEAR)).verdict is Verdict.NOT_PRESENT


def test_it_ignores_the_retained_copy_of_the_stored_press() -> None:
    assert _admit(_press(occurred_at=NOW - DAY), is_replay=True, last_occurred_at=NOW - DAY).verdict is (
        Verdict.STALE_REPLAY
    )


@pytest.mark.parametrize("offset_s", [1, -1])
def test_it_raises_a_retained_press_of_another_time_as_late(offset_s: int) -> None:
    at = NOW - DAY / 2 + timedelta(seconds=offset_s)
    admission = _admit(_press(occurred_at=at), is_replay=True, last_occurred_at=NOW - DAY / 2)
    assert (admission.verdict, admission.is_audible) == (Verdict.LATE, True)


@pytest.mark.parametrize(("digest", "verdict"), [(b"same", Verdict.STALE_REPLAY), (b"other", Verdict.LATE)])
def test_it_compares_a_retained_press_without_a_time_by_its_bytes(digest: bytes, verdict: Verdict) -> None:
    assert _admit(_press(), is_replay=True, digest=digest, last_digest=b"same").verdict is verdict


def test_it_raises_a_retained_press_whose_identity_is_new_whatever_its_bytes() -> None:
    event = _press(source_event_id="a-2")
    assert _admit(event, is_replay=True, digest=b"same", last_digest=b"same").verdict is Verdict.LATE


def test_it_raises_a_retained_press_where_nothing_is_stored() -> None:
    assert _admit(_press(), is_replay=True).verdict is Verdict.LATE


@pytest.mark.parametrize(("underway_s", "late_s"), [(5, 0), (6, 6), (3 * 86_400, 3 * 86_400)])
def test_it_says_how_late_a_press_is(underway_s: int, late_s: int) -> None:
    admission = _admit(_press(occurred_at=NOW - timedelta(seconds=underway_s)))
    assert admission.late_s == late_s
    assert admission.verdict is (Verdict.LATE if late_s else Verdict.NEW)


@pytest.mark.parametrize("occurred_at", [NOW + timedelta(seconds=121), NOW - 31 * DAY])
def test_it_does_not_take_a_wrong_clock_for_lateness(occurred_at: datetime) -> None:
    admission = _admit(_press(occurred_at=occurred_at))
    assert admission == Admission(verdict=Verdict.NEW, flags=("clock_skew",))


def test_it_does_not_repeat_a_flag_that_the_event_has() -> None:
    assert _admit(_press(occurred_at=NOW - 31 * DAY, flags=("clock_skew",))).flags == ()


def test_it_believes_the_sender_about_its_spool() -> None:
    admission = _admit(_press(occurred_at=NOW - DAY, queued_s=90.0))
    assert (admission.verdict, admission.late_s) == (Verdict.LATE, 90.0)


def test_it_hushes_what_is_proven_to_be_more_than_a_day_old() -> None:
    assert not _admit(_press(queued_s=86_401.0)).is_audible
    assert not _admit(_press(occurred_at=NOW - 2 * DAY), is_replay=True).is_audible


def test_it_lets_a_press_ring_that_only_its_own_clock_calls_old() -> None:
    assert _admit(_press(occurred_at=NOW - 2 * DAY)).is_audible


def test_it_lets_a_press_ring_that_waited_for_a_day() -> None:
    assert _admit(_press(queued_s=86_400.0)).is_audible
