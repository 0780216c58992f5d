"""Findings on the store: whether it is there, of this program's version, whole, and keeps what it says it kept."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, create_engine, inspect, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from monitor.broker_files import broker_folder
from monitor.clock import SystemClock
from monitor.errors import BrokerFilesFault
from monitor.inventory.audit import Head
from monitor.inventory.credentials import device_accounts
from monitor.journal.database import MIGRATIONS
from monitor.journal.postgresql_backend import PostgresqlBackend
from monitor.settings import Settings
from monitor.trust import Finding, accounts_found, audit_found, places_found

OLDEST_POSTGRESQL = 14


def store_found(settings: Settings, named: Mapping[str, str]) -> Iterator[Finding]:
    """``named``: areas that files of settings name → the file."""
    url = make_url(settings.database_url)
    file = _file_of(url)
    if file is not None:
        yield _file(file)
        if not file.is_file():
            return
    try:
        with _looked_at(url) as connection:
            if file is None:
                yield from _server(url, connection)
            yield _schema(connection)
            if file is not None:
                yield _soundness(connection)
            if inspect(connection).has_table("area_succession"):
                yield from accounts_found(connection, SystemClock().now().date())
                yield from places_found(connection, named, SystemClock().now().date())
            if inspect(connection).has_table("credential"):
                yield from _broker_files(settings, connection)
    except (SQLAlchemyError, ImportError) as error:
        said = str(getattr(error, "orig", None) or error).partition("\n")[0]
        yield Finding("store", False, f"{url.render_as_string(hide_password=True)}: cannot be read ({said})")


def _server(url: URL, connection: Connection) -> Iterator[Finding]:
    """What PostgreSQL is, and what it would rather not tell: that a power cut may take what it has promised to keep."""

    def shown(name: str) -> str:
        return str(connection.execute(text("SELECT current_setting(:name)"), {"name": name}).scalar_one())

    place, version = url.render_as_string(hide_password=True), shown("server_version").split()[0]
    may_make = connection.execute(text("SELECT has_schema_privilege(current_schema(), 'CREATE')")).scalar_one()
    is_standby = connection.execute(text("SELECT pg_is_in_recovery()")).scalar_one()
    troubles = {
        f"needs PostgreSQL {OLDEST_POSTGRESQL} or newer": int(version.partition(".")[0]) < OLDEST_POSTGRESQL,
        "it is a stand-by and takes no writes; name the leading server": is_standby,
        "this account may make no tables; GRANT CREATE ON SCHEMA public TO it": not may_make,
        f"it keeps texts as {shown('server_encoding')}; make a database with UTF8": shown("server_encoding") != "UTF8",
    }
    found = [trouble for trouble, is_so in troubles.items() if is_so]
    yield Finding("store", not found, "; ".join([f"{place}: PostgreSQL {version}", *found]))
    unsafe = [name for name in ("fsync", "full_page_writes") if shown(name) != "on"]
    if unsafe:
        yield Finding("durability", False, f"{' and '.join(unsafe)} off: a power cut would damage the store; set it on")


@contextmanager
def _looked_at(url: URL) -> Iterator[Connection]:
    """A connection that changes nothing."""
    file = _file_of(url)
    engine = PostgresqlBackend(url).reader() if file is None else create_engine(_for_reading(file))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _file_of(url: URL) -> Path | None:
    return Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None


def _broker_files(settings: Settings, connection: Connection) -> Iterator[Finding]:
    if (folder := broker_folder(settings)) is None:
        return
    subject, mend = "broker accounts", "chuong credentials sync brings the files in line"
    try:
        difference = folder.compare(lambda: device_accounts(connection))
    except BrokerFilesFault as fault:
        yield Finding(subject, False, fault.reason)
        return
    said = f"the files differ from the inventory ({difference}): {mend}" if difference else str(difference)
    yield Finding(subject, not difference, said)
    if difference.left_out:
        names = ", ".join(difference.left_out)
        yield Finding(subject, False, f"{names}: devices that are called like an account of the post's own")


def examine_audit(settings: Settings, noted: Head | None) -> Finding:
    """The chain of the audit journal, worked out anew; ``noted``: a head that was printed earlier."""
    url = make_url(settings.database_url)
    file = _file_of(url)
    if file is not None and not file.is_file():
        return Finding("audit journal", False, f"{file}: there is no store; look at database_url")
    with _looked_at(url) as connection:
        return audit_found(connection, noted)


def _for_reading(file: Path) -> URL:
    return URL.create("sqlite", database=file.as_uri(), query={"mode": "ro", "uri": "true"})


def _file(file: Path) -> Finding:
    folder = next(place for place in file.parents if place.exists())
    # SQLite writes its journal beside the file, so the folder counts as much.
    locked = [str(place) for place in (file, folder) if place.exists() and not os.access(place, os.W_OK)]
    if locked:
        return Finding("store", False, f"{' and '.join(locked)}: not writable for this user")
    if not file.is_file():
        return Finding("store", True, f"{file}: not there yet; chuong serve makes it")
    return Finding("store", True, f"{file}: writable")


def _schema(connection: Connection) -> Finding:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    found, newest = MigrationContext.configure(connection).get_current_revision(), scripts.get_current_head()
    if found == newest:
        return Finding("schema", True, f"{found}, the newest")
    try:
        scripts.get_revisions(found or ())
    except CommandError:
        said = f"{found}: of a newer program than this one, which knows {newest}; install that one again"
        return Finding("schema", False, said)
    return Finding("schema", True, f"{found or 'none yet'}; chuong serve brings it to {newest}")


def _soundness(connection: Connection) -> Finding:
    damage = [line for line in connection.execute(text("PRAGMA quick_check(5)")).scalars() if line != "ok"]
    if damage:
        return Finding("content", False, f"damaged ({'; '.join(damage)}): stop the monitor and restore a backup")
    return Finding("content", True, "sound")
