"""The explorer finds a planted bug of each promise, makes it small, and finds nothing where there is none."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.scenario.explore import invariants
from monitor.scenario.explore.explorer import Explorer, quiet_explorer
from monitor.scenario.explore.shrinking import shrunk
from simulator.scenario.grammar import CAST, random_story
from simulator.scenario.reading import parse
from simulator.scenario.toml_text import toml_text
from tests.monitor.scenario.explore.planted import PLANTS


def story(*steps: dict[str, Any]) -> dict[str, Any]:
    head = {"id": "planted", "title_vi": "Lỗi cài sẵn", "seed": 1, "lasts": "PT20S"}
    return {"scenario": head, "device": [dict(each) for each in CAST], "step": list(steps)}


PRESS = {"at": "PT5S", "do": "press", "device": "BELL-1", "duplicate_publish": 1}
# What the explorer came down to, or little more.
STORIES = {
    invariants.LOST: story(
        {"at": "PT5S", "do": "kill_monitor", "when": "before_commit"},
        {"at": "PT5S", "do": "press", "device": "BUTTON-1"},
    ),
    invariants.DOUBLED: story(PRESS),
    invariants.UNSEEN: story({**PRESS, "repeat": 3}, {"at": "PT9S", "do": "ack", "version": 1, "may_be_refused": True}),
    invariants.OFFLINE: story({"at": "PT230S", "do": "press", "device": "BELL-1"}),
    invariants.SETTLED: story(
        {"at": "PT5S", "do": "channel_fails", "channel": "zalo", "lasts": "PT60S", "how": "refuses"},
        PRESS,
        {"at": "PT40S", "do": "ack"},
    ),
    invariants.CHAIN: story(PRESS),
    invariants.STALE: story({"at": "PT5S", "do": "broker_restart", "down_for": "PT25S"}),
}


@pytest.mark.parametrize("promise", invariants.ALL)
def test_it_finds_a_planted_bug_of_each_promise(promise: str) -> None:
    with quiet_explorer() as explorer:
        broken = Explorer(explorer.folder, PLANTS[promise]).play(STORIES[promise])
        assert broken is not None
        assert broken[0] == promise
        assert explorer.play(STORIES[promise]) is None


def test_it_makes_what_it_finds_small() -> None:
    with quiet_explorer() as explorer:
        failure = Explorer(explorer.folder, PLANTS[invariants.DOUBLED]).explore(1, 0.02)
    assert failure is not None
    assert failure.promise == invariants.DOUBLED
    least = parse(failure.toml(), "least.toml")
    assert [step.do for step in least.step] == ["press"]
    assert len(least.device) == 1


def test_it_leaves_out_all_that_does_not_matter() -> None:
    values = {"device": [{"id": "a"}, {"id": "b"}], "step": [{"do": str(n), "device": "a"} for n in range(20)]}
    least = shrunk(values, lambda smaller: {"3", "17"} <= {step["do"] for step in smaller["step"]})
    assert [step["do"] for step in least["step"]] == ["3", "17"]
    assert least["device"] == [{"id": "a"}]


def test_it_tells_the_same_story_from_the_same_seed() -> None:
    assert random_story(7, 0.1) == random_story(7, 0.1) != random_story(8, 0.1)
    for seed in range(50):
        parse(toml_text(random_story(seed, 0.2)), "story.toml")


def test_it_goes_through_seeds_without_a_fault() -> None:
    done = CliRunner().invoke(app, ["scenario", "explore", "--seeds", "2", "--hours", "0.02"])
    assert done.exit_code == 0, done.output
    assert "2 seeds of 0.02 h: 2 clean, 0 broken" in done.output
