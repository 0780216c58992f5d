"""Nobody changes the audit journal without its chain saying at which row."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy.exc import IntegrityError

from monitor.inventory.audit import FIRST, Edit, Head, audit, head, verify
from monitor.inventory.edits import put
from monitor.inventory.place_tables import Site
from monitor.journal.database import MIGRATIONS, Store

BY = Edit("operator", datetime(2026, 3, 14, 11, tzinfo=UTC), "form")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chuong.sqlite3"


@pytest.fixture
def store(file: Path) -> Iterator[Store]:
    """Four rows: three sites, and a look at a contact."""
    store = Store(f"sqlite:///{file}")
    store.migrate()
    with store.transaction() as tx:
        for number in "123":
            put(tx, Site, {"id": f"S-{number}", "name": f"Chợ “số” {number}", "location_kind": "market"}, BY)
        audit(tx, BY, ("person", "P-1"), "contact_seen", {"kind": "phone"})
    yield store
    store.close()


def test_it_chains_the_rows_of_a_store_of_before(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/old.sqlite3")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with store.transaction() as tx:
        config.attributes["connection"] = tx
        command.upgrade(config, "0002")
        for number in (1, 2, 5):  # a number may have been left out before there was a chain
            values = (
                f"{number}, '2026-01-01 00:00:00.000000', 'tổ trưởng', 'tables', 'site', 'S', 'added', NULL, '{{}}'"
            )
            tx.exec_driver_sql(f"INSERT INTO edit VALUES ({values})")
    store.migrate()
    with store.read() as connection:
        assert (verify(connection).rows, verify(connection).broken_at) == (3, None)
    store.close()


def tamper(file: Path, *statements: str) -> None:
    """As somebody who may write to the file, and knows of the triggers."""
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TRIGGER edit_refuses_update")
        connection.execute("DROP TRIGGER edit_refuses_delete")
        for statement in statements:
            connection.execute(statement)


def broken_at(store: Store) -> int | None:
    with store.read() as connection:
        return verify(connection).broken_at


def test_it_finds_an_untouched_chain_in_order(store: Store) -> None:
    with store.read() as connection:
        verdict = verify(connection)
        assert (verdict.rows, verdict.broken_at, verdict.head) == (4, None, head(connection))


@pytest.mark.parametrize(
    "statement", ["UPDATE edit SET actor = 'nobody' WHERE id = 2", "DELETE FROM edit WHERE id = 4"]
)
def test_it_lets_nobody_change_or_remove_a_row(store: Store, statement: str) -> None:
    with pytest.raises(IntegrityError, match="only ever added to"), store.transaction() as tx:
        tx.exec_driver_sql(statement)


@pytest.mark.parametrize(
    "change",
    ["actor = 'operatoR'", "at = '2026-03-14 11:00:00.000001'", "after = replace(after, '2', '3')", "hash = ''"],
)
def test_it_finds_the_row_in_which_one_byte_was_changed(store: Store, file: Path, change: str) -> None:
    tamper(file, f"UPDATE edit SET {change} WHERE id = 2")
    assert broken_at(store) == 2


def test_it_finds_where_a_row_in_the_middle_is_missing(store: Store, file: Path) -> None:
    tamper(file, "DELETE FROM edit WHERE id = 2")
    assert broken_at(store) == 3


def test_it_finds_a_row_put_in_between(store: Store, file: Path) -> None:
    tamper(file, "UPDATE edit SET id = 5 WHERE id = 4", "INSERT INTO edit SELECT 4, at, actor, source, entity, "
           "entity_id, change, before, after, hash FROM edit WHERE id = 3")  # fmt: skip
    assert broken_at(store) == 4


def test_it_shows_a_head_that_was_noted_elsewhere_to_be_gone(store: Store, file: Path) -> None:
    with store.read() as connection:
        noted = head(connection)
    tamper(file, "DELETE FROM edit WHERE id = 4")
    with store.read() as connection:
        # The chain itself is whole: only what was noted outside tells.
        assert verify(connection).broken_at is None
        assert verify(connection, noted).broken_at == 4


def test_it_knows_an_earlier_head_again(store: Store) -> None:
    with store.transaction() as tx:
        noted = head(tx)
        put(tx, Site, {"id": "S-4", "name": "Chợ", "location_kind": "market"}, BY)
        assert verify(tx, noted).broken_at is None
        assert verify(tx, Head(noted.id, FIRST)).broken_at == noted.id


def test_it_can_be_checked_as_the_reference_says(
    store: Store, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reference = (Path(__file__).parents[3] / "docs/reference.md").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"```python\n(.+?)```", reference, re.DOTALL)
    monkeypatch.chdir(file.parent)
    exec(recipe, {})
    with store.read() as connection:
        last = head(connection)
    assert capsys.readouterr().out == f"{last.id}:{last.hash}\n"
    tamper(file, "UPDATE edit SET actor = 'nobody' WHERE id = 3")
    with pytest.raises(AssertionError, match="broken at row 3"):
        exec(recipe, {})


def test_it_hashes_the_bytes_it_says(store: Store, file: Path) -> None:
    with sqlite3.connect(file) as connection:
        stored = connection.execute("SELECT hash FROM edit WHERE id = 1").fetchone()[0]
    row = (
        '[1,"2026-03-14T11:00:00.000000Z","operator","form","site","S-1","added",null,'
        '"{\\"id\\":\\"S-1\\",\\"location_kind\\":\\"market\\",\\"name\\":\\"Chợ “số” 1\\"}"]'
    )
    assert stored == hashlib.sha256(f"{FIRST}\n{row}".encode()).hexdigest()
