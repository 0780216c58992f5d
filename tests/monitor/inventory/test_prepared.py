"""Statements that pass SQLAlchemy by on their way to SQLite: nobody above or beside them may see a difference."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from monitor.errors import StoreUnavailable
from monitor.inventory.prepared import SIZES, Prepared, PreparedOfSome, savepoint
from monitor.journal.alarm_rows import ALARM
from tests.monitor.conftest import Post

AT = datetime(2026, 3, 14, 18, 30, 0, 250_000, timezone(timedelta(hours=7)))
ADD = Prepared(insert(ALARM).returning(ALARM.c.id))
SWAP = Prepared(update(ALARM).where(ALARM.c.id == bindparam("of_alarm")))
NEWEST = Prepared(select(ALARM).order_by(ALARM.c.id.desc()).limit(1))
SOME = PreparedOfSome(select(ALARM.c.id), ALARM.c.id)


def an_alarm(source: str = "native:bell-1", **more: Any) -> dict[str, Any]:
    moments = dict.fromkeys(("raised_at", "received_at", "rung_at", "last_press_at"), AT)
    return {"source": source, "kind": "panic", "state": "NORMAL", "priority": 1, **moments, **more}


def test_it_writes_and_reads_as_sqlalchemy_does(post: Post) -> None:
    with post.store.transaction() as tx:
        tx.execute(insert(ALARM), an_alarm(is_audible=False, restored_at=AT))
        ADD.scalar(tx, an_alarm(is_audible=False, restored_at=AT))
        assert SWAP.run(tx, {"detail": "both", "of_alarm": 1}) + SWAP.run(tx, {"detail": "both", "of_alarm": 2}) == 2
        with_hands, as_ever = NEWEST.first(tx), tx.execute(select(ALARM).order_by(ALARM.c.id)).mappings().all()
        plain = [tuple(row)[1:] for row in tx.execute(text("SELECT * FROM alarm ORDER BY id"))]
    assert with_hands == {**as_ever[0], "id": 2} == dict(as_ever[1])
    assert (with_hands["rung_at"], with_hands["is_audible"]) == (AT.astimezone(UTC), False)
    assert plain[0] == plain[1]


def test_it_asks_about_many_at_once(post: Post) -> None:
    with post.store.transaction() as tx:
        ADD.run_all(tx, [an_alarm(f"native:bell-{number}") for number in range(SIZES[-1] + 3)])
        ids = [row["id"] for row in SOME.all(tx, range(1, SIZES[-1] + 3))]
        assert sorted(ids) == list(range(1, SIZES[-1] + 3))
        assert [row["id"] for row in SOME.all(tx, [3, 3, 2, 99_999])] == [2, 3]
        assert SOME.all(tx, []) == []


def test_it_fails_as_sqlalchemy_does(post: Post) -> None:
    live = an_alarm(state="UNACKNOWLEDGED")
    with pytest.raises(IntegrityError), post.store.transaction() as tx:
        ADD.run_all(tx, [live, live])
    with post.store.read() as connection:
        assert NEWEST.first(connection) is None
    assert post.store.fault is None


def test_it_takes_back_what_failed_and_nothing_before(post: Post) -> None:
    def fail(tx: Connection) -> None:
        with savepoint(tx):
            ADD.scalar(tx, an_alarm("native:lost"))
            with savepoint(tx):
                ADD.scalar(tx, an_alarm("native:lost-too"))
            raise ZeroDivisionError

    with post.store.transaction() as tx:
        ADD.scalar(tx, an_alarm("native:kept"))
        with pytest.raises(ZeroDivisionError):
            fail(tx)
        with savepoint(tx):
            ADD.scalar(tx, an_alarm("native:after"))
    with post.store.read() as connection:
        sources = connection.execute(select(ALARM.c.source).order_by(ALARM.c.id)).scalars()
        assert list(sources) == ["native:kept", "native:after"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_takes_nothing_for_written_that_sqlite_rolled_back(post: Post) -> None:
    """As it does by itself when the disk is full: what followed would be committed without what came before."""
    with pytest.raises(StoreUnavailable), post.store.transaction() as tx, savepoint(tx):
        tx.exec_driver_sql("ROLLBACK")
