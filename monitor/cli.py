"""``chuong``: the commands people type."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from monitor.app import serve as serve_monitor
from monitor.clock import SystemClock
from monitor.console import ConfigFile, opened_store, standard_input, told_plainly
from monitor.decode import decode_lines
from monitor.demo.trial import DemoOptions, run_demo
from monitor.doctor import examine
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.journal import accounts
from monitor.settings import alarm_classes_file, load_settings, settings_file

app = typer.Typer(
    name="chuong",
    help="Tiếng Chuông: camera inventory and alarm-bell monitor.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
user_app = typer.Typer(help="Accounts of the desk and tokens of the API.", no_args_is_help=True)
app.add_typer(user_app, name="user")

UserName = Annotated[str, typer.Argument(callback=accounts.composed)]


@app.command()
def serve(config: ConfigFile = None) -> None:
    """Run the monitor: take messages in, show the desk, answer the API."""
    with told_plainly():
        serve_monitor(load_settings(config), alarm_classes_file(config))


@app.command()
def demo(
    http_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the desk answers.")] = 8113,
    mqtt_port: Annotated[int, typer.Option(min=1, max=65535, help="Where the demo's own broker listens.")] = 18113,
    keep: Annotated[Path | None, typer.Option(help="Keep database, logs and broker files in this folder.")] = None,
    browser: Annotated[bool, typer.Option(help="Open the desk when a browser is there.")] = True,
    quiet_s: Annotated[float, typer.Option(help="Quiet seconds before the first hold-up.")] = 60,
) -> None:
    """Show it all on this machine: broker, monitor and a simulated commune. Ctrl-C ends everything."""
    with told_plainly():
        options = DemoOptions(
            http_port=http_port, mqtt_port=mqtt_port, keep=keep, open_browser=browser, quiet_s=quiet_s
        )
        raise typer.Exit(run_demo(options))


@app.command("check-config")
def check_config(config: ConfigFile = None) -> None:
    """Say whether the settings are right, and if not, where."""
    with told_plainly():
        load_settings(config)
        read_alarm_classes(alarm_classes_file(config))
        typer.echo(f"{settings_file(config)}: in order")


@app.command()
def decode(adapter: Annotated[str, typer.Option(help="Adapter to read with, e.g. zigbee2mqtt.")]) -> None:
    """Read captured messages (JSON lines on standard input) and say what each comes to."""
    with told_plainly():
        for line in decode_lines(adapter, standard_input()):
            typer.echo(line)


@app.command()
def doctor(config: ConfigFile = None) -> None:
    """Look at settings, store and broker, and say what is wrong and what to do."""
    with told_plainly():
        findings = examine(load_settings(config), alarm_classes_file(config))
        for finding in findings:
            typer.echo(f"{'ok   ' if finding.is_well else 'WRONG'}  {finding.subject}: {finding.said}")
        if not all(finding.is_well for finding in findings):
            raise typer.Exit(1)


@user_app.command("add")
def user_add(
    name: UserName,
    role: Annotated[accounts.Role, typer.Option(help="What the account may do.")],
    scope: Annotated[str | None, typer.Option(help="Area the account is bound to.")] = None,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    config: ConfigFile = None,
) -> None:
    """Add an account. Without --password-stdin it asks, or makes a password and prints it once."""
    with told_plainly():
        password, is_made = _new_password(password_stdin)
        with opened_store(load_settings(config)) as store, store.transaction() as tx:
            accounts.add_user(tx, accounts.User(name, role, scope), password, SystemClock().now())
        typer.echo(f"added {name} ({role})" + (f", password: {password}" if is_made else ""))


@user_app.command("token")
def user_token(name: UserName, config: ConfigFile = None) -> None:
    """Print a new bearer token of an account. Only its hash is kept: it cannot be shown again."""
    with told_plainly(), opened_store(load_settings(config)) as store, store.transaction() as tx:
        typer.echo(accounts.issue_token(tx, name, SystemClock().now()))


@user_app.command("list")
def user_list(config: ConfigFile = None) -> None:
    """Who may sign in, and as what. Closed accounts are left out."""
    with told_plainly(), opened_store(load_settings(config)) as store, store.read() as connection:
        for user in accounts.users(connection):
            typer.echo(f"{user.name}\t{user.role}")


@user_app.command("password")
def user_password(
    name: UserName,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    config: ConfigFile = None,
) -> None:
    """Set a new password; every browser of the account must sign in again. Tokens stay."""
    with told_plainly():
        password, is_made = _new_password(password_stdin)
        with opened_store(load_settings(config)) as store, store.transaction() as tx:
            accounts.set_password(tx, name, password)
        typer.echo(f"changed {name}" + (f", password: {password}" if is_made else ""))


@user_app.command("close")
def user_close(name: UserName, config: ConfigFile = None) -> None:
    """Close an account for good, with its sessions and tokens. Its name stays taken: the journal speaks of it."""
    with told_plainly(), opened_store(load_settings(config)) as store, store.transaction() as tx:
        accounts.deactivate(tx, name)
        typer.echo(f"closed {name}")


@user_app.command("revoke")
def user_revoke(name: UserName, config: ConfigFile = None) -> None:
    """End all that opens an account now, sessions and tokens. Its password still holds."""
    with told_plainly(), opened_store(load_settings(config)) as store, store.transaction() as tx:
        tokens, sessions = accounts.revoke_tokens(tx, name), accounts.end_sessions(tx, name)
        typer.echo(f"{name}: ended {sessions} sessions, revoked {tokens} tokens")


def _new_password(from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return standard_input().readline().rstrip("\r\n"), False
    if sys.stdin is not None and sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True), False
    return secrets.token_urlsafe(12), True


if __name__ == "__main__":
    app()
