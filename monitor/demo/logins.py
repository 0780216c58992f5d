"""The demo's accounts, and the people it calls: made once for each folder, and the same again where it is kept."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from sqlalchemy import Connection

from monitor.clock import Clock
from monitor.demo.brokers import write_secret
from monitor.demo.people import seed_people
from monitor.journal import accounts
from monitor.journal.accounts import Role
from monitor.journal.database import Store

REGISTRAR = "dang-ky"
LOGINS = {"truc-ban": Role.DUTY_OFFICER, "chi-huy": Role.COMMANDER, REGISTRAR: Role.OPERATOR}
# Without what is easily misread from a screen: 0 o 1 l i.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
LETTERS_IN_PASSWORD = 12


def remembered_logins(folder: Path, database_url: str, clock: Clock) -> dict[str, str]:
    """Name → password; also writes the simulator's token. In a kept folder those of last time still hold."""
    remembered = folder / "logins.json"
    if (kept := _kept(remembered)) is not None:
        return kept
    logins = {name: "".join(secrets.choice(LETTERS) for _ in range(LETTERS_IN_PASSWORD)) for name in LOGINS}
    store = Store(database_url)
    try:
        store.migrate()
        with store.transaction() as tx:
            token = _open_accounts(tx, logins, clock)
            seed_people(tx, clock.now())
    finally:
        store.close()
    write_secret(folder / "token", token)
    # Last: while it is not there, or not whole, the next start does it all again.
    write_secret(remembered, json.dumps(logins))
    return logins


def _kept(remembered: Path) -> dict[str, str] | None:
    try:
        kept: dict[str, str] = json.loads(remembered.read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    return kept


def _open_accounts(tx: Connection, logins: dict[str, str], clock: Clock) -> str:
    """The registrar's token. Accounts of a start that broke off get the new passwords."""
    there = {user.name for user in accounts.users(tx)}
    for name, password in logins.items():
        if name in there:
            accounts.set_password(tx, name, password)
        else:
            accounts.add_user(tx, accounts.User(name, LOGINS[name]), password, clock.now())
    accounts.revoke_tokens(tx, REGISTRAR)
    return accounts.issue_token(tx, REGISTRAR, now=clock.now())
