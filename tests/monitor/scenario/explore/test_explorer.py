"""The explorer finds a planted bug of each promise, makes it small, and finds nothing where there is none."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.scenario.explore import invariants
from monitor.scenario.explore.explorer import Explorer, quiet_explorer
from monitor.scenario.explore.shrinking import shrunk
from monitor.scenario.virtual_monitor import VirtualMonitor
from monitor.scenario.virtual_player import VirtualPlayer
from simulator.scenario.grammar import CAST, random_story
from simulator.scenario.reading import parse, read_scenario
from simulator.scenario.shapes import Scenario
from simulator.scenario.toml_text import toml_text
from tests.monitor.scenario.explore.planted import PLANTS, a_deaf_ear_for_gateways


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


# The first of the seeds from 1 on that finds the bug, with stories of a minute. From there the test looks on a while.
FOUND_AT = {
    invariants.LOST: 64,
    invariants.DOUBLED: 1,
    invariants.UNSEEN: 25,
    invariants.OFFLINE: 1,
    invariants.SETTLED: 15,
    invariants.CHAIN: 1,
    invariants.STALE: 14,
}
HOURS, MOST_SEEDS = 0.01, 100


@pytest.mark.parametrize("promise", invariants.ALL)
def test_it_finds_a_bug_by_chance_and_makes_it_small(promise: str) -> None:
    seeds = range(FOUND_AT[promise], FOUND_AT[promise] + MOST_SEEDS)
    with quiet_explorer() as explorer:
        planted = Explorer(explorer.folder, PLANTS[promise])
        found = next(each for seed in seeds if (each := planted.explore(seed, HOURS)).failure)
        assert found.failure is not None
        assert found.failure.promise == promise
        least = parse(found.failure.toml(), "least.toml")
        assert len(least.step) <= min(3, found.steps)
        assert (planted.play(found.failure.story) or [""])[0] == promise
        assert explorer.play(found.failure.story) is None


@pytest.mark.parametrize("promise", invariants.ALL)
def test_it_finds_a_planted_bug_of_each_promise(promise: str) -> None:
    with quiet_explorer() as explorer:
        broken = Explorer(explorer.folder, PLANTS[promise]).play(STORIES[promise])
        assert broken is not None
        assert broken[0] == promise
        assert explorer.play(STORIES[promise]) is None


def test_it_hears_a_gateway_by_what_its_bridge_says() -> None:
    """Of a gateway silence says something only after twenty minutes."""
    late = story({**PRESS, "at": "PT1500S"})
    with quiet_explorer() as explorer:
        broken = Explorer(explorer.folder, a_deaf_ear_for_gateways).play(late)
    assert broken is not None
    assert broken[0] == invariants.OFFLINE
    assert broken[1].startswith("GW-1")


def test_it_leaves_out_all_that_does_not_matter() -> None:
    values = {"device": [{"id": "a"}, {"id": "b"}], "step": [{"do": str(n), "device": "a"} for n in range(20)]}
    least = shrunk(values, lambda smaller: {"3", "17"} <= {step["do"] for step in smaller["step"]})
    assert [step["do"] for step in least["step"]] == ["3", "17"]
    assert least["device"] == [{"id": "a"}]


def test_it_tells_the_same_story_from_the_same_seed() -> None:
    assert random_story(7, 0.1) == random_story(7, 0.1) != random_story(8, 0.1)
    for seed in range(50):
        parse(toml_text(random_story(seed, 0.2)), "story.toml")


def explored(*words: str) -> Result:
    return CliRunner().invoke(app, ["scenario", "explore", "--seeds", "10", "--hours", "0.01", *words])


def test_it_goes_through_seeds_without_a_fault() -> None:
    done = explored()
    assert done.exit_code == 0, done.output
    assert "10 seeds of 0.01 h: 10 clean, 0 broken; " in done.stdout
    assert done.stdout.endswith(" deaths of the monitor, 9 promises watched\n")
    assert done.stderr == "10 of 10 seeds, 0 broken\n"


def test_it_watches_one_story_from_its_file(tmp_path: Path) -> None:
    """As of the line that is printed with the least story of a seed."""
    file = tmp_path / "seed-1.toml"
    file.write_text(toml_text(STORIES[invariants.DOUBLED]), encoding="utf-8")
    words = ["scenario", "watch", str(file)]
    done = CliRunner().invoke(app, words)
    assert (done.exit_code, done.stdout) == (0, f"{file}: clean, 9 promises watched\n")
    with quiet_explorer() as explorer:
        broken = Explorer(explorer.folder, PLANTS[invariants.DOUBLED]).watch(read_scenario(file))
    assert broken is not None
    assert broken[0] == invariants.DOUBLED
    file.write_text("[scenario]", encoding="utf-8")
    assert CliRunner().invoke(app, words).exit_code == 2


def test_it_finds_the_same_with_several_processes() -> None:
    assert explored("--jobs", "2").stdout == explored().stdout


def test_it_takes_no_press_for_acknowledged_that_one_session_still_owes() -> None:
    """The other session lets go at once what is not its own."""
    died = {"at": "PT5S", "do": "kill_monitor", "when": "before_commit", "down_for": "PT20S"}
    gone = {"at": "PT20S", "do": "broker_restart", "down_for": "PT12S"}
    with quiet_explorer() as explorer:
        assert explorer.play(story(died, PRESS, gone)) is None


def test_it_hears_no_device_whose_will_came_behind_its_last_word() -> None:
    gone = {"at": "PT4S", "do": "offline", "devices": ["CAM-1"], "how": "will"}
    back = {"at": "PT9.003S", "do": "online", "devices": ["CAM-1"]}
    told = story(gone, back)
    told["scenario"] |= {"seed": 1103}
    with quiet_explorer() as explorer:
        assert explorer.play(told) is None


def test_it_shows_nothing_for_live_that_it_has_not_heard_itself() -> None:
    """Started while the broker is gone, with devices that the store has as ONLINE."""
    gone = {"at": "PT5S", "do": "broker_restart", "down_for": "PT25S"}
    died = {"at": "PT6S", "do": "kill_monitor", "down_for": "PT2S"}
    with quiet_explorer() as explorer:
        assert explorer.play(story(gone, died)) is None


def test_it_starts_again_until_there_is_room_on_the_disk() -> None:
    died = {"at": "PT4S", "do": "kill_monitor", "down_for": "PT2S"}
    full = {"at": "PT5S", "do": "disk_full", "lasts": "PT10S"}
    with quiet_explorer() as explorer:
        assert explorer.play(story(died, full, {**PRESS, "at": "PT6S"})) is None


def test_it_kills_the_monitor_at_a_commit_by_its_number() -> None:
    """Seven commits more, and it dies seven commits later."""
    with quiet_explorer() as explorer:
        died_s = [_died_s(explorer, passes) for passes in (0, 7)]
    assert died_s[0] < died_s[1]


def test_it_lets_no_death_come_behind_the_end() -> None:
    def late(player: VirtualPlayer) -> None:
        if player.story_s > player.scenario.lasts_s - 1:
            player.accidents.die("before_commit", 0)

    with quiet_explorer() as explorer, tempfile.TemporaryDirectory(dir=explorer.folder) as folder:
        player = VirtualPlayer(Scenario.model_validate(story(PRESS)), Path(folder))
        player.after_turn = late
        assert all(each.is_met for each in player.play())
        assert player.deaths <= 1


def test_it_goes_on_where_a_story_cannot_be_played() -> None:
    def stumbles(monitor: VirtualMonitor) -> None:
        monitor.deliver = None  # type: ignore[method-assign,assignment]

    with quiet_explorer() as explorer:
        explored = Explorer(explorer.folder, stumbles).explore(1, HOURS)
    assert explored.failure is not None
    assert (explored.failure.promise, explored.failure.story["step"]) == ("every story comes to its end", [])


def _died_s(explorer: Explorer, passes: int) -> float:
    death = {"at": "PT5S", "do": "kill_monitor", "when": "before_commit", "passes": passes}
    said: list[float] = []
    with tempfile.TemporaryDirectory(dir=explorer.folder) as folder:
        player = VirtualPlayer(
            Scenario.model_validate(story(death)),
            Path(folder),
            lambda line: said.append(player.story_s) if "dies" in line else None,
        )
        player.play()
    assert len(said) == 1
    return said[0]
