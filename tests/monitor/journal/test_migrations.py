"""The tables that the migrations make are the tables that the code speaks of."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from monitor.inventory import (
    area_tables,
    credential_tables,
    fact_tables,
    import_tables,
    people_tables,
    place_tables,
    registration_tables,
    search_tables,
)
from monitor.journal import (
    bell_test_tables,
    drill_tables,
    duty_tables,
    feed_tables,
    gap_tables,
    history_tables,
    inbox_tables,
    incident_tables,
    outage_tables,
    report_tables,
    shift_tables,
    tables,
)
from monitor.journal.database import MIGRATIONS, Store, newest_version

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)

# Whoever asks for the metadata must have loaded every module of tables.
MODULES = (
    area_tables,
    bell_test_tables,
    credential_tables,
    drill_tables,
    duty_tables,
    fact_tables,
    feed_tables,
    gap_tables,
    history_tables,
    import_tables,
    inbox_tables,
    incident_tables,
    outage_tables,
    people_tables,
    place_tables,
    registration_tables,
    report_tables,
    search_tables,
    shift_tables,
    tables,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with ExitStack() as closing:
        if request.param == "sqlite":
            url = f"sqlite:///{tmp_path}/chuong.sqlite3"
        else:
            url = closing.enter_context(request.getfixturevalue("postgresql").bare_database())
        store = Store(url)
        closing.callback(store.close)
        yield store


def go(store: Store, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.transaction() as tx:
        config.attributes["connection"] = tx
        (command.downgrade if version == "0001" else command.upgrade)(config, version)


def test_it_makes_the_tables_the_code_speaks_of(store: Store) -> None:
    store.migrate()
    with store.read() as connection:

        def is_meant(thing: Any, _name: str, kind: str, _is_reflected: bool, _other: object) -> bool:
            meant_for = thing._ddl_if.dialect if kind == "index" and thing._ddl_if else connection.dialect.name
            return bool(meant_for == connection.dialect.name)

        context = MigrationContext.configure(connection, opts={"include_object": is_meant})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_it_sorts_by_code_points_on_every_database(store: Store) -> None:
    store.migrate()
    with store.transaction() as tx:
        rows = [{"id": name, "level": "commune", "name": name} for name in "zĐaZđ"]
        tx.execute(insert(SQLModel.metadata.tables["area"]), rows)
        assert tx.execute(text("SELECT name FROM area ORDER BY name")).scalars().all() == sorted("zĐaZđ")
        assert tx.execute(text("SELECT coalesce(name, '') AS n FROM area ORDER BY n")).scalars().all()[0] == "Z"


def test_it_keeps_more_rows_than_four_bytes_can_count(store: Store) -> None:
    store.migrate()
    row = "3000000000, 'liveness', 'ONLINE', 'OFFLINE', 'silent', '2026-01-01', 'monitor', 0"
    with store.transaction() as tx:
        names = "id, machine, from_state, to_state, reason, at, actor, version"
        tx.execute(text(f"INSERT INTO transition ({names}) VALUES ({row})"))


def test_it_takes_a_device_of_very_many_words(store: Store) -> None:
    store.migrate()
    with store.transaction() as tx:
        words = "".join(chr(0x4E00 + number) for number in range(4000))
        row = {
            "device_id": "B-1",
            "kind": "bell",
            "lifecycle": "ACTIVE",
            "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
        }
        keys = {"id_key": "b", "name_key": "b", "group_key": "b"}
        tx.execute(insert(SQLModel.metadata.tables["device_search"]).values(plain=words, marked=words, **row, **keys))


def test_it_keeps_devices_that_were_there_before(store: Store) -> None:
    with store.transaction() as tx:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = tx
        command.upgrade(config, "0001")
        row = "'B-1', 'bell', 'B', 'native', 'B-1', false, false, '', '2026-01-01'"
        columns = (
            "id, device_class, name, adapter, address, is_high_mast, is_silent_at_site, search_text, registered_at"
        )
        tx.execute(text(f"INSERT INTO device ({columns}) VALUES ({row})"))
    store.migrate()
    with store.read() as connection:
        assert connection.execute(text("SELECT lifecycle, consent FROM device")).one() == ("ACTIVE", "unknown")


def test_it_knows_the_newest_without_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [newest_version()]


def test_it_can_be_taken_back(store: Store) -> None:
    store.migrate()
    go(store, "0001")
    with store.read() as connection:
        names = inspect(connection).get_table_names()
        assert "device" in names
        assert "area" not in names


def test_it_refuses_the_same_code_from_the_same_day_twice(store: Store) -> None:
    store.migrate()
    area = tables.SQLModel.metadata.tables["area"]
    row = {"level": "commune", "name": "A", "official_code": "24871"}
    with store.transaction() as tx:
        tx.execute(insert(area).values(id="24871@a", **row))
    with pytest.raises(IntegrityError), store.transaction() as tx:
        tx.execute(insert(area).values(id="24871@b", **row))


def test_it_can_be_written_out_for_postgresql() -> None:
    written = io.StringIO()
    context = MigrationContext.configure(dialect_name="postgresql", opts={"as_sql": True, "output_buffer": written})
    scripts = ScriptDirectory(str(MIGRATIONS))
    with Operations.context(context):
        for script in reversed(list(scripts.walk_revisions())):
            script.module.upgrade()
    assert "ALTER TABLE device ADD COLUMN lifecycle VARCHAR(24) DEFAULT 'ACTIVE' NOT NULL" in written.getvalue()
    assert "at TIMESTAMP WITH TIME ZONE NOT NULL" in written.getvalue()
