"""From the broker's hands to whoever looks: both formats, and what nobody ever saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.scenario.running import run
from monitor.scenario.visible import Visible

STORY = """\
[scenario]
id = "how-long"
title_vi = "Bao lâu thì thấy"

[[device]]
id = "GW-1"
class = "gateway"

[[device]]
id = "BUTTON-1"
class = "bell"
behind = "GW-1"

[[step]]
at = "PT5S"
do = "kill_monitor"
down_for = "PT30S"

[[step]]
at = "PT6S"
do = "press"
device = "BUTTON-1"

[[want]]
within = ["PT6S", "PT40S"]
count = { of = "ringing", equals = 1 }

[expect]
alarm_visible_within_ms = 2000
"""


def press(event_id: str) -> bytes:
    return b'{"v":1,"kind":"alarm","id":"%s"}' % event_id.encode()


@pytest.fixture
def visible() -> Visible:
    return Visible({"bell/1": "BELL-1", "button/2": "BELL-2"})


def test_it_counts_each_press_from_the_first_time_the_broker_had_it(visible: Visible) -> None:
    for at_s, said in [(1.0, "a"), (1.2, "a"), (2.0, "b")]:
        visible.received("bell/1", press(said), at_s)
    alarm = {"id": 7, "kind": "hold_up", "device_id": "BELL-1", "presses": 1}
    visible.told([alarm], 1.5)
    assert (visible.waited_s, visible.unseen) == (0.5, 1)
    visible.told([{"id": 7, "presses": 2}], 5.0)
    assert (visible.waited_s, visible.unseen) == (3.0, 0)


def test_it_counts_what_a_restarted_broker_kept_from_its_return(visible: Visible) -> None:
    visible.received("button/2", b'{"action":"emergency"}', 1.0)
    visible.broker_is_back(9.0)
    visible.told([{"id": 7, "kind": "panic", "device_id": "BELL-2", "presses": 1}], 9.5)
    assert visible.waited_s == 0.5


def test_it_takes_no_other_word_for_a_press_and_no_other_alarm_for_its_answer(visible: Visible) -> None:
    visible.received("button/2", b'{"battery":90}', 1.0)
    visible.received("bell/1", b"\0not json", 1.0)
    visible.received("bell/1", b'{"id":"c","kind":"clear"}', 1.0)
    assert (visible.waited_s, visible.unseen) == (None, 0)
    visible.received("bell/1", press("a"), 1.0)
    visible.told([{"id": 8, "kind": "tamper", "device_id": "BELL-1", "presses": 1}], 2.0)
    assert visible.unseen == 1


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (("PT30S", "PT30S"), "29000"),
        (("PT30S", "PT0S"), "0"),
        (('do = "press"', 'do = "battery"\npercent = 50'), "no press"),
    ],
)
def test_it_tells_how_long_a_press_on_a_zigbee_button_was_not_seen(
    change: tuple[str, str], seen: str, tmp_path: Path
) -> None:
    file = tmp_path / "story.toml"
    file.write_text(STORY.replace(*change), encoding="utf-8")
    told = run(file, "virtual", None, lambda _line: None).verdicts[-1]
    assert (told.what, told.seen, told.is_met) == ("alarm_visible_within_ms", seen, seen == "0")
