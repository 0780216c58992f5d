"""The broker's files on disk: whole at every moment, as readable as before, and never without the post's own part."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from monitor.broker_files import BrokerFolder, broker_folder
from monitor.errors import BrokerFilesFault
from monitor.inventory.credentials import DeviceAccount, password_hash
from monitor.settings import load_settings, shipped
from tests.rules.source import ROOT

HASH, OTHER = password_hash("A"), password_hash("B")
BELLS = [DeviceAccount("BELL-1", HASH), DeviceAccount("BELL-2", HASH)]


@pytest.fixture
def folder(tmp_path: Path) -> BrokerFolder:
    (tmp_path / "post.passwd").write_text(f"monitor-alarm:{HASH}\n")
    (tmp_path / "post.acl").write_text("pattern write anninh/v1/+/%u/alarm/#\n")
    return BrokerFolder(tmp_path, None, {"monitor-alarm"})


def keep(folder: BrokerFolder, accounts: Sequence[DeviceAccount]) -> str:
    return str(folder.bring_in_line(lambda: accounts))


def test_it_says_what_it_changed(folder: BrokerFolder) -> None:
    assert keep(folder, BELLS) == "2 added, acl differs"
    assert keep(folder, BELLS) == "as in the inventory, accounts of devices: 2"
    assert keep(folder, [DeviceAccount("BELL-1", OTHER)]) == "1 removed, 1 changed"
    assert keep(folder, [DeviceAccount("BELL-1", None)]) == "1 removed, acl differs"


def test_it_only_looks_when_it_compares(folder: BrokerFolder) -> None:
    assert folder.compare(lambda: BELLS).added == ("BELL-1", "BELL-2")
    assert not (folder.folder / "passwd").exists()


def test_it_takes_over_what_the_post_has_changed(folder: BrokerFolder) -> None:
    keep(folder, BELLS)
    with (folder.folder / "post.passwd").open("a") as own:
        own.write(f"admin:{HASH}\n")
    assert keep(folder, BELLS) == "passwd differs"
    assert f"\nadmin:{HASH}\n" in (folder.folder / "passwd").read_text()


def test_it_repairs_what_somebody_wrote_by_hand(folder: BrokerFolder) -> None:
    keep(folder, BELLS)
    with (folder.folder / "passwd").open("a") as written:
        written.write(f"stranger:{HASH}\n")
    assert keep(folder, BELLS) == "1 removed"
    assert "stranger" not in (folder.folder / "passwd").read_text()


def test_it_leaves_a_file_alone_that_is_right(folder: BrokerFolder) -> None:
    keep(folder, BELLS)
    before = (folder.folder / "passwd").stat().st_ino
    keep(folder, BELLS)
    assert (folder.folder / "passwd").stat().st_ino == before


@pytest.mark.parametrize("name", ["post.passwd", "post.acl"])
def test_it_writes_nothing_where_the_posts_own_part_is_missing(folder: BrokerFolder, name: str) -> None:
    (folder.folder / name).unlink()
    with pytest.raises(BrokerFilesFault, match=f"{name} is missing"):
        keep(folder, BELLS)
    assert not (folder.folder / "passwd").exists()


def test_it_does_not_shut_the_monitor_out(folder: BrokerFolder) -> None:
    (folder.folder / "post.passwd").write_text("admin:x\n")
    with pytest.raises(BrokerFilesFault, match="does not name monitor-alarm"):
        keep(folder, BELLS)


def test_it_keeps_mode_and_owner(folder: BrokerFolder) -> None:
    file = folder.folder / "passwd"
    file.write_text("")
    file.chmod(0o604)
    before = file.stat()
    keep(folder, BELLS)
    after = file.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
    assert after.st_ino != before.st_ino


def test_it_lets_nobody_else_read_a_new_file(folder: BrokerFolder) -> None:
    keep(folder, BELLS)
    assert (folder.folder / "passwd").stat().st_mode & 0o777 == 0o640


DIES_BEFORE_IT_RENAMES = """
import os, pathlib, sys
from monitor.broker_files import replace_file
sys.addaudithook(lambda event, _: os._exit(9) if event == "os.rename" else None)
replace_file(pathlib.Path(sys.argv[1]), b"new\\n")
"""


def test_it_leaves_the_old_file_when_it_dies_before_the_rename(folder: BrokerFolder) -> None:
    keep(folder, BELLS)
    file = folder.folder / "passwd"
    before = file.read_bytes()
    died = subprocess.run([sys.executable, "-c", DIES_BEFORE_IT_RENAMES, str(file)], cwd=ROOT, check=False, timeout=60)
    assert died.returncode == 9
    assert file.with_name(".passwd.new").read_bytes() == b"new\n"
    assert file.read_bytes() == before
    keep(folder, [])
    assert not file.with_name(".passwd.new").exists()
    assert "BELL-1" not in file.read_text()


@pytest.mark.parametrize("content", ["", "no number", "1", "this test's own", "99999999"])
def test_it_signals_no_other_program(folder: BrokerFolder, content: str) -> None:
    """SIGHUP would end this very test."""
    pid_file = folder.folder / "mosquitto.pid"
    pid_file.write_text(content.replace("this test's own", str(os.getpid())))
    with pytest.raises(BrokerFilesFault):
        BrokerFolder(folder.folder, pid_file).reload()


def test_it_says_that_there_is_no_broker_to_tell(folder: BrokerFolder) -> None:
    with pytest.raises(BrokerFilesFault, match=r"mosquitto\.pid"):
        BrokerFolder(folder.folder, folder.folder / "mosquitto.pid").reload()


def test_it_keeps_nothing_unless_it_is_asked_to() -> None:
    assert broker_folder(load_settings(shipped("config/monitor.toml"), {})) is None
