"""When a press of a drill is due, when the drill is over, and what its marks come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from device_adapters.core.events import AlarmKind
from device_adapters.core.registry import adapters
from monitor.machines.drill import (
    PREFIX,
    Case,
    DrillPress,
    Ending,
    Goal,
    Script,
    Telling,
    Wanted,
    due,
    ending,
    is_of_drill,
    marks,
    score,
    source_of,
    wanted_of,
    would_be_told,
)
from monitor.machines.incident import Disposition

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)
SCRIPT = Script("Cướp", tuple(DrillPress(at, "BELL-1", AlarmKind.HOLD_UP) for at in (10.0, 20.0, 30.0)))
CRIME = Wanted(dispatched_s=50.0, disposition=Disposition.GENUINE_CRIME)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def met(case: Case, wanted: Wanted = CRIME) -> dict[Goal, bool | None]:
    return {mark.goal: mark.is_met for mark in marks(case, wanted)}


def test_it_counts_from_the_first_press_of_an_incident_of_two_buttons() -> None:
    """The story sends forces to the second button 20 s after it rang, which is 50 s after the first did."""
    pressed = ((10.0, "BELL-1"), (40.0, "BELL-2"), (41.0, "BELL-2"))
    presses = tuple(DrillPress(at, device, AlarmKind.HOLD_UP) for at, device in pressed)
    said = {
        "BELL-1": Wanted(verifying_s=15.0, on_scene_s=90.0),
        "BELL-2": Wanted(dispatched_s=20.0, on_scene_s=40.0, disposition=Disposition.GENUINE_CRIME),
    }
    script = Script("Hai nút", presses, said)
    assert wanted_of(script, ["BELL-1", "BELL-2"]) == Wanted(15.0, 50.0, 70.0, Disposition.GENUINE_CRIME)
    assert wanted_of(script, ["BELL-2"]) == said["BELL-2"]
    assert wanted_of(script, ["BELL-9"]) == Wanted()
    quick = Case(NOW, dispatched_at=after(40))
    assert met(quick, wanted_of(script, ["BELL-1", "BELL-2"]))[Goal.DISPATCHED] is True


@pytest.mark.parametrize(
    ("seconds", "played", "expected"), [(9.9, 0, []), (20, 0, [10, 20]), (25, 1, [20]), (99, 3, [])]
)
def test_it_presses_what_is_due_and_was_not_played(seconds: float, played: int, expected: list[float]) -> None:
    assert [each.after_s for each in due(SCRIPT, played, timedelta(seconds=seconds))] == expected


def test_it_ends_when_all_is_answered_or_its_time_is_over() -> None:
    assert ending(after(60), NOW, is_played=True, is_answered=True) is Ending.DONE
    assert ending(after(60), NOW, is_played=False, is_answered=True) is None
    assert ending(after(60), after(60), is_played=True, is_answered=False) is Ending.EXPIRED


def test_it_meets_the_goals_of_an_officer_in_time() -> None:
    case = Case(NOW, after(0.4), after(30), None, after(50), None, Disposition.GENUINE_CRIME)
    assert met(case) == {
        Goal.SHOWN: True,
        Goal.ACKNOWLEDGED: True,
        Goal.DISPATCHED: True,
        Goal.DISPOSITION: True,
    }
    assert score(marks(case, CRIME)) == (4, 4)


def test_it_misses_what_came_late_never_or_wrong() -> None:
    case = Case(NOW, after(2.1), after(30.1), disposition=Disposition.ACCIDENTAL)
    assert set(met(case).values()) == {False}
    assert score(marks(case, CRIME)) == (0, 4)


def test_it_measures_without_judging_what_the_story_sets_no_goal_for() -> None:
    case = Case(NOW, after(1), after(5), verifying_at=after(12), disposition=Disposition.UNKNOWN)
    told = {mark.goal: (mark.took_s, mark.is_met) for mark in marks(case, Wanted())}
    assert told[Goal.VERIFYING] == (12.0, None)
    assert told[Goal.DISPOSITION] == (None, None)
    assert Goal.DISPATCHED not in told


@pytest.mark.parametrize(
    ("acknowledged_s", "is_stopped", "expected"),
    [(20, True, False), (40, True, True), (None, True, True), (20, False, True)],
)
def test_it_would_tell_whom_no_acknowledgement_stopped(
    acknowledged_s: float | None, is_stopped: bool, expected: bool
) -> None:
    telling = Telling("Chỉ huy", "zalo", after(30), is_stopped)
    acknowledged_at = None if acknowledged_s is None else after(acknowledged_s)
    assert would_be_told(telling, acknowledged_at, after(600)) is expected


def test_it_would_tell_nobody_after_its_end() -> None:
    assert not would_be_told(Telling("Chỉ huy", "zalo", after(30), True), None, after(20))


def test_it_has_a_source_that_no_adapter_can_have() -> None:
    assert is_of_drill(source_of(3, "BELL-1"))
    assert PREFIX not in adapters()
    assert not any(is_of_drill(f"{name}:drill:3:BELL-1") for name in adapters())
