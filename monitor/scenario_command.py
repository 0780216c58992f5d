"""``chuong scenario``: stories, played and explored."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.clock import SystemClock
from monitor.console import told_plainly
from monitor.scenario.outcome import Outcome, junit
from monitor.scenario.progress import Progress
from monitor.scenario.running import PLAYERS, Say, found, run
from simulator.scenario.durations import iso_8601
from simulator.scenario.reading import MalformedScenario, read_scenario

if TYPE_CHECKING:
    from monitor.scenario.explore.explorer import Failure

scenario_app = typer.Typer(help="Play stories of devices, faults and people, and look what came of them.")
BROKEN, MALFORMED = 1, 2
PROGRESS_EVERY = 10


@scenario_app.command("run")
def run_scenarios(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files or folders; without any, the whole library.")
    ] = None,
    player: Annotated[str, typer.Option(help=f"Who plays: {' or '.join(PLAYERS)}.")] = "virtual",
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Write the outcome there, as JUnit.")] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep the remains of what failed in this folder.")] = None,
    verbose: Annotated[bool, typer.Option("--verbose", help="Tell every step.")] = False,
) -> None:
    """Play scenarios. Exit code 0: all as expected, 1: something was not, 2: a file is malformed."""
    with told_plainly():
        if player not in PLAYERS:
            raise typer.BadParameter(f"no player is called {player}; there is {', '.join(PLAYERS)}")
        outcomes = [*_played(found(paths or []), player, keep, typer.echo if verbose else _nothing)]
        if junit_file is not None:
            junit_file.write_text(junit(outcomes), encoding="utf-8")
        if any(outcome.is_malformed for outcome in outcomes):
            raise typer.Exit(MALFORMED)
        if not all(outcome.is_met for outcome in outcomes):
            raise typer.Exit(BROKEN)


def _played(files: Sequence[Path], player: str, keep: Path | None, say: Say) -> Iterator[Outcome]:
    """Each told when it is over, and how far it is while it goes."""
    progress = Progress(sys.stderr, SystemClock())
    for number, path in enumerate(files, 1):
        place = f"[{number}/{len(files)}]"

        def watch(story_s: float, of_s: float, words: str = f"{place} {path.stem}") -> None:
            progress.tell(story_s / of_s, f"{words}: {iso_8601(max(0, round(story_s)))} of {iso_8601(round(of_s))}")

        outcome = run(path, player, keep, say, watch)
        progress.clear()
        _tell(outcome, place)
        yield outcome


@scenario_app.command("explore")
def explore_scenarios(
    seeds: Annotated[int, typer.Option(min=1, help="How many stories by chance.")] = 100,
    hours: Annotated[float, typer.Option(min=0.001, max=24, help="How long each of them is.")] = 0.05,
    first: Annotated[int, typer.Option(min=0, help="The first seed.")] = 1,
    keep: Annotated[Path, typer.Option(help="Where to put the least story that breaks a promise.")] = Path(),
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Processes at once; what comes out is the same.")] = 1,
) -> None:
    """Play stories by chance, with deaths at any commit, and watch every promise. Exit code 1: one was broken."""
    from monitor.scenario.explore.explorer import PROMISES
    from monitor.scenario.explore.many import explored

    progress, steps, deaths, broken = Progress(sys.stderr, SystemClock()), 0, 0, 0
    with told_plainly():
        for number, each in enumerate(explored(range(first, first + seeds), hours, jobs), 1):
            steps, deaths = steps + each.steps, deaths + each.deaths
            if each.failure is not None:
                broken += 1
                progress.clear()
                _tell_failure(each.failure, keep, hours)
            words = f"{number} of {seeds} seeds, {broken} broken"
            if progress.is_bar:
                progress.tell(number / seeds, words)
            elif number % PROGRESS_EVERY == 0:
                typer.echo(words, err=True)
        progress.clear()
        typer.echo(
            f"{seeds} seeds of {hours} h: {seeds - broken} clean, {broken} broken; "
            f"{steps} steps, {deaths} deaths of the monitor, {len(PROMISES)} promises watched"
        )
        if broken:
            raise typer.Exit(BROKEN)


@scenario_app.command("watch")
def watch_scenario(story: Annotated[Path, typer.Argument(help="One file.")]) -> None:
    """Play one story and watch every promise, as explore does. Exit code 1: one was broken, 2: it is malformed."""
    from monitor.scenario.explore.explorer import PROMISES, quiet_explorer

    with told_plainly(), quiet_explorer() as explorer:
        try:
            broken = explorer.watch(read_scenario(story))
        except MalformedScenario as wrong:
            typer.echo(str(wrong), err=True)
            raise typer.Exit(MALFORMED) from None
        if broken is not None:
            promise, how = broken
            typer.echo(f"{story}: {promise}: {how}")
            raise typer.Exit(BROKEN)
        typer.echo(f"{story}: clean, {len(PROMISES)} promises watched")


def _tell_failure(failure: Failure, keep: Path, hours: float) -> None:
    file = keep / f"seed-{failure.seed}.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(failure.toml(), encoding="utf-8")
    typer.echo(f"seed {failure.seed}: {failure.promise}: {failure.how}")
    again = f"chuong scenario explore --seeds 1 --first {failure.seed} --hours {hours}"
    typer.echo(f"play it again: {again}")
    typer.echo(f"the least of it: chuong scenario watch {shlex.quote(str(file))}")


def _nothing(_line: str) -> None:
    pass


def _tell(outcome: Outcome, place: str) -> None:
    if outcome.is_malformed:
        typer.echo(f"{place} {outcome.path}: MALFORMED")
        typer.echo(outcome.error, err=True)
        return
    verdict = "ok" if outcome.is_met else "FAILED"
    journal = f", journal {outcome.journal_hash}" if outcome.journal_hash else ""
    typer.echo(f"{place} {outcome.name}: {verdict}, {outcome.took_s:.1f} s{journal}")
    if outcome.error:
        typer.echo(f"  {outcome.error}")
    if not outcome.is_met:
        typer.echo(outcome.table())
        typer.echo(f"play it again: {outcome.replay}")
        if outcome.kept is not None:
            typer.echo(f"what is left of it: {outcome.kept}")
