"""The press that a start writes and takes back, so that the first real one waits for nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Dialect, text
from sqlalchemy.sql.compiler import SQLCompiler

from tests.monitor.conftest import Post

TABLES = ("alarm", "event", "transition", "incident", "incident_entry", "duty", "quarantine")


def rows(post: Post) -> dict[str, int]:
    with post.store.read() as connection:
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in TABLES}


def test_it_leaves_nothing_behind(bell: Post) -> None:
    before, state = rows(bell), bell.state("bell-1")
    bell.pipeline.rehearse()
    assert (rows(bell), bell.state("bell-1")) == (before, state)
    assert (bell.alarms(), bell.entries, bell.receipts, bell.store.fault) == ([], [], [], None)


def test_it_builds_every_statement_of_a_first_press(bell: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    bell.pipeline.rehearse()
    built: list[str] = []
    build = SQLCompiler.__init__

    def noted(self: SQLCompiler, dialect: Dialect, statement: Any, *given: Any, **more: Any) -> None:
        if "savepoint" not in type(statement).__name__.lower():
            built.append(type(statement).__name__)
        build(self, dialect, statement, *given, **more)

    monkeypatch.setattr(SQLCompiler, "__init__", noted)
    at_ms = round(bell.clock.now().timestamp() * 1000)
    body = {"v": 1, "id": str(UUID(int=1)), "kind": "alarm", "input": "panic", "ts": at_ms, "boot": "b"}
    bell.receive("anninh/v1/bell/bell-1/alarm", body)
    monkeypatch.undo()
    assert [alarm["presses"] for alarm in bell.alarms()] == [1]
    assert not built


def test_it_lets_a_start_go_on_where_it_fails(bell: Post) -> None:
    with bell.store.transaction() as tx:
        tx.execute(text("DROP TABLE event"))
    bell.pipeline.rehearse()
    assert bell.alarms() == []
