"""`chuong user`: accounts of the desk and tokens of the API. Every change goes into the audit journal."""

from __future__ import annotations

import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from monitor.clock import SystemClock
from monitor.console import ConfigFile, opened_store, standard_input, told_plainly
from monitor.errors import Refusal
from monitor.inventory.audit import Edit, audit
from monitor.journal import accounts
from monitor.settings import load_settings

user_app = typer.Typer(help="Accounts of the desk and tokens of the API.", no_args_is_help=True)
UserName = Annotated[str, typer.Argument(callback=accounts.composed)]
Scope = Annotated[str | None, typer.Option(help="Area the account is bound to; none: everywhere.")]


@user_app.command("add")
def user_add(
    name: UserName,
    role: Annotated[accounts.Role, typer.Option(help="What the account may do.")],
    scope: Scope = None,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    config: ConfigFile = None,
) -> None:
    """Add an account. Without --password-stdin it asks, or makes a password and prints it once."""
    with told_plainly():
        password, is_made = _new_password(password_stdin)
        with _changing(config) as tx:
            accounts.add_user(tx, accounts.User(name, role, scope), password, SystemClock().now())
            _note(tx, name, "added", role=role, scope=scope)
        typer.echo(f"added {name} ({role}{_within(scope)})" + (f", password: {password}" if is_made else ""))


@user_app.command("change")
def user_change(
    name: UserName,
    role: Annotated[accounts.Role | None, typer.Option(help="The new role; none: as it is.")] = None,
    scope: Annotated[str | None, typer.Option(help="The area it is bound to from now on; none: as it is.")] = None,
    everywhere: Annotated[bool, typer.Option("--everywhere", help="Bind it to no area any more.")] = False,
    config: ConfigFile = None,
) -> None:
    """Give an account another role, or another area. It holds from its next request on."""
    with told_plainly(), _changing(config) as tx:
        if scope and everywhere:
            raise Refusal("--scope and --everywhere contradict each other")
        before = accounts.user_named(tx, name)
        after = accounts.User(name, role or before.role, None if everywhere else scope or before.scope)
        accounts.change_user(tx, after, SystemClock().now())
        _note(tx, name, "changed", role=after.role, scope=after.scope, role_was=before.role, scope_was=before.scope)
        typer.echo(f"changed {name} ({after.role}{_within(after.scope)})")


@user_app.command("token")
def user_token(name: UserName, config: ConfigFile = None) -> None:
    """Print a new bearer token of an account. Only its hash is kept: it cannot be shown again."""
    with told_plainly():
        with _changing(config) as tx:
            token = accounts.issue_token(tx, name, SystemClock().now())
            _note(tx, name, "token_issued")
        typer.echo(token)


@user_app.command("list")
def user_list(config: ConfigFile = None) -> None:
    """Who may sign in, as what, and where. Closed accounts are left out."""
    with told_plainly(), opened_store(load_settings(config)) as store, store.read() as connection:
        for user in accounts.users(connection):
            typer.echo("\t".join((user.name, user.role, *([user.scope] if user.scope else []))))


@user_app.command("password")
def user_password(
    name: UserName,
    password_stdin: Annotated[bool, typer.Option(help="Read the password from standard input.")] = False,
    config: ConfigFile = None,
) -> None:
    """Set a new password; every browser of the account must sign in again. Tokens stay."""
    with told_plainly():
        password, is_made = _new_password(password_stdin)
        with _changing(config) as tx:
            accounts.set_password(tx, name, password)
            _note(tx, name, "password_set")
        typer.echo(f"changed {name}" + (f", password: {password}" if is_made else ""))


@user_app.command("close")
def user_close(name: UserName, config: ConfigFile = None) -> None:
    """Close an account for good, with its sessions and tokens. Its name stays taken: the journal speaks of it."""
    with told_plainly(), _changing(config) as tx:
        accounts.deactivate(tx, name)
        _note(tx, name, "closed")
        typer.echo(f"closed {name}")


@user_app.command("revoke")
def user_revoke(name: UserName, config: ConfigFile = None) -> None:
    """End all that opens an account now, sessions and tokens. Its password still holds."""
    with told_plainly(), _changing(config) as tx:
        tokens, sessions = accounts.revoke_tokens(tx, name), accounts.end_sessions(tx, name)
        _note(tx, name, "revoked", tokens=tokens, sessions=sessions)
        typer.echo(f"{name}: ended {sessions} sessions, revoked {tokens} tokens")


@contextmanager
def _changing(config: ConfigFile) -> Iterator[Connection]:
    with opened_store(load_settings(config)) as store, store.transaction() as tx:
        yield tx


def _note(tx: Connection, name: str, change: str, **detail: Any) -> None:
    audit(tx, Edit(_who(), SystemClock().now(), "chuong user"), ("user_account", name), change, detail)


def _who() -> str:
    try:
        return f"{getpass.getuser()} at the console"[:64]
    except (KeyError, OSError):  # a container without names
        return f"{os.getuid()} at the console"


def _within(scope: str | None) -> str:
    return f", only {scope}" if scope else ""


def _new_password(from_stdin: bool) -> tuple[str, bool]:
    if from_stdin:
        return standard_input().readline().rstrip("\r\n"), False
    if sys.stdin is not None and sys.stdin.isatty():
        return typer.prompt("Password", hide_input=True, confirmation_prompt=True), False
    return secrets.token_urlsafe(12), True
