"""The demo's story: a hold-up, then what an ordinary night brings, round after round at a humane pace.

Seconds count from the beginning of a round. A round takes longer than the two minutes for which the desk
should belong to one hold-up, and the next hold-up is at another establishment, so the two never blur.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from simulator.fleet import Fleet
from simulator.world import World

ROUND_S = 420.0
QUIET_S = 60.0
RELEASE_AFTER_S = 0.2

# One button of each establishment with a silent alarm; the credit fund comes first.
HELD_UP = ("BELL-DV-009", "BELL-DV-001", "BELL-DV-011", "BELL-DV-007", "BELL-DV-004", "BELL-DV-015", "BELL-DV-006")
DYING_EYES = ("CAM-DV-0036", "CAM-DV-0003", "CAM-DV-0077", "CAM-DV-0101")
WEAK_BUTTONS = ("BELL-DV-005", "BELL-DV-010", "BELL-DV-002")
TESTED_BELLS = ("BELL-DV-013", "BELL-DV-014", "BELL-DV-016", "BELL-DV-012")
COMMUNITY_BELLS = ("BELL-DV-017", "BELL-DV-018", "BELL-DV-019", "BELL-DV-020", "BELL-DV-021")


class Deed(StrEnum):
    HOLD_UP = "is held up: pressed three times"
    EYE_DIES = "camera stops answering"
    BATTERY_LOW = "battery at 9 %"
    TEST = "somebody tests the bell"
    PRESS = "community bell pressed"
    RELEASE = "button let go after 200 ms"
    EYE_RETURNS = "camera answers again"
    BATTERY_NEW = "battery replaced"


@dataclass(frozen=True, slots=True)
class Step:
    at_s: float
    deed: Deed
    device_id: str


def steps(round_no: int) -> tuple[Step, ...]:
    """One round, counted from 0, in order of time."""
    eye, weak, tested, community = (
        names[round_no % len(names)] for names in (DYING_EYES, WEAK_BUTTONS, TESTED_BELLS, COMMUNITY_BELLS)
    )
    return (
        Step(0, Deed.HOLD_UP, HELD_UP[round_no % len(HELD_UP)]),
        Step(90, Deed.EYE_DIES, eye),
        Step(140, Deed.BATTERY_LOW, weak),
        Step(190, Deed.TEST, tested),
        Step(240, Deed.PRESS, community),
        Step(240 + RELEASE_AFTER_S, Deed.RELEASE, community),
        Step(310, Deed.EYE_RETURNS, eye),
        Step(350, Deed.BATTERY_NEW, weak),
    )


class Player:
    """Plays the story on a fleet. ``speed`` 2 is twice as fast; a press and its release keep their 200 ms."""

    def __init__(self, fleet: Fleet, world: World, speed: float) -> None:
        self._world = world
        self._speed = speed
        self._deeds: dict[Deed, Callable[[str], None]] = {
            Deed.HOLD_UP: fleet.press,
            Deed.EYE_DIES: lambda eye_id: fleet.set_eye(eye_id, is_up=False),
            Deed.BATTERY_LOW: lambda button_id: fleet.set_battery(button_id, 9),
            Deed.TEST: fleet.test,
            Deed.PRESS: fleet.press,
            Deed.RELEASE: fleet.release,
            Deed.EYE_RETURNS: lambda eye_id: fleet.set_eye(eye_id, is_up=True),
            Deed.BATTERY_NEW: lambda button_id: fleet.set_battery(button_id, 100),
        }

    def play(self, quiet_s: float) -> None:
        """``quiet_s`` in real seconds: the calm before the first hold-up."""
        self._world.timetable.after(quiet_s, lambda: self._round(0))

    def _round(self, round_no: int) -> None:
        for step in steps(round_no):
            delay_s = int(step.at_s) / self._speed + step.at_s % 1
            self._world.timetable.after(delay_s, lambda step=step: self._do(step))  # type: ignore[misc]
        self._world.timetable.after(ROUND_S / self._speed, lambda: self._round(round_no + 1))

    def _do(self, step: Step) -> None:
        self._world.say(f"{step.device_id}: {step.deed}")
        self._deeds[step.deed](step.device_id)
