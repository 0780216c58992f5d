"""Quiet hours: what can wait, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.hours import hours
from monitor.machines.quiet_hours import QuietHours, is_for_ever, is_never_quiet, quiet_until

EVENING = datetime(2026, 3, 14, 15, 30, tzinfo=UTC)  # 22:30 in Vietnam
NIGHT, NOON = QuietHours(hours("22:00-06:00")), QuietHours(hours("06:00-13:00"), frozenset({3}))


def test_it_waits_until_no_hours_hold_any_more() -> None:
    six, one = EVENING + timedelta(hours=7.5), EVENING + timedelta(hours=14.5)
    assert quiet_until([NIGHT], 2, EVENING) == six
    assert quiet_until([NIGHT, NOON], 3, EVENING) == one  # one after the other
    assert quiet_until([NIGHT, NOON], 2, EVENING) == six
    assert quiet_until([NIGHT], 2, six) is None
    assert quiet_until([], 2, EVENING) is None


def test_it_finds_hours_that_never_end() -> None:
    assert is_for_ever([NIGHT, QuietHours(hours("06:00-22:00"))], 2)
    assert not is_for_ever([NIGHT, NOON], 3)
    assert not is_for_ever([], 3)


@pytest.mark.parametrize("kind", sorted(CALLS_FOR_HELP | {AlarmKind.MONITOR_FAULT}))
def test_it_never_keeps_a_call_for_help_waiting(kind: AlarmKind) -> None:
    assert is_never_quiet(kind, 3)
    assert is_never_quiet(AlarmKind.BATTERY_LOW, 1)
    assert not is_never_quiet(AlarmKind.BATTERY_LOW, 3)
