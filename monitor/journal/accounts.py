"""Who may sign in: users, their browser sessions, their bearer tokens.

Secrets are random (256 bits) or passwords; the store keeps SHA-256 of the first and Argon2id of the second, so
a stolen database opens nothing. Plain SHA-256 is enough for what cannot be guessed.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import ColumnElement, Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.edits import core
from monitor.journal.account_scopes import insist_on_scope
from monitor.journal.tables import ApiTokenRow, LoginSessionRow, UserRow

_USER = core(UserRow)
_SESSION = core(LoginSessionRow)
_TOKEN = core(ApiTokenRow)

# OWASP's lighter Argon2id set: 18 ms a login. The library's 64 MiB makes ten logins a second a whole core.
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
LONGEST_NAME = 64


class Role(StrEnum):
    DUTY_OFFICER = "duty_officer"
    COMMANDER = "commander"
    PATROL = "patrol"
    OPERATOR = "operator"
    GROUP_BOARD = "group_board"
    READER = "reader"
    PROVINCE_READER = "province_reader"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class User:
    """``scope``: the area the account is bound to, None for everywhere."""

    name: str
    role: Role
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class LiveSession:
    user: User
    token_hash: str
    last_used_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A session ends ``idle`` after its last use and ``absolute`` after its start, whatever comes first."""

    idle: timedelta
    absolute: timedelta


# ── passwords ────────────────────────────────────────────────────────────────────────────────────────────────────────


