"""Stories by chance: presses, faults, deaths and people in any order, from a seed. The same seed is the same story."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from simulator.scenario.durations import iso_8601

Values = dict[str, Any]
BELLS, BUTTONS = ("BELL-1", "BELL-2"), ("BUTTON-1", "BUTTON-2")
EYES, GATEWAY, PROBE, FEEDER = ("CAM-1", "CAM-2", "CAM-3"), "GW-1", "PROBE-1", "F-1"
CAST = (
    *({"id": each, "class": "bell"} for each in BELLS),
    {"id": GATEWAY, "class": "gateway"},
    *({"id": each, "class": "bell", "behind": GATEWAY} for each in BUTTONS),
    *({"id": each, "class": "camera", "feeder": FEEDER} for each in EYES),
    {"id": PROBE, "class": "probe"},
    {"id": "CAM-4", "class": "camera", "behind": PROBE},
)
MOST_PASSED = 40  # a minute of a quiet story
# When everything has gone wrong that does, all is given time to come right.
CALM_S = 90.0
PLACES = ("now", "before_commit", "after_commit", "before_puback", "before_settling")
# No button is pressed twice within one millisecond, which is what its gateway tells presses by.
APART_S = 0.003
# What takes up an hour of a story.
PER_HOUR = 120


def random_story(seed: int, hours: float) -> Values:
    chance = Random(f"story {seed}")
    lasts_s = max(60.0, hours * 3600)
    steps: list[Values] = []
    for _ in range(max(4, round(hours * PER_HOUR))):
        at_s = round(chance.uniform(0, lasts_s), 1)
        steps += chance.choices(_DEEDS, _WEIGHTS)[0](chance, at_s)
    steps.sort(key=lambda step: float(step["at"]))
    for number, step in enumerate(steps):
        step["at"] = float(step["at"]) + number * APART_S
    return {
        "scenario": {
            "id": f"seed-{seed}",
            "title_vi": f"Ngẫu nhiên {seed}",
            "seed": seed,
            "lasts": iso_8601(CALM_S),
        },
        "device": [dict(each) for each in CAST],
        "step": [{**step, "at": iso_8601(step["at"])} for step in steps],
    }


def _press(chance: Random, at_s: float) -> list[Values]:
    return [
        {
            "at": at_s,
            "do": "press",
            "device": chance.choice((*BELLS, *BUTTONS)),
            "repeat": chance.randint(1, 3),
            "duplicate_publish": chance.choice((0, 0, 1, 2)),
        }
    ]


def _acknowledge(chance: Random, at_s: float) -> list[Values]:
    """Now and then with what was on a screen that is no longer so."""
    return [{"at": at_s, "do": "ack", "may_be_refused": True, **chance.choice(({}, {}, {"version": 1}))}]


def _handle(chance: Random, at_s: float) -> list[Values]:
    acts = ("ack", "dispatch", "on_scene", "resolve")
    chosen = acts[: chance.randint(2, 4)]
    return [{"at": at_s + 4 * number, "do": act, "may_be_refused": True} for number, act in enumerate(chosen)]


def _shelve(chance: Random, at_s: float) -> list[Values]:
    away_s = round(chance.uniform(20, 60))
    return [
        {"at": at_s, "do": "tamper", "device": chance.choice(BELLS)},
        {"at": at_s + 2, "do": "shelve", "lasts": iso_8601(away_s), "may_be_refused": True},
    ]


def _die(chance: Random, at_s: float) -> list[Values]:
    """At the commit of a press more often than anywhere; else at any of the next commits, by its number."""
    place = chance.choice(PLACES)
    death = {
        "at": at_s,
        "do": "kill_monitor",
        "when": place,
        "down_for": iso_8601(chance.choice((1, 3, 20))),
    }
    if place != "now" and (passes := chance.choice((0, 0, chance.randint(1, MOST_PASSED)))):
        death["passes"] = passes
    return [death, *_press(chance, at_s + chance.choice((0, 0, 1)))]


def _broker(chance: Random, at_s: float) -> list[Values]:
    down_s = chance.choice((1, 8, 25))
    return [{"at": at_s, "do": "broker_restart", "down_for": iso_8601(down_s)}, *_press(chance, at_s + 0.5)]


def _away(chance: Random, at_s: float) -> list[Values]:
    device, how = chance.choice((*EYES, *BELLS)), chance.choice(("silence", "will"))
    back_s = at_s + chance.choice((5, 60, 200))
    return [
        {"at": at_s, "do": "offline", "devices": [device], "how": how},
        {"at": back_s, "do": "online", "devices": [device]},
    ]


def _power(chance: Random, at_s: float) -> list[Values]:
    share = chance.choice((0.0, 0.5, 1.0))
    return [
        {"at": at_s, "do": "power_cut", "feeder": FEEDER, "last_will_share": share},
        {"at": at_s + chance.choice((20, 240)), "do": "power_restore", "feeder": FEEDER, "within": "PT10S"},
    ]


def _gateway(chance: Random, at_s: float) -> list[Values]:
    gateway = chance.choice((GATEWAY, PROBE))
    return [
        {"at": at_s, "do": "gateway_death", "gateway": gateway, "how": chance.choice(("silence", "will"))},
        {"at": at_s + chance.choice((5, 150)), "do": "gateway_return", "gateway": gateway},
    ]


def _network(chance: Random, at_s: float) -> list[Values]:
    lost = {"at": at_s, "do": "network_loss", "lasts": iso_8601(chance.choice((3, 40))), "devices": list(BELLS)}
    return [lost, *_press(chance, at_s + 1)]


def _noise(chance: Random, at_s: float) -> list[Values]:
    bell = chance.choice(BELLS)
    return [
        chance.choice(
            (
                {"at": at_s, "do": "garbage", "device": bell, "channel": "heartbeat"},
                {"at": at_s, "do": "replay", "device": bell, "times": 2},
                {"at": at_s, "do": "duplicate", "devices": [bell], "lasts": "PT20S"},
                {"at": at_s, "do": "reorder", "devices": [bell], "lasts": "PT5S"},
                {"at": at_s, "do": "flood", "device": bell, "messages": 100, "over": "PT5S"},
                {"at": at_s, "do": "disk_full", "lasts": iso_8601(chance.choice((1, 10)))},
                {"at": at_s, "do": "channel_fails", "channel": "zalo", "lasts": "PT40S", "how": "refuses"},
                {"at": at_s, "do": "channel_fails", "channel": "zalo", "lasts": "PT10S", "how": "silent"},
            )
        )
    ]


_CHOICES: tuple[tuple[Callable[[Random, float], list[Values]], int], ...] = (
    (_press, 6),
    (_acknowledge, 4),
    (_handle, 2),
    (_shelve, 1),
    (_die, 5),
    (_broker, 2),
    (_away, 2),
    (_power, 1),
    (_gateway, 1),
    (_network, 1),
    (_noise, 4),
)
_DEEDS, _WEIGHTS = zip(*_CHOICES, strict=True)
