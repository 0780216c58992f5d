"""Lists taken in and out on the command line."""

from __future__ import annotations

import fcntl
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from monitor.cli import app
from monitor.inventory.counts import InventoryCounts, inventory_counts
from monitor.journal.database import Store
from tests.monitor.inventory.commune import ROOT
from tests.monitor.inventory.imports.lists import dump
from tests.monitor.inventory.spreadsheets.workbooks import THIRTY

Command = Callable[..., Result]
TABLES = (
    ROOT / "tests/data/commune/areas_versioned.csv",
    ROOT / "simulator/commune/residential_groups.csv",
    ROOT / "simulator/commune/cameras_dinh_van.csv",
    ROOT / "simulator/commune/cameras_high_mast.csv",
    ROOT / "simulator/commune/alarm_bells.csv",
    ROOT / "simulator/commune/people_roles.csv",
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "chuong.sqlite3"


def commands(folder: Path, database: Path) -> Command:
    config = folder / "monitor.toml"
    config.write_text(f'database_url = "sqlite:///{database}"\n')

    def run(*words: str | Path) -> Result:
        return CliRunner().invoke(app, [*map(str, words), "--config", str(config)])

    return run


@pytest.fixture
def chuong(tmp_path: Path, database: Path) -> Command:
    return commands(tmp_path, database)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database into which every table of the demo commune was taken, by command."""
    folder = tmp_path_factory.mktemp("loaded")
    run = commands(folder, folder / "chuong.sqlite3")
    for table in TABLES:
        done = run("import", table, "--commit")
        assert done.exit_code == 0, done.output
    return folder / "chuong.sqlite3"


@pytest.fixture
def commune(loaded: Path, database: Path) -> None:
    shutil.copy(loaded, database)


@contextmanager
def running(database: Path) -> Iterator[None]:
    """As a monitor on this database holds it."""
    with Path(f"{database}.lock").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def contents(database: Path) -> dict[str, list[str]]:
    store = Store(f"sqlite:///{database}")
    try:
        return dump(store)
    finally:
        store.close()


def inventory(database: Path) -> dict[str, list[str]]:
    """Without the journal that screens follow: what was written and taken back both stand there."""
    return {name: rows for name, rows in contents(database).items() if name != "transition"}


def test_it_takes_the_demo_tables_in_twice_and_counts_the_same(chuong: Command, commune: None, database: Path) -> None:
    store = Store(f"sqlite:///{database}")
    with store.read() as connection:
        assert inventory_counts(connection) == InventoryCounts(21, 118, 57, 8, 16, 21)
    store.close()
    before = contents(database)
    for table in TABLES:
        done = chuong("import", table, "--commit")
        assert (done.exit_code, "new 0, changed 0" in done.output) == (0, True), done.output
    assert contents(database) == before


def test_it_gives_every_device_a_state(chuong: Command, commune: None, database: Path) -> None:
    assert len(contents(database)["device_state"]) == 118 + 8 + 21


def test_it_says_every_problem_and_writes_nothing(chuong: Command, commune: None, database: Path) -> None:
    before = contents(database)
    done = chuong("import", THIRTY, "--commit")
    assert done.exit_code == 1
    assert "households: 30 rows, 21 valid, 7 to check, 2 errors, 0 left out" in done.output
    assert "error     row 25 (H26): Position missing" in done.output
    assert contents(database) == before


def test_it_answers_questions_as_proposed(chuong: Command, commune: None, tmp_path: Path) -> None:
    text = THIRTY.read_text("utf-8-sig").replace(",,Đường vào", ",Cổng chào,Đường vào").replace(",0,IP", ",1,IP")
    fixed = tmp_path / "fixed.csv"
    fixed.write_text(text, "utf-8")
    assert chuong("import", fixed).exit_code == 1
    done = chuong("import", fixed, "--agree", "--commit")
    assert (done.exit_code, "new 29" in done.output) == (0, True), done.output


def test_it_writes_nothing_on_a_dry_run(chuong: Command, commune: None, database: Path) -> None:
    before = contents(database)
    assert chuong("import", TABLES[1]).exit_code == 0
    assert contents(database) == before


def test_it_cannot_read_what_is_no_list(chuong: Command, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.csv"
    nothing.write_text("a,b\n1,2\n")
    done = chuong("import", nothing)
    assert (done.exit_code, "No header row" in done.output) == (2, True)
    assert chuong("import", tmp_path / "missing.csv").exit_code == 2


def test_it_writes_the_list_to_send_back(chuong: Command, commune: None, tmp_path: Path) -> None:
    chuong("import", THIRTY, "--corrected", tmp_path / "back.xlsx")
    done = chuong("import", tmp_path / "back.xlsx")
    assert "30 rows" in done.output


def test_it_writes_files_for_nobody_else_to_read(chuong: Command, commune: None, tmp_path: Path) -> None:
    chuong("import", THIRTY, "--corrected", tmp_path / "back.xlsx")
    chuong("export", "groups", tmp_path / "groups.csv")
    modes = {file: stat.S_IMODE((tmp_path / file).stat().st_mode) for file in ("back.xlsx", "groups.csv")}
    assert modes == {"back.xlsx": 0o600, "groups.csv": 0o600}


def test_it_does_not_write_over_what_is_there(chuong: Command, commune: None, tmp_path: Path) -> None:
    mine = tmp_path / "mine.xlsx"
    mine.write_bytes(b"my own")
    for words in (("export", "groups", mine), ("import", THIRTY, "--corrected", mine)):
        done = chuong(*words)
        assert (done.exit_code, f"{mine} is there already" in done.output) == (2, True)
        assert mine.read_bytes() == b"my own"
    assert chuong("export", "groups", mine, "--overwrite").exit_code == 0
    assert mine.read_bytes().startswith(b"PK")
    assert sorted(each.name for each in tmp_path.glob("*xlsx*")) == ["mine.xlsx"]


def test_it_follows_no_link(chuong: Command, commune: None, tmp_path: Path) -> None:
    secret, link = tmp_path / "secret", tmp_path / "groups.csv"
    secret.write_text("untouched")
    link.symlink_to(secret)
    assert chuong("export", "groups", link).exit_code == 2
    assert chuong("export", "groups", link, "--overwrite").exit_code == 0
    assert (secret.read_text(), link.is_symlink()) == ("untouched", False)


def test_it_leaves_nothing_where_writing_fails(chuong: Command, commune: None, tmp_path: Path) -> None:
    assert chuong("export", "groups", tmp_path / "no folder" / "groups.csv").exit_code == 2
    (tmp_path / "folder.csv").mkdir()
    assert chuong("export", "groups", tmp_path / "folder.csv", "--overwrite").exit_code == 2
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("words", [(TABLES[0], "--commit"), ("--undo", "1")])
def test_it_writes_nothing_behind_a_running_monitor(
    chuong: Command, commune: None, database: Path, words: tuple[str | Path, ...]
) -> None:
    before = contents(database)
    with running(database):
        done = chuong("import", *words)
    assert (done.exit_code, "a monitor runs on this database" in done.output) == (2, True)
    assert "http://127.0.0.1:8113/import" in done.output
    assert contents(database) == before


def test_it_looks_beside_a_running_monitor(chuong: Command, commune: None, database: Path) -> None:
    with running(database):
        assert chuong("import", TABLES[0]).exit_code == 0
        assert chuong("import", "--list").exit_code == 0


def test_it_takes_the_last_list_back(chuong: Command, commune: None, database: Path, tmp_path: Path) -> None:
    before = inventory(database)
    renamed = tmp_path / "groups.csv"
    renamed.write_text(TABLES[1].read_text("utf-8").replace("Gia Thạnh", "Gia Thạnh Mới", 1), "utf-8")
    assert chuong("import", renamed, "--commit").exit_code == 0
    number = len(TABLES) + 1
    assert inventory(database) != before
    done = chuong("import", "--undo", number)
    assert (done.exit_code, done.output) == (0, f"taken back: import {number}\n")
    assert inventory(database) == before
    lines = [line.split("\t") for line in chuong("import", "--list").output.splitlines()]
    assert [line[:3] for line in lines[:2]] == [
        [str(number), "undone", "groups"],
        [str(number - 1), "committed", "people"],
    ]


def test_it_says_what_stands_in_the_way_of_taking_a_list_back(chuong: Command, commune: None, database: Path) -> None:
    before = contents(database)
    done = chuong("import", "--undo", "2")
    assert (done.exit_code, "changed or used since: " in done.output) == (2, True)
    assert (chuong("import", "--undo", "99").exit_code, contents(database)) == (2, before)


@pytest.mark.parametrize("words", [(), ("--list", "--undo", "1"), (THIRTY, "--undo", "1"), (THIRTY, "--list")])
def test_it_asks_for_one_wish(chuong: Command, words: tuple[str | Path, ...]) -> None:
    done = chuong("import", *words)
    assert (done.exit_code, "name a list, or say --list, or --undo" in done.output) == (2, True)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_what_it_exports_changes_nothing_when_it_comes_in_again(
    chuong: Command, commune: None, database: Path, tmp_path: Path, form: str
) -> None:
    before = contents(database)
    for kind in ("areas", "groups", "cameras", "bells", "people"):
        file = tmp_path / f"{kind}.{form}"
        assert chuong("export", kind, file).exit_code == 0
        done = chuong("import", file, "--commit")
        assert (done.exit_code, "new 0, changed 0" in done.output) == (0, True), done.output
    assert contents(database) == before
