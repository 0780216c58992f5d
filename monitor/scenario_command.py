"""``chuong scenario``: stories, played and explored."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.console import told_plainly
from monitor.scenario.outcome import Outcome, junit
from monitor.scenario.running import PLAYERS, found, run
from simulator.scenario.reading import MalformedScenario

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
        files = found(paths or [])
        say = typer.echo if verbose else _nothing
        outcomes = []
        for number, path in enumerate(files, 1):
            try:
                outcome = run(path, player, keep, say)
            except MalformedScenario as error:
                typer.echo(str(error), err=True)
                raise typer.Exit(MALFORMED) from None
            outcomes.append(outcome)
            _tell(outcome, f"[{number}/{len(files)}]")
        if junit_file is not None:
            junit_file.write_text(junit(outcomes), encoding="utf-8")
        if not all(outcome.is_met for outcome in outcomes):
            raise typer.Exit(BROKEN)


@scenario_app.command("explore")
def explore_scenarios(
    seeds: Annotated[int, typer.Option(min=1, help="How many stories by chance.")] = 100,
    hours: Annotated[float, typer.Option(min=0.001, max=24, help="How long each of them is.")] = 0.05,
    first: Annotated[int, typer.Option(min=0, help="The first seed.")] = 1,
    keep: Annotated[Path, typer.Option(help="Where to put the least story that breaks a promise.")] = Path(),
) -> None:
    """Play stories by chance, with deaths at every commit, and watch every promise. Exit code 1: one was broken."""
    from monitor.scenario.explore.explorer import quiet_explorer

    with told_plainly(), quiet_explorer() as explorer:
        broken = 0
        for seed in range(first, first + seeds):
            failure = explorer.explore(seed, hours)
            if failure is not None:
                broken += 1
                file = keep / f"seed-{seed}.toml"
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(failure.toml(), encoding="utf-8")
                typer.echo(f"seed {seed}: {failure.promise}: {failure.how}")
                typer.echo(
                    f"play it again: chuong scenario explore --seeds 1 --first {seed} --hours {hours}; least: {file}"
                )
            elif (seed - first + 1) % PROGRESS_EVERY == 0:
                typer.echo(f"{seed - first + 1} of {seeds} seeds, {broken} broken")
        typer.echo(f"{seeds} seeds of {hours} h: {seeds - broken} clean, {broken} broken")
        if broken:
            raise typer.Exit(BROKEN)


def _nothing(_line: str) -> None:
    pass


def _tell(outcome: Outcome, place: str) -> None:
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
