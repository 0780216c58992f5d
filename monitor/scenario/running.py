"""One file, played by one player, in a folder of its own, which is kept where something was not as expected."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import resources
from itertools import chain, count
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import structlog
from sqlalchemy import select

from monitor.clock import SystemClock
from monitor.errors import ChuongError
from monitor.inventory.edits import core
from monitor.journal.database import Store
from monitor.journal.tables import TransitionRow
from monitor.scenario.addressees import unknown_addressees
from monitor.scenario.checking import Verdict
from monitor.scenario.outcome import Outcome
from monitor.scenario.told import post_plan
from simulator.scenario.casting import Problem
from simulator.scenario.reading import MalformedScenario, read_scenario
from simulator.scenario.shapes import Scenario
from simulator.scenario.steps import KillMonitor

LIBRARY = Path(str(resources.files("simulator") / "scenarios"))
# A real monitor looks four times a second: faster than this, and it takes itself for late.
WIRE_SPEED = 8.0
STORE, LOG, JOURNAL, AGAIN = "chuong.sqlite3", "log.txt", "journal.tsv", "replay.txt"
# A disk in memory, where there is one: what is played is not the disk.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108
Say = Callable[[str], None]
Watch = Callable[[float, float], None]


def _nobody_watches(_story_s: float, _of_s: float) -> None:
    pass


class Player(Protocol):
    journal_hash: str
    on_move: Callable[[float], None]

    def play(self) -> list[Verdict]: ...


def virtual(scenario: Scenario, folder: Path, say: Say) -> Player:
    from monitor.scenario.virtual_player import VirtualPlayer

    return VirtualPlayer(scenario, folder, say)


def wire(scenario: Scenario, folder: Path, say: Say) -> Player:
    from monitor.scenario.wire_player import WirePlayer

    return WirePlayer(scenario, folder, say, WIRE_SPEED)


PLAYERS: MappingProxyType[str, Callable[[Scenario, Path, Say], Player]] = MappingProxyType(
    {"virtual": virtual, "wire": wire}
)


def found(paths: list[Path]) -> list[Path]:
    """Folders stand for the stories in them; without any, the library's. Raises ``ChuongError``."""
    files = [file for path in paths or [LIBRARY] for file in (sorted(path.glob("*.toml")) if path.is_dir() else [path])]
    if missing := [str(file) for file in files if not file.is_file()]:
        raise ChuongError(f"there is no such scenario: {', '.join(missing)}")
    return files


def run(path: Path, player: str, keep: Path | None, say: Say, watch: Watch = _nobody_watches) -> Outcome:
    """``watch``: told how far it is, in seconds of the story and of how many."""
    try:
        scenario = read_scenario(path, partial(_of_another_post, player))
    except MalformedScenario as wrong:
        return Outcome(path, path.stem, player, error=str(wrong), is_malformed=True)
    clock = SystemClock()
    began_s = clock.monotonic_s()
    with _folder() as folder, _logs_into(folder / LOG):
        verdicts: list[Verdict] = []
        error = journal_hash = ""
        try:
            playing = PLAYERS[player](scenario, folder, say)
            playing.on_move = lambda story_s: watch(story_s, scenario.lasts_s)
            verdicts = playing.play()
            journal_hash = playing.journal_hash
        except Exception as failure:  # noqa: BLE001 — the other stories are to be played too
            error = f"{type(failure).__name__}: {failure}"
            structlog.get_logger().exception("scenario_failed")
        outcome = Outcome(
            path,
            scenario.scenario.id,
            player,
            tuple(verdicts),
            journal_hash,
            clock.monotonic_s() - began_s,
            _place(keep, scenario.scenario.id) if keep else None,
            error,
        )
        if outcome.kept and not outcome.is_met:
            _keep(folder, outcome)
        return outcome


def _of_another_post(player: str, scenario: Scenario) -> Iterator[Problem]:
    yield from unknown_addressees(scenario, post_plan())
    for number, step in enumerate(scenario.step):
        if player == "wire" and isinstance(step, KillMonitor) and step.when != "now":
            yield ("step", number, "when"), "a monitor of its own process dies now, and at no commit: --player virtual"


def _place(keep: Path, name: str) -> Path:
    """Where nothing is but what an earlier run has left of the same story."""
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    return next(each for each in map(keep.joinpath, names) if not each.exists() or (each / AGAIN).is_file())


def _keep(folder: Path, outcome: Outcome) -> None:
    """Database, journal, log, the story itself, what was expected and seen, and the line that plays it again."""
    assert outcome.kept is not None  # noqa: S101 — whoever calls has looked
    outcome.kept.parent.mkdir(parents=True, exist_ok=True)
    if outcome.kept.exists():
        shutil.rmtree(outcome.kept)  # of an earlier run: see below
    shutil.copytree(folder, outcome.kept)
    shutil.copy(outcome.path, outcome.kept / outcome.path.name)
    (outcome.kept / "table.txt").write_text(outcome.table() + "\n", encoding="utf-8")
    (outcome.kept / AGAIN).write_text(outcome.replay + "\n", encoding="utf-8")
    if (outcome.kept / STORE).is_file():
        _write_journal(outcome.kept)


def _write_journal(folder: Path) -> None:
    steps = core(TransitionRow)
    store = Store(f"sqlite:///{folder / STORE}")
    with store.read() as connection:
        rows = connection.execute(select(steps).order_by(steps.c.id)).mappings()
        lines = ["\t".join(str(row[name]) for name in steps.c.keys()) for row in rows]  # noqa: SIM118 — columns
    store.close()
    text = "\n".join(["\t".join(steps.c.keys()), *lines, ""])
    (folder / JOURNAL).write_text(text, encoding="utf-8")


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="chuong-scenario-", dir=memory_folder()) as folder:
        yield Path(folder)


def memory_folder() -> Path | None:
    return _IN_MEMORY if _IN_MEMORY.is_dir() and os.access(_IN_MEMORY, os.W_OK) else None


@contextmanager
def _logs_into(file: Path) -> Iterator[None]:
    before = structlog.get_config()
    with file.open("w", encoding="utf-8") as log:
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(log), cache_logger_on_first_use=False)
        try:
            yield
        finally:
            structlog.configure(**before)
