"""Alarm discipline: how long a shelf lasts, when it is forgotten, and what is chatter, stale or a flood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from device_adapters.core.events import CALLS_FOR_HELP, AlarmKind
from monitor.errors import Refusal, SettingsError
from monitor.machines.discipline import (
    Rules,
    Shelf,
    can_chatter,
    flood_since,
    insist_on_shelvable,
    is_forgotten,
    shelve,
)
from monitor.pipeline.discipline_rules import read_discipline
from monitor.settings import shipped

RULES = Rules()
AT = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def test_it_is_shipped_as_it_is_without_a_file() -> None:
    assert read_discipline(shipped("config/alarm_discipline.toml")) == RULES


def test_it_refuses_a_file_with_a_rule_it_does_not_know(tmp_path: Path) -> None:
    file = tmp_path / "alarm_discipline.toml"
    known = shipped("config/alarm_discipline.toml").read_text(encoding="utf-8")
    file.write_text(known.replace("after_h = 24", "after_days = 1"), encoding="utf-8")
    with pytest.raises(SettingsError, match="stale"):
        read_discipline(file)


@pytest.mark.parametrize("kind", sorted(CALLS_FOR_HELP))
def test_it_never_shelves_a_call_for_help_and_says_why(kind: AlarmKind) -> None:
    with pytest.raises(Refusal, match="can never be shelved"):
        insist_on_shelvable(kind, 2, can_be=True)


def test_it_shelves_for_a_bounded_time() -> None:
    with pytest.raises(Refusal, match="480 minutes"):
        shelve(None, None, 8 * HOUR + MINUTE, AT, RULES)
    assert shelve(None, None, 8 * HOUR, AT, RULES) == Shelf(AT, AT + 8 * HOUR, AT)


def test_it_counts_shelves_in_a_row_however_they_ended() -> None:
    first = shelve(None, None, HOUR, AT, RULES)
    again = shelve(first, None, HOUR, AT + 30 * MINUTE, RULES)
    assert (again.first_at, again.times, again.until) == (AT, 2, AT + 90 * MINUTE)
    after_its_end = shelve(again, again.until, HOUR, again.until + 59 * MINUTE, RULES)
    assert after_its_end.times == 3
    much_later = shelve(again, again.until, HOUR, again.until + 2 * HOUR, RULES)
    assert (much_later.times, much_later.first_at) == (1, much_later.shelved_at)


def test_a_shelf_is_forgotten_after_a_shift_or_after_three_in_a_row() -> None:
    assert not is_forgotten(AT, 2, AT + 8 * HOUR - MINUTE, RULES)
    assert is_forgotten(AT, 1, AT + 8 * HOUR, RULES)
    assert is_forgotten(AT, 3, AT, RULES)


def test_what_is_most_urgent_never_chatters() -> None:
    assert can_chatter(AlarmKind.TAMPER, 2)
    assert not can_chatter(AlarmKind.TAMPER, 1)
    assert not any(can_chatter(kind, 2) for kind in CALLS_FOR_HELP)


def test_the_eleventh_new_alarm_in_ten_minutes_is_a_flood() -> None:
    ten = [AT + each * MINUTE / 2 for each in range(10)]
    assert flood_since(ten, AT + 9 * MINUTE, RULES) is None
    assert flood_since([*ten, AT + 8 * MINUTE], AT + 9 * MINUTE, RULES) == AT + 8 * MINUTE


def test_a_flood_lasts_until_few_are_left() -> None:
    opened = [AT + each * MINUTE / 2 for each in range(12)]
    assert flood_since(opened, AT + 13 * MINUTE, RULES) == opened[10]
    assert flood_since(opened, AT + 14 * MINUTE, RULES) is None
