from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory.area_tables import Area, AreaSuccession
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all
from monitor.journal import accounts
from monitor.journal.accounts import Lifetime, Role, User
from monitor.journal.database import Store
from tests.fakes import FakeClock

OFFICER = User("truc-ban", Role.DUTY_OFFICER)
PASSWORD = "a long password"
LIFE = Lifetime(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
CLOCK = FakeClock()
NOW = CLOCK.now()


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    store = Store(database_url)
    with store.transaction() as tx:
        accounts.add_user(tx, OFFICER, PASSWORD, NOW)
        yield tx
    store.close()


def test_it_knows_a_right_password() -> None:
    stored = accounts.hash_password(PASSWORD)
    assert accounts.is_password(PASSWORD, stored)
    assert not accounts.is_password("another password", stored)


def test_it_hashes_with_argon2id_of_19_mib() -> None:
    assert accounts.hash_password(PASSWORD).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


@pytest.mark.parametrize("stored", [None, "", "not a hash"])
def test_it_lets_nobody_in_without_a_hash(stored: str | None) -> None:
    assert not accounts.is_password("", stored)


def test_it_stores_no_password(tx: Connection) -> None:
    stored = tx.exec_driver_sql("SELECT password_hash FROM user_account").scalar_one()
    assert PASSWORD not in stored


def test_it_refuses_a_name_that_is_taken(tx: Connection) -> None:
    with pytest.raises(Refusal, match="already a user truc-ban"):
        accounts.add_user(tx, OFFICER, PASSWORD, NOW)
    assert accounts.users(tx) == [OFFICER]


def test_it_refuses_a_short_password(tx: Connection) -> None:
    with pytest.raises(Refusal, match="at least 8"):
        accounts.add_user(tx, User("another", Role.READER), "short", NOW)


@pytest.mark.parametrize(("password", "said"), [("x" * 257, "at most 256"), (" " * 9, "blanks")])
def test_it_refuses_a_password_that_is_none(tx: Connection, password: str, said: str) -> None:
    with pytest.raises(Refusal, match=said):
        accounts.set_password(tx, OFFICER.name, password)


@pytest.mark.parametrize("name", ["", "  ", "x" * 65, "truc\nban", "truc\u200bban", "truc\u202eban", "truc\udcffban"])
def test_it_refuses_a_name_that_nobody_can_read(tx: Connection, name: str) -> None:
    with pytest.raises(Refusal, match="1 to 64 printable"):
        accounts.add_user(tx, User(name, Role.READER), PASSWORD, NOW)


def test_it_keeps_a_name_composed_and_trimmed(tx: Connection) -> None:
    accounts.add_user(tx, User(unicodedata.normalize("NFD", " Trực ban "), Role.READER), PASSWORD, NOW)
    assert User("Trực ban", Role.READER) in accounts.users(tx)


@pytest.mark.parametrize(
    ("role", "scope", "said"),
    [
        (Role.OPERATOR, "dinh van", r"no area dinh van; did you mean C-1 \(Xã Đinh Văn\)\?"),
        (Role.OPERATOR, "nowhere", "no area nowhere$"),
        (Role.OPERATOR, "C-0", r"C-0 \(Thị trấn Đinh Văn\) is not there on 2026-03-14; it became C-1"),
        (Role.GROUP_BOARD, None, "name its residential group with --scope"),
        (Role.GROUP_BOARD, "C-1", r"bound to a residential group, and C-1 \(Xã Đinh Văn\) is a commune"),
        (Role.PROVINCE_READER, "DV-01", "bound to a province"),
    ],
)
def test_it_refuses_an_area_that_does_not_fit(tx: Connection, role: Role, scope: str | None, said: str) -> None:
    areas(tx)
    with pytest.raises(Refusal, match=said):
        accounts.add_user(tx, User("another", role, scope), PASSWORD, NOW)


def test_it_binds_an_account_to_an_area(tx: Connection) -> None:
    areas(tx)
    board = User("to-truong", Role.GROUP_BOARD, "DV-01")
    accounts.add_user(tx, board, PASSWORD, NOW)
    assert board in accounts.users(tx)


def test_it_gives_an_account_another_role_and_area(tx: Connection) -> None:
    areas(tx)
    accounts.change_user(tx, User(OFFICER.name, Role.COMMANDER, "C-1"), NOW)
    token = accounts.issue_token(tx, OFFICER.name, NOW)
    assert accounts.user_of_token(tx, token) == User(OFFICER.name, Role.COMMANDER, "C-1")
    assert accounts.still_live(tx, [accounts.hash_token(token)], NOW, LIFE.idle) == {accounts.hash_token(token): "C-1"}


def areas(tx: Connection) -> None:
    ended = {"valid_to": NOW.date() - timedelta(days=1)}
    rows = [
        area_row("C-0", "commune", "Thị trấn Đinh Văn") | ended,
        area_row("C-1", "commune", "Xã Đinh Văn"),
        area_row("DV-01", "residential_group", "Tổ dân phố 1", parent_id="C-1"),
    ]
    by = Edit("operator", NOW, "tables")
    put_all(tx, Area, rows, by)
    put_all(tx, AreaSuccession, [{"old_id": "C-0", "new_id": "C-1", "kind": "rename", "effective_on": NOW.date()}], by)


def test_it_finds_the_user_of_a_session(tx: Connection) -> None:
    token = accounts.open_session(tx, OFFICER.name, NOW, LIFE)
    session = accounts.session_of(tx, token, NOW, LIFE.idle)
    assert session is not None
    assert session.user == OFFICER


def test_it_makes_tokens_that_nobody_guesses(tx: Connection) -> None:
    tokens = {accounts.open_session(tx, OFFICER.name, NOW, LIFE) for _ in range(3)}
    assert [len(token) for token in tokens] == [43] * 3


@pytest.mark.parametrize("after", [LIFE.idle, LIFE.absolute])
def test_it_ends_an_idle_session(tx: Connection, after: timedelta) -> None:
    token = accounts.open_session(tx, OFFICER.name, NOW, LIFE)
    assert accounts.session_of(tx, token, NOW + after - timedelta(seconds=1), after) is not None
    assert accounts.session_of(tx, token, NOW + after, after) is None


def test_it_keeps_a_session_in_use_only_until_its_end(tx: Connection) -> None:
    token = accounts.open_session(tx, OFFICER.name, NOW, LIFE)
    late = NOW + LIFE.absolute
    accounts.touch_sessions(tx, [accounts.hash_token(token)], late)
    assert accounts.session_of(tx, token, late - timedelta(seconds=1), LIFE.idle) is not None
    assert accounts.session_of(tx, token, late, LIFE.idle) is None


def test_it_ends_a_session_at_once(tx: Connection) -> None:
    token = accounts.open_session(tx, OFFICER.name, NOW, LIFE)
    accounts.close_session(tx, accounts.hash_token(token))
    assert accounts.session_of(tx, token, NOW, LIFE.idle) is None


def test_it_ends_every_session_with_a_new_password(tx: Connection) -> None:
    token = accounts.open_session(tx, OFFICER.name, NOW, LIFE)
    accounts.set_password(tx, OFFICER.name, "another password")
    assert accounts.session_of(tx, token, NOW, LIFE.idle) is None
    assert accounts.is_password("another password", accounts.password_hash_of(tx, OFFICER.name))


def test_it_closes_an_account_with_all_that_opens_it(tx: Connection) -> None:
    session, token = accounts.open_session(tx, OFFICER.name, NOW, LIFE), accounts.issue_token(tx, OFFICER.name, NOW)
    accounts.deactivate(tx, OFFICER.name)
    assert accounts.session_of(tx, session, NOW, LIFE.idle) is None
    assert accounts.user_of_token(tx, token) is None
    assert accounts.password_hash_of(tx, OFFICER.name) is None
    assert accounts.users(tx) == []


def test_it_sweeps_ended_sessions_out(tx: Connection) -> None:
    accounts.open_session(tx, OFFICER.name, NOW, LIFE)
    accounts.open_session(tx, OFFICER.name, NOW + LIFE.idle, LIFE)
    assert tx.exec_driver_sql("SELECT count(*) FROM login_session").scalar_one() == 1


def test_it_finds_the_user_of_a_token(tx: Connection) -> None:
    token = accounts.issue_token(tx, OFFICER.name, NOW)
    assert accounts.user_of_token(tx, token) == OFFICER
    assert accounts.user_of_token(tx, "nonsense") is None


def test_it_revokes_every_token_of_a_user(tx: Connection) -> None:
    tokens = [accounts.issue_token(tx, OFFICER.name, NOW) for _ in range(2)]
    assert accounts.revoke_tokens(tx, OFFICER.name) == 2
    assert [accounts.user_of_token(tx, token) for token in tokens] == [None, None]


def test_it_ends_every_session_of_a_user(tx: Connection) -> None:
    token = accounts.open_session(tx, OFFICER.name, NOW, LIFE)
    assert accounts.end_sessions(tx, OFFICER.name) == 1
    assert accounts.session_of(tx, token, NOW, LIFE.idle) is None


@pytest.mark.parametrize("act", [accounts.deactivate, accounts.revoke_tokens, accounts.end_sessions])
def test_it_changes_no_account_that_is_not(tx: Connection, act: Callable[[Connection, str], object]) -> None:
    with pytest.raises(UnknownRecord, match="no user nobody"):
        act(tx, "nobody")


def test_it_gives_a_closed_account_no_new_password(tx: Connection) -> None:
    accounts.deactivate(tx, OFFICER.name)
    with pytest.raises(UnknownRecord, match="no user truc-ban"):
        accounts.set_password(tx, OFFICER.name, "another password")


def test_it_issues_no_token_to_nobody(tx: Connection) -> None:
    with pytest.raises(UnknownRecord, match="no user nobody"):
        accounts.issue_token(tx, "nobody", NOW)


def test_it_tells_which_credentials_still_open_something(tx: Connection) -> None:
    live = accounts.hash_token(accounts.open_session(tx, OFFICER.name, NOW, LIFE))
    token = accounts.hash_token(accounts.issue_token(tx, OFFICER.name, NOW))
    closed = accounts.hash_token(accounts.open_session(tx, OFFICER.name, NOW, LIFE))
    accounts.close_session(tx, closed)
    assert accounts.still_live(tx, {live, token, closed, "nonsense"}, NOW, LIFE.idle).keys() == {live, token}
    assert accounts.still_live(tx, {live, token}, NOW + LIFE.idle, LIFE.idle).keys() == {token}
