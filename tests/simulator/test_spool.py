"""The spool keeps a press over a crash, and the plan says when to send it again."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from simulator.outgoing import MAX_PAYLOAD_B, Outgoing, TooLargeError
from simulator.spool import ResendPlan, Spool, Spooled


def a_spooled(event_id: str, *, is_press: bool = True) -> Spooled:
    return Spooled(event_id, is_press, 1_795_249_530_000, Outgoing(topic="t", payload=b"{}"))


def test_it_still_has_a_press_after_a_restart(tmp_path: Path) -> None:
    Spool(tmp_path / "bell.spool").keep(a_spooled("one"))
    assert [spooled.event_id for spooled in Spool(tmp_path / "bell.spool")] == ["one"]


def test_it_forgets_what_was_acknowledged(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "bell.spool")
    spool.keep(a_spooled("one"))
    assert spool.remove("one")
    assert len(spool) == 0


def test_it_ignores_a_receipt_for_something_else(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "bell.spool")
    spool.keep(a_spooled("one"))
    assert not spool.remove("two")
    assert len(spool) == 1


def test_it_gives_up_an_event_before_any_press_when_it_is_full(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "bell.spool", capacity=2)
    for spooled in (a_spooled("press"), a_spooled("event", is_press=False), a_spooled("second press")):
        spool.keep(spooled)
    assert [spooled.event_id for spooled in spool] == ["press", "second press"]


def test_it_waits_longer_each_time_but_never_longer_than_half_a_minute() -> None:
    plan = ResendPlan(Random(7))
    delays_s = [plan.sent("one", now_s=0) for _ in range(7)]
    bounds_s = [2, 4, 8, 16, 30, 30, 30]
    assert all(bound <= delay <= bound * 1.2 for bound, delay in zip(bounds_s, delays_s, strict=True))


def test_it_refuses_a_message_that_would_cost_the_connection() -> None:
    with pytest.raises(TooLargeError):
        Outgoing(topic="t", payload=b"x" * (MAX_PAYLOAD_B + 1))
