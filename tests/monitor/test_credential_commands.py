"""``chuong credentials``, as people type it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.tables import Device
from monitor.journal.database import Store
from tests.brokers import free_port
from tests.empty_store import empty_store

BY = Edit("operator", datetime(2026, 3, 14, 11, tzinfo=UTC), "form")
Command = Callable[..., Result]


def a_row(device_id: str, **given: str) -> dict[str, object]:
    names = dict.fromkeys(("id", "name", "address"), device_id)
    plain = {"device_class": "bell", "adapter": "native", "is_high_mast": False, "is_silent_at_site": False}
    return {**names, **plain, "search_text": "", "registered_at": BY.at, **given}


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Three bells and an eye; the monitor keeps the broker's files, and nobody runs a broker."""
    store = Store(empty_store(tmp_path / "chuong.sqlite3"))
    store.migrate()
    with store.transaction() as tx:
        rows = [a_row("BELL-1"), a_row("BELL-2"), a_row("BELL-3"), a_row("CAM-1", device_class="camera")]
        put_all(tx, Device, rows, BY)
    store.close()
    (tmp_path / "post.passwd").write_text("")
    (tmp_path / "post.acl").write_text("")
    config = tmp_path / "monitor.toml"
    config.write_text(
        f'database_url = "sqlite:///{tmp_path}/chuong.sqlite3"\nmosquitto_folder = "{tmp_path}"\n'
        f'http_port = {free_port()}\nmqtt_url = "mqtt://127.0.0.1:{free_port()}"\n'
    )
    return config


@pytest.fixture
def credentials(config: Path) -> Command:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, ["credentials", *words, "--config", str(config)])

    return run


def passwords(config: Path) -> list[str]:
    lines = config.with_name("passwd").read_text().splitlines()
    return [line.split(":")[0] for line in lines if not line.startswith("#")]


def test_it_issues_one_and_says_it_once(credentials: Command, config: Path) -> None:
    done = credentials("issue", "BELL-1")
    first, second = done.output.splitlines()
    assert [len(word) for word in first.split("\t")] == [6, 6, 26]
    assert second == "the broker's files: 1 added, acl differs"
    assert passwords(config) == ["BELL-1"]


def test_it_issues_to_all_that_have_none_into_a_file_of_ones_own(credentials: Command, config: Path) -> None:
    credentials("issue", "BELL-1")
    out = config.with_name("secrets.csv")
    done = credentials("issue", "--missing", "--out", str(out))
    assert done.output.splitlines() == [f"issued 2, in {out}", "the broker's files: 2 added"]
    assert out.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert [(row["device_id"], len(row["secret"])) for row in rows] == [("BELL-2", 26), ("BELL-3", 26)]
    assert not any(row["secret"] in done.output for row in rows)


def many(config: Path, count: int) -> Store:
    store = Store(f"sqlite:///{config.with_name('chuong.sqlite3')}")
    with store.transaction() as tx:
        put_all(tx, Device, [a_row(f"SHOP-{number:04}") for number in range(count)], BY)
    return store


def secrets_in(file: Path) -> list[str]:
    return [row["device_id"] for row in csv.DictReader(file.read_text().splitlines())]


def test_it_issues_to_many_in_parts_and_goes_on_where_it_was_stopped(credentials: Command, config: Path) -> None:
    store = many(config, 1200)
    with store.transaction() as tx:
        tx.execute(text("CREATE TRIGGER stop BEFORE INSERT ON credential WHEN NEW.device_id = 'SHOP-1100' "
                        "BEGIN SELECT RAISE(ABORT, 'no room'); END"))  # fmt: skip
    first, second = config.with_name("first.csv"), config.with_name("second.csv")
    stopped = credentials("issue", "--missing", "--out", str(first))
    assert (stopped.exit_code, f"issued 1000, in {first}; for the rest" in stopped.output) == (2, True)
    with store.transaction() as tx:
        tx.execute(text("DROP TRIGGER stop"))
    store.close()
    assert credentials("issue", "--missing", "--out", str(second)).exit_code == 0
    assert (len(secrets_in(first)), len(secrets_in(second))) == (1000, 203)
    assert set(secrets_in(first) + secrets_in(second)) == set(passwords(config))


