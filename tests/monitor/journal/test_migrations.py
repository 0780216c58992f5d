"""The tables that the migrations make are the tables that the code speaks of."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, text
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
from monitor.journal import history_tables, outage_tables, tables
from monitor.journal.database import MIGRATIONS, Store

# Whoever asks for the metadata must have loaded every module of tables.
MODULES = (
    area_tables,
    credential_tables,
    fact_tables,
    history_tables,
    import_tables,
    outage_tables,
    people_tables,
    place_tables,
    registration_tables,
    search_tables,
    tables,
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path}/chuong.sqlite3")
    yield store
    store.close()


def go(store: Store, version: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.transaction() as tx:
        config.attributes["connection"] = tx
        (command.downgrade if version == "0001" else command.upgrade)(config, version)


def test_it_makes_the_tables_the_code_speaks_of(store: Store) -> None:
    store.migrate()
    with store.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), SQLModel.metadata) == []


def test_it_keeps_devices_that_were_there_before(store: Store) -> None:
    with store.transaction() as tx:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = tx
        command.upgrade(config, "0001")
        row = "'B-1', 'bell', 'B', 'native', 'B-1', 0, 0, '', '2026-01-01'"
        columns = (
            "id, device_class, name, adapter, address, is_high_mast, is_silent_at_site, search_text, registered_at"
        )
        tx.execute(text(f"INSERT INTO device ({columns}) VALUES ({row})"))
    store.migrate()
    with store.read() as connection:
        assert connection.execute(text("SELECT lifecycle, consent FROM device")).one() == ("ACTIVE", "unknown")


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
    with pytest.raises(Exception, match="UNIQUE"), store.transaction() as tx:
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
