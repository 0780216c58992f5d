"""What people do about an alarm, step by step, to the word on what it was."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from monitor.errors import Refusal
from monitor.machines.incident import (
    STEPS,
    Closing,
    Disposition,
    Incident,
    Stage,
    StillOpen,
    advance,
    assess,
    close,
    merge,
    take_back,
    unmerge,
)

AT = datetime(2026, 3, 14, 11, 52, tzinfo=UTC)
TRUE = Closing(disposition=Disposition.GENUINE_CRIME, note="đã bắt quả tang")
SEEN = StillOpen()


def after(*stages: Stage) -> Incident:
    incident = Incident()
    for number, stage in enumerate(stages):
        incident = advance(incident, stage, AT + timedelta(seconds=10 * number))
    return incident


def test_it_keeps_the_moment_of_each_step() -> None:
    incident = after(*STEPS)
    assert [incident.reached[stage] for stage in STEPS] == [AT + timedelta(seconds=10 * n) for n in range(5)]
    assert incident.version == 6


def test_it_lets_a_step_be_left_out() -> None:
    assert after(Stage.ACKNOWLEDGED, Stage.ON_SCENE).stage is Stage.ON_SCENE


def test_it_makes_nothing_of_a_step_taken_twice() -> None:
    incident = after(Stage.ACKNOWLEDGED, Stage.DISPATCHED)
    assert advance(incident, Stage.DISPATCHED, AT + timedelta(hours=1)) is incident


@pytest.mark.parametrize("stage", [each for each in STEPS if each is not Stage.ACKNOWLEDGED])
def test_it_wants_to_be_acknowledged_first(stage: Stage) -> None:
    with pytest.raises(Refusal):
        advance(Incident(), stage, AT)


def test_it_goes_back_only_by_taking_a_step_back() -> None:
    incident = after(Stage.ACKNOWLEDGED, Stage.DISPATCHED, Stage.ON_SCENE)
    with pytest.raises(Refusal):
        advance(incident, Stage.VERIFYING, AT)
    back = take_back(incident)
    assert (back.stage, Stage.ON_SCENE in back.reached) == (Stage.DISPATCHED, False)


def test_it_never_takes_the_acknowledgement_back() -> None:
    with pytest.raises(Refusal):
        take_back(after(Stage.ACKNOWLEDGED))


def test_it_closes_with_a_word_on_what_it_was() -> None:
    closed = close(after(Stage.ACKNOWLEDGED), TRUE, SEEN, AT)
    assert (closed.stage, closed.disposition, closed.reached[Stage.CLOSED]) == (
        Stage.CLOSED,
        Disposition.GENUINE_CRIME,
        AT,
    )


@pytest.mark.parametrize(
    ("closing", "open_yet", "code"),
    [
        (TRUE, StillOpen(unseen=1), "not_acknowledged"),
        (TRUE, StillOpen(undone=["call the area officer"]), "plan_not_done"),
        (Closing(disposition=Disposition.ACCIDENTAL, note=" "), SEEN, "note_required"),
        (Closing(disposition=Disposition.MALICIOUS, note="x", evidence="BB-1"), SEEN, "commander_only"),
        (Closing(disposition=Disposition.MALICIOUS, note="x", is_commander=True), SEEN, "evidence_required"),
    ],
)
def test_it_does_not_close_while_something_is_missing(closing: Closing, open_yet: StillOpen, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        close(after(Stage.ACKNOWLEDGED), closing, open_yet, AT)
    assert refused.value.code == code


def test_it_lets_a_commander_with_evidence_call_it_malicious() -> None:
    proven = Closing(disposition=Disposition.MALICIOUS, note="x", evidence="BB-1", is_commander=True)
    assert close(after(Stage.ACKNOWLEDGED), proven, SEEN, AT).disposition is Disposition.MALICIOUS


def test_it_takes_no_step_once_it_is_over() -> None:
    closed = close(after(Stage.ACKNOWLEDGED), TRUE, SEEN, AT)
    for act in (lambda: advance(closed, Stage.ON_SCENE, AT), lambda: take_back(closed), lambda: assess(closed, 1)):
        with pytest.raises(Refusal):
            act()


def test_it_comes_out_of_a_merger_as_it_went_in() -> None:
    one, other = after(Stage.ACKNOWLEDGED, Stage.DISPATCHED), after(Stage.ACKNOWLEDGED)
    merged, kept = merge(one, other)
    assert (merged.stage, kept.stage, kept.version) == (Stage.MERGED, Stage.ACKNOWLEDGED, other.version + 1)
    again = unmerge(merged)
    assert (again.stage, again.reached) == (one.stage, one.reached)


@pytest.mark.parametrize("level", [-1, 5])
def test_it_knows_five_levels_of_verification(level: int) -> None:
    assert assess(after(Stage.ACKNOWLEDGED), 4).verification == 4
    with pytest.raises(Refusal):
        assess(after(Stage.ACKNOWLEDGED), level)
