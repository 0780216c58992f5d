from __future__ import annotations

import json
from pathlib import Path

import pytest

from monitor.demo.logins import LOGINS, remembered_logins
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import accounts
from monitor.journal.call_list import Site, call_list
from monitor.journal.database import Store
from tests.fakes import FakeClock


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/chuong.sqlite3"


def opens(store_url: str, logins: dict[str, str]) -> list[str]:
    """The names whose password is right."""
    store = Store(store_url)
    with store.read() as connection:
        right = [
            name
            for name, password in logins.items()
            if accounts.is_password(password, accounts.password_hash_of(connection, name))
        ]
    store.close()
    return right


def test_it_makes_logins_that_open_the_desk(tmp_path: Path, store_url: str) -> None:
    assert opens(store_url, remembered_logins(tmp_path, store_url, FakeClock())) == list(LOGINS)


def test_it_remembers_the_logins_of_last_time(tmp_path: Path, store_url: str) -> None:
    logins = remembered_logins(tmp_path, store_url, FakeClock())
    assert remembered_logins(tmp_path, store_url, FakeClock()) == logins


@pytest.mark.parametrize("left", [None, '{"truc-ban": "ab'])
def test_it_makes_them_anew_where_the_last_time_broke_off(tmp_path: Path, store_url: str, left: str | None) -> None:
    remembered_logins(tmp_path, store_url, FakeClock())
    (tmp_path / "logins.json").unlink()
    if left is not None:
        (tmp_path / "logins.json").write_text(left, encoding="utf-8")
    assert opens(store_url, remembered_logins(tmp_path, store_url, FakeClock())) == list(LOGINS)


def test_it_writes_the_token_that_opens_the_api(tmp_path: Path, store_url: str) -> None:
    remembered_logins(tmp_path, store_url, FakeClock())
    store = Store(store_url)
    with store.read() as connection:
        user = accounts.user_of_token(connection, (tmp_path / "token").read_text())
    store.close()
    assert user is not None


def test_it_keeps_secrets_from_others_on_the_machine(tmp_path: Path, store_url: str) -> None:
    remembered_logins(tmp_path, store_url, FakeClock())
    assert [(tmp_path / name).stat().st_mode & 0o077 for name in ("token", "logins.json")] == [0, 0]
    assert json.loads((tmp_path / "logins.json").read_text())


def test_it_knows_whom_to_call_in_every_group(tmp_path: Path, store_url: str) -> None:
    """The officer of the beat, the force and the head of the group, the commander; by role, with a sample number."""
    remembered_logins(tmp_path, store_url, FakeClock())
    store = Store(store_url)
    with store.read() as connection:
        called = call_list(connection, Site("DV-04", None, is_silent=True), EVERYWHERE)
    store.close()
    assert [each.role for each in called] == ["area_officer", "security_team", "group_head", "commander"]
    assert all(each.contacts and each.name.endswith("(vai)") for each in called)