def test_it_leaves_the_store_to_others_between_two_parts(credentials: Command, config: Path) -> None:
    store = many(config, 1200)
    assert credentials("issue", "--missing", "--out", str(config.with_name("all.csv"))).exit_code == 0
    with store.read() as connection:
        parts = connection.execute(text("SELECT count(*) FROM credential GROUP BY issued_at")).scalars()
        assert sorted(parts) == [203, 500, 500]
    store.close()


def test_it_issues_to_the_class_asked_for(credentials: Command, config: Path) -> None:
    credentials("issue", "--missing", "--class", "camera", "--out", str(config.with_name("secrets.csv")))
    assert passwords(config) == ["CAM-1"]


def test_it_overwrites_no_file(credentials: Command, config: Path) -> None:
    done = credentials("issue", "--missing", "--out", str(config))
    assert (done.exit_code, "File exists" in done.output) == (2, True)
    assert "valid" not in credentials("list").output


def test_it_leaves_nothing_where_a_device_can_have_none(credentials: Command, config: Path) -> None:
    out = config.with_name("secrets.csv")
    done = credentials("issue", "BELL-1", "NO-SUCH", "--out", str(out))
    assert (done.exit_code, out.exists()) == (2, False)
    assert "valid" not in credentials("list").output


@pytest.mark.parametrize("words", [(), ("BELL-1", "--missing"), ("--missing",)])
def test_it_asks_for_a_complete_wish(credentials: Command, words: tuple[str, ...]) -> None:
    assert credentials("issue", *words).exit_code == 2


def test_it_lists_who_may_sign_in(credentials: Command) -> None:
    credentials("issue", "BELL-1", "BELL-2")
    credentials("revoke", "BELL-2")
    lines = [line.split("\t") for line in credentials("list").output.splitlines()]
    assert [(line[0], line[2]) for line in lines] == [("BELL-1", "valid"), ("BELL-2", "revoked"), ("BELL-3", "none")]


def test_it_revokes(credentials: Command, config: Path) -> None:
    credentials("issue", "BELL-1", "BELL-2")
    assert credentials("revoke", "BELL-2").output == "revoked 1\nthe broker's files: 1 removed, acl differs\n"
    assert passwords(config) == ["BELL-1"]
    assert credentials("revoke", "NO-SUCH").exit_code == 2


def test_it_repairs_what_differs_and_says_so(credentials: Command, config: Path) -> None:
    credentials("issue", "BELL-1")
    config.with_name("passwd").write_text("stranger:x\n")
    assert (credentials("sync", "--dry-run").exit_code, passwords(config)) == (1, ["stranger"])
    assert credentials("sync").output == "the broker's files: 1 added, 1 removed\n"
    assert passwords(config) == ["BELL-1"]
    assert credentials("sync", "--dry-run").exit_code == 0


def test_it_does_not_sync_what_it_does_not_keep(credentials: Command, config: Path) -> None:
    config.write_text(config.read_text().replace("mosquitto_folder", "# mosquitto_folder"))
    done = credentials("sync")
    assert (done.exit_code, "set mosquitto_folder" in done.output) == (2, True)


def test_the_doctor_says_that_the_files_differ(credentials: Command, config: Path) -> None:
    def said() -> str:
        lines = CliRunner().invoke(app, ["doctor", "--config", str(config)]).output.splitlines()
        return next(line for line in lines if "broker accounts" in line)

    credentials("issue", "BELL-1")
    assert said() == "ok     broker accounts: as in the inventory, accounts of devices: 1"
    config.with_name("passwd").write_text("")
    assert said().startswith("WRONG  broker accounts: the files differ from the inventory (1 added)")
    assert config.with_name("passwd").read_text() == ""
