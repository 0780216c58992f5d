"""A scenario file as a drill plays it."""

from __future__ import annotations

import pytest

from device_adapters.core.events import AlarmKind
from monitor.drill_file import script_of
from monitor.errors import Refusal
from monitor.machines.drill import Wanted
from monitor.machines.incident import Disposition

HEAD = """
[scenario]
id = "hai-noi"
title_vi = "Hai nơi"
[[device]]
id = "BELL-1"
class = "bell"
[[device]]
id = "BELL-2"
class = "bell"
kind = "fire"
"""


def step(at: str, do: str, **more: object) -> str:
    lines = [f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}" for name, value in more.items()]
    return "\n".join(["[[step]]", f'at = "{at}"', f'do = "{do}"', *lines, ""])


def test_it_presses_ten_seconds_after_the_start_and_then_as_in_the_file() -> None:
    story = step("PT10M", "press", device="BELL-1", repeat=2) + step("PT11M", "press", device="BELL-2")
    script = script_of(HEAD + story, "story.toml")
    presses = [(each.after_s, each.device_id, each.kind) for each in script.presses]
    assert presses == [
        (10.0, "BELL-1", AlarmKind.HOLD_UP),
        (10.7, "BELL-1", AlarmKind.HOLD_UP),
        (70.0, "BELL-2", AlarmKind.FIRE),
    ]
    assert (script.title, script.left_out) == ("Hai nơi", 0)


def test_what_its_officers_do_are_the_goals_of_what_was_pressed_last() -> None:
    story = step("PT0S", "press", device="BELL-1") + step("PT20S", "press", device="BELL-2")
    story += step("PT25S", "dispatch", device="BELL-1") + step("PT30S", "verify") + step("PT60S", "on_scene")
    story += step("PT90S", "resolve", classification="accidental")
    assert script_of(HEAD + story, "story.toml").wanted == {
        "BELL-1": Wanted(dispatched_s=25.0),
        "BELL-2": Wanted(verifying_s=10.0, on_scene_s=40.0, disposition=Disposition.ACCIDENTAL),
    }


def test_it_counts_what_it_does_not_play() -> None:
    story = step("PT0S", "press", device="BELL-1") + step("PT1S", "ack") + step("PT2S", "tamper", device="BELL-1")
    assert script_of(HEAD + story, "story.toml").left_out == 1


@pytest.mark.parametrize(
    ("story", "code"),
    [
        (step("PT0S", "pres", device="BELL-1"), "malformed"),
        (step("PT0S", "press", device="BELL-9"), "malformed"),
        (step("PT0S", "press", device="BELL-1", repeat=201), "too_many"),
    ],
)
def test_it_refuses_what_it_cannot_play(story: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        script_of(HEAD + story, "story.toml")
    assert refused.value.code == code
