"""Drills begun and ended on the command line, by those who may."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.journal import drills
from monitor.journal.accounts import Role
from monitor.journal.database import Store
from monitor.journal.tables import UserRow
from tests.empty_store import empty_store
from tests.fakes import FakeClock

STORY = """
[scenario]
id = "cuop"
title_vi = "Cướp"
[[device]]
id = "BELL-1"
class = "bell"
[[step]]
at = "PT0S"
do = "press"
device = "BELL-1"
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A post with one bell, a commander, and an officer of one area."""
    url, now = empty_store(tmp_path / "chuong.sqlite3"), FakeClock().now()
    (tmp_path / "monitor.toml").write_text(f'database_url = "{url}"\n')
    (tmp_path / "story.toml").write_text(STORY, encoding="utf-8")
    store = Store(url)
    bell = {"id": "BELL-1", "name": "BELL-1", "device_class": "bell", "adapter": "native", "address": "BELL-1"}
    user = {"password_hash": "", "created_at": now}
    with store.transaction() as tx:
        tx.execute(insert(core(Device)).values(**bell, search_text="", registered_at=now))
        tx.execute(insert(core(UserRow)).values(name="chi-huy", role=Role.COMMANDER, **user))
        tx.execute(insert(core(UserRow)).values(name="truc-to", role=Role.COMMANDER, scope="DV-01", **user))
    yield store
    store.close()


def chuong(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(app, ["drill", *words, "--config", str(folder / "monitor.toml")])


def test_it_begins_and_ends_a_drill(store: Store, tmp_path: Path) -> None:
    begun = chuong(tmp_path, "start", str(tmp_path / "story.toml"), "--by", "chi-huy")
    assert begun.output.splitlines() == ["drill 1: Cướp, 1 presses; see /drills/1"]
    assert chuong(tmp_path, "end", "1", "--by", "chi-huy").exit_code == 0
    with store.read() as connection:
        row = drills.drill_row(connection, 1)
    assert (row["started_by"], row["ended_by"], row["ending"]) == ("chi-huy", "chi-huy", "ended")


@pytest.mark.parametrize("by", ["truc-to", "nobody"])
def test_it_begins_none_for_who_may_not(store: Store, tmp_path: Path, by: str) -> None:
    refused = chuong(tmp_path, "start", str(tmp_path / "story.toml"), "--by", by)
    assert refused.exit_code == 2
    with store.read() as connection:
        assert drills.newest(connection) == []
