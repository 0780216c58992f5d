"""The language: what is wrong is told with its line, its key and what may have been meant."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.scenario.durations import iso_8601, seconds_of
from simulator.scenario.reading import MalformedScenario, parse
from simulator.scenario.schema import FILE, schema

STORY = """\
[scenario]
id = "a-press"
title_vi = "Một lần bấm"
inventory = ["residential_groups.csv", "alarm_bells.csv"]

[[step]]
at = "PT5S"
do = "press"
device = "BELL-DV-009"

[[want]]
within = ["PT5S", "PT7S"]
alarm = { device = "BELL-DV-009", state = "UNACKNOWLEDGED" }
"""


def complaints(text: str) -> list[str]:
    with pytest.raises(MalformedScenario) as told:
        parse(text, "story.toml")
    return str(told.value).splitlines()


def test_it_reads_a_story() -> None:
    story = parse(STORY, "story.toml")
    assert (story.step[0].at, story.lasts_s, story.deadline_s("bell")) == (5, 17, 82)


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        (
            "BELL-DV-009",
            "BELL-DV-0099",
            "9: step.0.device: no device is called BELL-DV-0099; did you mean BELL-DV-009?",
        ),
        ('do = "press"', 'do = "pres"', "8: step.0.do: nothing is called pres; did you mean press?"),
        ("title_vi", "title", "3: scenario.title: there is no such key; did you mean title_vi?"),
        ("PT5S", "5 s", "7: step.0.at: expected a length of time such as PT90S, PT1H45M or PT0S"),
        ('"PT7S"]', '"PT1S"]', "11: want.0: expected a window that ends after it begins"),
        ("UNACKNOWLEDGED", "UNACKNOWLEGED", "13: want.0.alarm.state: 'UNACKNOWLEGED' is none of"),
        (
            'alarm = { device = "BELL-DV-009", state = "UNACKNOWLEDGED" }',
            'screen = { test = "Cướp" }',
            "13: want.0.screen.test: there is no such key; did you mean text?",
        ),
        (
            'alarm = { device = "BELL-DV-009", state = "UNACKNOWLEDGED" }',
            'screen = { text = "Cướp", page = "//elsewhere" }',
            "13: want.0.screen.page: string should match pattern",
        ),
        ("alarm_bells", "alarm_bell", "4: scenario.inventory.1: 'alarm_bell.csv' is none of"),
        ('do = "press"', 'do = "power_cut"\nfeeder = "LT-2"', "10: step.0.device: there is no such key"),
        ('at = "PT5S"', 'at = "-PT5S"', "7: step.0.at: expected a length of time that is not below PT0S"),
        ("[[step]]", "[[step]", "6: Expected"),
    ],
)
def test_it_says_where_and_what_may_have_been_meant(right: str, wrong: str, told: str) -> None:
    assert any(f"story.toml:{told}" in line for line in complaints(STORY.replace(right, wrong))), complaints(
        STORY.replace(right, wrong)
    )


def test_it_tells_all_that_is_wrong_at_once() -> None:
    assert len(complaints(STORY.replace("title_vi", "title").replace("PT5S", "5"))) == 4


def test_it_tells_who_is_a_stranger_beside_what_else_is_wrong() -> None:
    told = complaints(STORY.replace("title_vi", "title").replace("BELL-DV-009", "BELL-DV-0099"))
    assert len([line for line in told if "no device is called BELL-DV-0099" in line]) == 2


CAST = """
[[device]]
id = "BELL-1"
class = "bell"
is_mute = true

[[device]]
id = "CAM-1"
class = "camera"

[[device]]
id = "GW-1"
class = "gateway"

[[device]]
id = "BUTTON-1"
class = "bell"
behind = "GW-1"
"""


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ('do = "press"\ndevice = "BELL-1"', "step.0.device: BELL-1 is mute: it does nothing"),
        ('do = "offline"\ndevices = ["CAM-1", "BELL-1"]', "step.0.devices: BELL-1 is mute: it does nothing"),
        ('do = "press"\ndevice = "CAM-1"', "step.0.device: CAM-1 is no bell"),
        ('do = "tamper"\ndevice = "BUTTON-1"', "step.0.device: BUTTON-1 is no bell that speaks for itself"),
        ('do = "gateway_death"\ngateway = "CAM-1"', "step.0.gateway: CAM-1 is no gateway and no probe"),
        (
            'do = "press"\ndevice = "BUTTON-1"\n[[device]]\nid = "CAM-1"\nclass = "bell"',
            "device.4.id: CAM-1 is there already",
        ),
        (
            'do = "press"\ndevice = "BUTTON-1"\n[[device]]\nid = "BELL-2"\nclass = "bell"\nbehind = "CAM-1"',
            "device.4.behind: a camera speaks for no bell",
        ),
    ],
)
def test_it_asks_nobody_for_what_he_cannot_do(step: str, told: str) -> None:
    head = STORY.partition("[[step]]")[0]
    (line,) = complaints(f'{head}{CAST}\n[[step]]\nat = "PT1S"\n{step}\n')
    assert line.endswith(told)


def test_it_tells_what_is_wrong_with_an_inventory_that_is_none() -> None:
    assert "valid tuple" in complaints(STORY.replace('["residential_groups.csv", "alarm_bells.csv"]', "5"))[0]


def test_it_takes_what_a_device_can_do() -> None:
    head = STORY.partition("[[step]]")[0]
    did = ('do = "press"\ndevice = "BUTTON-1"', 'do = "battery"\ndevice = "BUTTON-1"\npercent = 9')
    parse(head + CAST + "".join(f'\n[[step]]\nat = "PT1S"\n{each}\n' for each in did), "story.toml")


@pytest.mark.parametrize("seconds", [0, 0.7, 8, 90, 1321, 7200, -25200])
def test_it_writes_lengths_of_time_as_it_reads_them(seconds: float) -> None:
    assert seconds_of(iso_8601(seconds)) == seconds


@pytest.mark.parametrize("said", ["", "P", "PT", "5", 5, None, "PT5"])
def test_it_takes_nothing_else_for_a_length_of_time(said: Any) -> None:
    with pytest.raises(ValueError, match="length of time"):
        seconds_of(said)


def test_it_publishes_the_language_as_it_is() -> None:
    assert FILE.read_text(encoding="utf-8") == schema(), "run .venv/bin/python -m simulator.scenario.schema"
