from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.machines.duty_screen import Known, Patience, Ring, Screen, SoundState, troubles

PATIENCE = Patience(receipt_s=3, silent_s=60)
SCREEN = Screen("desk-1", is_visible=True, sound=SoundState.ON, opened_s=0, heard_s=100)
RING = Ring(told_s=100, screens=frozenset({"desk-1"}))
BOTH = frozenset({("desk-1", "shown"), ("desk-1", "sounded")})


def found(screen: Screen = SCREEN, ring: Ring = RING, now_s: float = 103.5, sounding_s: float = 100) -> list[str]:
    return list(troubles(Known({"desk-1": screen}, [ring], sounding_s), PATIENCE, now_s))


def test_it_is_content_with_both_receipts() -> None:
    assert found(ring=replace(RING, receipts=BOTH)) == []


def test_it_waits_before_it_misses_a_receipt() -> None:
    assert found(now_s=102.9) == []


def test_it_misses_each_receipt_that_is_owed() -> None:
    assert found() == ["screen desk-1 did not show an emergency", "screen desk-1 did not sound an emergency"]


@pytest.mark.parametrize(
    ("screen", "missed"),
    [
        (replace(SCREEN, is_visible=False, sound=SoundState.BLOCKED), ["shown", "sounded"]),
        (replace(SCREEN, sound=SoundState.BLOCKED), ["show", "sounded"]),
        (replace(SCREEN, heard_s=90), ["shown", "sounded"]),
        (replace(SCREEN, opened_s=101), ["shown", "sounded"]),
    ],
)
def test_it_says_when_nobody_could_see_or_hear(screen: Screen, missed: list[str]) -> None:
    said = found(screen)
    assert len(said) == len(missed)
    assert all(f" {word} an emergency" in sentence for word, sentence in zip(missed, said, strict=True))


def test_it_misses_the_last_screen_that_could_sound() -> None:
    assert found(ring=replace(RING, receipts=BOTH), now_s=161) == ["no duty screen could sound for 61 s"]


def test_it_expects_nothing_where_no_screen_ever_was() -> None:
    assert list(troubles(Known({}, [RING], None), PATIENCE, 500)) == []
