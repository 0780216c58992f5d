"""The commands, as people type them."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from tests.brokers import free_port

WEAKENED = "[hold_up]\npriority = 4\nis_latching = true\ncan_be_shelved = false\n"
Command = Callable[..., Result]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    config = tmp_path / "monitor.toml"
    config.write_text(
        f'database_url = "sqlite:///{tmp_path}/chuong.sqlite3"\nhttp_port = {free_port()}\n'
        f'mqtt_url = "mqtt://127.0.0.1:{free_port()}"\n'
    )
    return config


@pytest.fixture
def chuong(config: Path) -> Command:
    """Runs a command on settings of its own; ``given`` is what it reads from standard input."""

    def run(*words: str, given: str | None = None) -> Result:
        return CliRunner().invoke(app, [*words, "--config", str(config)], input=given)

    return run


@pytest.fixture
def officer(chuong: Command) -> str:
    chuong("user", "add", "truc-ban", "--role", "duty_officer", "--password-stdin", given="a long password\n")
    return "truc-ban"


@pytest.mark.parametrize(("command", "code"), [("serve", 2), ("doctor", 1), ("check-config", 2)])
def test_it_reads_the_alarm_classes_beside_the_settings(config: Path, command: str, code: int) -> None:
    classes = config.with_name("alarm_classes.toml")
    classes.write_text(WEAKENED)
    words = [sys.executable, "-m", "monitor.cli", command, "--config", str(config)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == code
    assert f"{classes}: " in done.stdout + done.stderr


@pytest.mark.parametrize("words", [["check-config"], ["decode", "--adapter", "native"]])
def test_it_loads_no_more_than_the_verb_needs(words: list[str]) -> None:
    """Everything together takes seconds."""
    loaded = "import sys, atexit; atexit.register(lambda: print(sorted({'fastapi', 'sqlmodel'} & set(sys.modules))))"
    run = f"{loaded}; from monitor.cli import app; app({words})"
    done = subprocess.run([sys.executable, "-c", run], input="", capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"


def test_it_lists_who_may_sign_in(chuong: Command, officer: str) -> None:
    assert chuong("user", "list").output == "truc-ban\tduty_officer\n"


def test_it_closes_an_account(chuong: Command, officer: str) -> None:
    assert chuong("user", "close", officer).output == "closed truc-ban\n"
    assert chuong("user", "list").output == ""


def test_it_sets_a_password(chuong: Command, officer: str) -> None:
    done = chuong("user", "password", officer, "--password-stdin", given="another password\n")
    assert (done.exit_code, done.output) == (0, "changed truc-ban\n")
    assert "at least 8" in chuong("user", "password", officer, "--password-stdin", given="short\n").output


def test_it_makes_a_password_where_nobody_gives_one(chuong: Command, officer: str) -> None:
    assert chuong("user", "password", officer).output.startswith("changed truc-ban, password: ")


def test_it_revokes_what_opens_an_account(chuong: Command, officer: str) -> None:
    chuong("user", "token", officer)
    assert chuong("user", "revoke", officer).output == "truc-ban: ended 0 sessions, revoked 1 tokens\n"


@pytest.mark.parametrize("command", ["close", "password", "revoke", "token"])
def test_it_says_in_one_line_that_there_is_no_such_user(chuong: Command, command: str) -> None:
    done = chuong("user", command, "nobody")
    assert (done.exit_code, done.output) == (2, "chuong: there is no user nobody\n")


def run(*words: str, given: bytes | None = None, closed: bool = False) -> subprocess.CompletedProcess[bytes]:
    """In a process of its own, where a traceback would be seen; ``closed``: without standard input."""
    command = [sys.executable, "-m", "monitor.cli", *words]
    if closed:
        command = ["/bin/sh", "-c", 'exec "$@" <&-', "sh", *command]
    strict = os.environ | {"PYTHONIOENCODING": "utf-8:strict"}  # as in any locale but C
    return subprocess.run(command, input=given, env=strict, capture_output=True, check=False, timeout=60)


def is_one_sentence(done: subprocess.CompletedProcess[bytes], part: str) -> bool:
    said = done.stderr.decode()
    return done.returncode == 2 and said.startswith("chuong: ") and said.count("\n") == 1 and part in said


def test_it_says_in_one_line_that_the_folder_cannot_be_made(config: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    config.write_text(f'database_url = "sqlite:///{tmp_path}/taken/chuong.sqlite3"\n')
    assert is_one_sentence(run("user", "list", "--config", str(config)), "taken")


def test_it_says_in_one_line_that_the_store_is_none(config: Path, tmp_path: Path) -> None:
    (tmp_path / "chuong.sqlite3").write_text("not a database " * 100)
    assert is_one_sentence(run("user", "list", "--config", str(config)), "not a database")


def test_it_says_in_one_line_that_no_postgresql_answers(config: Path, tmp_path: Path) -> None:
    config.write_text(f'database_url = "postgresql+psycopg://desk:hidden@/chuong?host={tmp_path}"\n')
    done = run("user", "list", "--config", str(config))
    assert is_one_sentence(done, "connection")
    assert b"hidden" not in done.stderr


def test_it_says_in_one_line_what_postgresql_does_not_know_of_its_address(config: Path) -> None:
    config.write_text('database_url = "postgresql+psycopg://desk@127.0.0.1/chuong?sslmodus=on"\n')
    assert is_one_sentence(run("user", "list", "--config", str(config)), "sslmodus")


def test_it_says_in_one_line_that_the_input_is_no_text() -> None:
    assert is_one_sentence(run("decode", "--adapter", "native", given=b"\xff\xfe\n"), "UTF-8")


def test_it_says_in_one_line_that_there_is_no_input() -> None:
    assert is_one_sentence(run("decode", "--adapter", "native", closed=True), "no standard input")


def test_it_ends_without_a_traceback_when_interrupted(chuong: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted:
        def __iter__(self) -> Iterator[str]:
            raise KeyboardInterrupt

    monkeypatch.setattr("monitor.cli.standard_input", Interrupted)
    done = CliRunner().invoke(app, ["decode", "--adapter", "native"])
    assert (done.exit_code, done.output) == (130, "")


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_it_refuses_a_port_that_is_none(port: str) -> None:
    assert CliRunner().invoke(app, ["demo", "--http-port", port]).exit_code == 2


def test_it_writes_every_change_of_an_account_into_the_journal(chuong: Command, officer: str, config: Path) -> None:
    chuong("user", "change", officer, "--role", "commander")
    chuong("user", "token", officer)
    chuong("user", "password", officer)
    chuong("user", "revoke", officer)
    chuong("user", "close", officer)
    with sqlite3.connect(config.with_name("chuong.sqlite3")) as connection:
        changes = connection.execute("SELECT change FROM edit WHERE entity = 'user_account' ORDER BY id").fetchall()
    assert [change for (change,) in changes] == [
        "added", "changed", "token_issued", "password_set", "revoked", "closed"
    ]  # fmt: skip


def test_it_says_that_the_audit_journal_is_whole_and_where_it_ends(chuong: Command, officer: str) -> None:
    done = chuong("doctor", "audit")
    assert done.exit_code == 0
    assert re.search(
        r"ok     audit journal: 1 rows in order; the head to keep elsewhere is 1:[0-9a-f]{64}\n", done.output
    )


def test_it_says_at_which_row_the_audit_journal_breaks(chuong: Command, officer: str, config: Path) -> None:
    chuong("user", "change", officer, "--role", "commander")
    head = chuong("doctor", "audit").output.split()[-1]
    with sqlite3.connect(config.with_name("chuong.sqlite3")) as connection:
        connection.execute("DROP TRIGGER edit_refuses_delete")
        connection.execute("DELETE FROM edit WHERE id = 2")
    assert chuong("doctor", "audit").exit_code == 0
    done = chuong("doctor", "audit", "--head", head)
    assert (done.exit_code, "broken at row 2: rows up to 2 were there" in done.output) == (1, True)


def test_it_warns_when_nobody_would_see_an_unknown_device(chuong: Command, officer: str, config: Path) -> None:
    assert "WRONG  accounts" not in chuong("doctor").output
    chuong("user", "change", officer, "--role", "reader")
    assert "WRONG  accounts: every account that may acknowledge is bound to an area" in chuong("doctor").output
