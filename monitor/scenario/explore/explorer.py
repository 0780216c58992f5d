"""One seed after the other: a story by chance, played with every promise watched; what breaks one is made small."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from monitor.scenario.accidents import MonitorDied
from monitor.scenario.explore import invariants
from monitor.scenario.explore.invariants import Broken
from monitor.scenario.explore.shrinking import shrunk
from monitor.scenario.running import memory_folder
from monitor.scenario.virtual_monitor import VirtualMonitor
from monitor.scenario.virtual_player import VirtualPlayer
from simulator.scenario.grammar import Values, random_story
from simulator.scenario.shapes import Scenario
from simulator.scenario.toml_text import toml_text

LEFT = "at the end nothing waits that was pressed"
UNPLAYED = "every story comes to its end"
PROMISES = (*invariants.ALL, LEFT, UNPLAYED)
Plant = Callable[[VirtualMonitor], None]


@contextmanager
def quiet_explorer() -> Iterator[Explorer]:
    """What a monitor logs while it dies again and again is nothing to read."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield Explorer(memory_folder())
    finally:
        structlog.configure(**before)


class PromiseBroken(BaseException):
    """Ends the story where it happened."""


@dataclass(frozen=True, slots=True)
class Failure:
    """``story``: the least that still breaks it."""

    seed: int
    promise: str
    how: str
    story: Values

    def toml(self) -> str:
        remark = f"Seed {self.seed} broke: {self.promise}\n{self.how}"
        return toml_text(self.story, remark=remark)


@dataclass(frozen=True, slots=True)
class Explored:
    """What one seed came to. ``deaths``: of the monitor, in the whole story."""

    seed: int
    steps: int
    deaths: int
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Played:
    broken: Broken | None
    deaths: int


@dataclass(frozen=True, slots=True)
class Explorer:
    """``plant``: does something to each monitor before it starts, for tests of the explorer itself."""

    folder: Path | None = None
    plant: Plant = lambda _monitor: None

    def explore(self, seed: int, hours: float) -> Explored:
        story = random_story(seed, hours)
        played = self._play(story)
        steps = len(story["step"])
        if played.broken is None:
            return Explored(seed, steps, played.deaths)
        promise, _ = played.broken
        least = shrunk(story, lambda smaller: (self.play(smaller) or ("", ""))[0] == promise)
        how = (self.play(least) or played.broken)[1]
        return Explored(seed, steps, played.deaths, Failure(seed, promise, how, least))

    def play(self, story: Values) -> Broken | None:
        """The first promise that is broken, and how."""
        return self._play(story).broken

    def watch(self, scenario: Scenario) -> Broken | None:
        """As it is written, from a file."""
        return self._watched(scenario).broken

    def _play(self, story: Values) -> Played:
        return self._watched(Scenario.model_validate(story))

    def _watched(self, scenario: Scenario) -> Played:
        with tempfile.TemporaryDirectory(prefix="chuong-explore-", dir=self.folder) as folder:
            player = VirtualPlayer(scenario, Path(folder))
            return Played(self._played(player), player.deaths)

    def _played(self, player: VirtualPlayer) -> Broken | None:
        player.is_hashed = False
        found: list[Broken] = []
        watched = invariants.Invariants(player)
        player.on_start = self.plant

        def look(_player: Any) -> None:
            if player.monitor is None:
                return
            with player.monitor.store.read() as connection:
                broken = watched.look(connection)
            if broken is not None:
                found.append(broken)
                raise PromiseBroken

        player.after_turn = look
        try:
            verdicts = player.play()
        except PromiseBroken:
            player.close()
            return found[0]
        except (Exception, MonitorDied) as error:  # noqa: BLE001 — one story must not end the other ten thousand
            player.close()
            return UNPLAYED, f"{type(error).__name__}: {error}"
        lost = next(each for each in verdicts if each.what == "lost_alarms")
        if not lost.is_met or player.devices.unacknowledged:
            return LEFT, f"{lost.seen} presses are not stored, {player.devices.unacknowledged} still with their bells"
        return None
