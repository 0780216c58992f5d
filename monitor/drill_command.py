"""`chuong drill`: a scenario file is played live on the desk of the monitor that runs on this store."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.clock import SystemClock
from monitor.console import ConfigFile, opened_store, told_plainly
from monitor.drill_file import script_of
from monitor.errors import Refusal
from monitor.inventory.territory import territory_of
from monitor.journal import accounts
from monitor.journal.accounts import Role
from monitor.machines.drill import LONGEST
from monitor.pipeline import drill_log
from monitor.settings import load_settings

drill_app = typer.Typer(help="Drills on the desk: marked everywhere, told to nobody outside, scored.")
MAY_START = frozenset({Role.COMMANDER, Role.ADMINISTRATOR})
MAY_END = MAY_START | {Role.DUTY_OFFICER}
By = Annotated[str, typer.Option(help="Whose drill it is: an account of the desk.")]


@drill_app.command("start")
def start(
    file: Annotated[Path, typer.Argument(help="A scenario file whose bells are registered here.")],
    by: By,
    minutes: Annotated[int, typer.Option(min=1, max=int(LONGEST.total_seconds() // 60), help="When it ends.")] = 30,
    config: ConfigFile = None,
) -> None:
    """Begin a drill. The monitor that runs makes its first press ten seconds later."""
    with told_plainly():
        script = script_of(file.read_text(encoding="utf-8"), str(file))
        with opened_store(load_settings(config)) as store, store.transaction() as tx:
            _insist_on(accounts.user_named(tx, by), MAY_START)
            drill_id = drill_log.start(tx, script, by, minutes * 60.0, SystemClock().now())
        typer.echo(f"drill {drill_id}: {script.title}, {len(script.presses)} presses; see /drills/{drill_id}")
        if script.left_out:
            typer.echo(f"{script.left_out} steps of the file are not played: a drill only presses")


@drill_app.command("end")
def end(drill_id: Annotated[int, typer.Argument(help="Its number.")], by: By, config: ConfigFile = None) -> None:
    """End a drill before its time."""
    with told_plainly(), opened_store(load_settings(config)) as store, store.transaction() as tx:
        user = accounts.user_named(tx, by)
        if user.role not in MAY_END:
            raise Refusal(f"{by} may not: it needs one of {', '.join(sorted(MAY_END))}", "forbidden")
        drill_log.end(tx, drill_id, by, territory_of(tx, user.scope), SystemClock().now())


def _insist_on(user: accounts.User, roles: frozenset[Role]) -> None:
    if user.role not in roles or user.scope is not None:
        raise Refusal(f"{user.name} may not: it needs one of {', '.join(sorted(roles))}, bound to no area", "forbidden")