def hash_password(password: str) -> str:
    """Slow on purpose (about 20 ms): never on the event loop."""
    return _HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Slow on purpose, and as slow for an unknown user (None), so that time does not tell who exists."""
    try:
        matches = _HASHER.verify(password, password_hash or _nobodys_hash())
    except PwdlibError:
        return False
    return matches and password_hash is not None


@cache
def _nobodys_hash() -> str:
    return hash_password(secrets.token_urlsafe())


def prepare_password_checks() -> None:
    """Once at start: else the first unknown name would take twice as long as any later one."""
    _nobodys_hash()


def hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# ── users ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def add_user(connection: Connection, user: User, password: str, now: datetime) -> None:
    """Raises ``Refusal`` where the name is taken or no name, the password no password, the scope no area."""
    add_hashed(connection, user, fit_hash(password), now)


def add_hashed(connection: Connection, user: User, password_hash: str, now: datetime) -> None:
    """As ``add_user``, with what ``fit_hash`` has made of the password elsewhere."""
    insist_on_scope(connection, user.role, user.scope, now.date())
    name = _fit_name(user.name)
    values = {
        "name": name,
        "role": user.role.value,
        "scope": user.scope,
        "password_hash": password_hash,
        "is_active": True,
        "created_at": now,
    }
    try:
        with connection.begin_nested():
            connection.execute(insert(_USER).values(values))
    except IntegrityError as error:
        raise Refusal(f"there is already a user {name}") from error


def change_user(connection: Connection, user: User, now: datetime) -> None:
    """Another role or another area, from the next request on. Raises ``UnknownRecord``, ``Refusal``."""
    _insist_on_user(connection, user.name)
    insist_on_scope(connection, user.role, user.scope, now.date())
    connection.execute(update(_USER).where(_USER.c.name == user.name).values(role=user.role.value, scope=user.scope))


def user_named(connection: Connection, name: str) -> User:
    """Raises ``UnknownRecord``."""
    found = [user for user in users(connection) if user.name == name]
    if not found:
        raise UnknownRecord(f"there is no user {name}")
    return found[0]


def set_password(connection: Connection, name: str, password: str) -> None:
    """Also ends every session of the user. Raises ``UnknownRecord``, ``Refusal``."""
    set_hashed(connection, name, fit_hash(password))


def set_hashed(connection: Connection, name: str, password_hash: str, staying: str = "") -> None:
    _change(connection, name, staying, password_hash=password_hash)


def deactivate(connection: Connection, name: str) -> None:
    """Closes the account, its sessions and its tokens; the name stays, for the journal speaks of it."""
    revoke_tokens(connection, name)
    _change(connection, name, is_active=False)


def _change(connection: Connection, name: str, staying: str = "", **values: object) -> None:
    end_sessions(connection, name, staying)
    connection.execute(update(_USER).where(_USER.c.name == name).values(values))


def composed(name: str) -> str:
    """Some keyboards send a letter and its mark apart, and a space slips in: it is the same name."""
    return unicodedata.normalize("NFC", name).strip()


def _fit_name(typed: str) -> str:
    name = composed(typed)
    # Printable leaves out what nobody sees: two names that look alike would be two people in the journal.
    if not (1 <= len(name) <= LONGEST_NAME and name.isprintable()):
        raise Refusal(f"a user's name has 1 to {LONGEST_NAME} printable characters")
    return name


def fit_hash(password: str) -> str:
    """Slow on purpose: neither on the event loop nor on the writer. Raises ``Refusal``."""
    if len(password) < SHORTEST_PASSWORD:
        raise Refusal(f"a password needs at least {SHORTEST_PASSWORD} characters")
    if len(password) > LONGEST_PASSWORD:
        raise Refusal(f"a password has at most {LONGEST_PASSWORD} characters")
    if not password.strip():
        raise Refusal("a password needs more than blanks")
    return hash_password(password)


def users(connection: Connection) -> list[User]:
    """Users who may sign in, in order of name."""
    query = select(_USER.c.name, _USER.c.role, _USER.c.scope).where(_USER.c.is_active).order_by(_USER.c.name)
    return [User(name, Role(role), scope) for name, role, scope in connection.execute(query)]


def _insist_on_user(connection: Connection, name: str) -> None:
    if password_hash_of(connection, name) is None:
        raise UnknownRecord(f"there is no user {name}")


def password_hash_of(connection: Connection, name: str) -> str | None:
    """None for an unknown or closed account."""
    query = select(_USER.c.password_hash).where(_USER.c.name == name, _USER.c.is_active)
    return connection.execute(query).scalar_one_or_none()


# ── sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def open_session(connection: Connection, user_name: str, now: datetime, lifetime: Lifetime) -> str:
    """A new browser session; the token is returned once and kept nowhere. Sweeps out what has ended."""
    dead = (_SESSION.c.expires_at <= now) | (_SESSION.c.last_used_at <= now - lifetime.idle)
    connection.execute(delete(_SESSION).where(dead))
    token = secrets.token_urlsafe(32)
    values = {
        "token_hash": hash_token(token),
        "user_name": user_name,
        "created_at": now,
        "last_used_at": now,
        "expires_at": now + lifetime.absolute,
    }
    connection.execute(insert(_SESSION).values(values))
    return token


def session_of(connection: Connection, token: str, now: datetime, idle: timedelta) -> LiveSession | None:
    query = (
        select(*_USER.c["name", "role", "scope"], *_SESSION.c["token_hash", "last_used_at", "expires_at"])
        .join_from(_SESSION, _USER, _SESSION.c.user_name == _USER.c.name)
        .where(_SESSION.c.token_hash == hash_token(token), _is_live(now, idle))
    )
    if (row := connection.execute(query).first()) is None:
        return None
    return LiveSession(User(row.name, Role(row.role), row.scope), row.token_hash, row.last_used_at, row.expires_at)


def still_live(
    connection: Connection, hashes: Collection[str], now: datetime, idle: timedelta
) -> dict[str, str | None]:
    """Which of these session and bearer token hashes still open something, and to which area they are bound now."""
    sessions = (
        select(_SESSION.c.token_hash, _USER.c.scope)
        .join_from(_SESSION, _USER, _SESSION.c.user_name == _USER.c.name)
        .where(_SESSION.c.token_hash.in_(hashes), _is_live(now, idle))
    )
    tokens = (
        select(_TOKEN.c.token_hash, _USER.c.scope)
        .join_from(_TOKEN, _USER, _TOKEN.c.user_name == _USER.c.name)
        .where(_TOKEN.c.token_hash.in_(hashes), _USER.c.is_active)
    )
    return {row.token_hash: row.scope for row in connection.execute(sessions.union_all(tokens))}


def _is_live(now: datetime, idle: timedelta) -> ColumnElement[bool]:
    return (_SESSION.c.expires_at > now) & (_SESSION.c.last_used_at > now - idle) & _USER.c.is_active


def touch_sessions(connection: Connection, hashes: Collection[str], now: datetime) -> None:
    connection.execute(update(_SESSION).where(_SESSION.c.token_hash.in_(hashes)).values(last_used_at=now))


def end_sessions(connection: Connection, user_name: str, staying: str = "") -> int:
    """How many; all but the one whose hash is ``staying``. Raises ``UnknownRecord``."""
    _insist_on_user(connection, user_name)
    ended = delete(_SESSION).where(_SESSION.c.user_name == user_name, _SESSION.c.token_hash != staying)
    return connection.execute(ended).rowcount


def close_session(connection: Connection, token_hash: str) -> bool:
    """Whether there was one."""
    return connection.execute(delete(_SESSION).where(_SESSION.c.token_hash == token_hash)).rowcount > 0


# ── bearer tokens ────────────────────────────────────────────────────────────────────────────────────────────────────


def issue_token(connection: Connection, user_name: str, now: datetime) -> str:
    """A bearer token that lives until it is revoked; returned once. Raises ``UnknownRecord``."""
    _insist_on_user(connection, user_name)
    token = secrets.token_urlsafe(32)
    connection.execute(insert(_TOKEN).values(token_hash=hash_token(token), user_name=user_name, created_at=now))
    return token


def revoke_tokens(connection: Connection, user_name: str) -> int:
    """How many there were. Raises ``UnknownRecord``."""
    _insist_on_user(connection, user_name)
    return connection.execute(delete(_TOKEN).where(_TOKEN.c.user_name == user_name)).rowcount


def user_of_token(connection: Connection, token: str) -> User | None:
    query = (
        select(_USER.c.name, _USER.c.role, _USER.c.scope)
        .join_from(_TOKEN, _USER, _TOKEN.c.user_name == _USER.c.name)
        .where(_TOKEN.c.token_hash == hash_token(token), _USER.c.is_active)
    )
    row = connection.execute(query).first()
    return None if row is None else User(row.name, Role(row.role), row.scope)
