"""The inventory as the files mosquitto reads: nothing gets in that could be read as something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from monitor.demo.brokers import read_acl
from monitor.inventory.broker_accounts import PostFiles, broker_files, device_lines
from monitor.inventory.credentials import DeviceAccount, password_hash
from monitor.settings import shipped

HASH = password_hash("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
POST = PostFiles(
    accounts=f"# the post\nmonitor-alarm:{HASH}\nmonitor-state:{HASH}\nadmin:{HASH}\n",
    rules=shipped("deploy/mosquitto/acl").read_text(encoding="utf-8"),
)


def test_it_puts_devices_behind_the_posts_own_accounts() -> None:
    files = broker_files(POST, [DeviceAccount("BELL-2", HASH), DeviceAccount("BELL-1", HASH)])
    head, body = files.passwords.decode().split("\n", 1)
    assert head.startswith("# Written by the monitor")
    assert body == f"{POST.accounts}BELL-1:{HASH}\nBELL-2:{HASH}\n"
    assert files.rules.decode().split("\n", 1)[1] == POST.rules


def test_it_leaves_the_rules_as_they_are_and_denies_everything_to_whom_it_shuts_out() -> None:
    files = broker_files(POST, [DeviceAccount("BELL-1", None)])
    assert b"BELL-1" not in files.passwords
    assert files.rules.decode().endswith("\nuser BELL-1\ntopic deny #\n")
    assert POST.rules in files.rules.decode()


def test_it_ends_a_last_line_that_somebody_left_open() -> None:
    files = broker_files(PostFiles("admin:x", "user admin\ntopic read #"), [DeviceAccount("B", HASH)])
    assert files.passwords.decode().endswith(f"\nadmin:x\nB:{HASH}\n")


@pytest.mark.parametrize("password_hash", [HASH, None], ids=["let in", "shut out"])
@pytest.mark.parametrize("name", ["monitor-alarm", "admin", "zigbee2mqtt"])
def test_it_never_touches_an_account_of_the_post(name: str, password_hash: str | None) -> None:
    """``zigbee2mqtt`` stands in the rules alone: it comes with a certificate."""
    files = broker_files(POST, [DeviceAccount(name, password_hash)])
    plain = broker_files(POST, [])
    assert (files.passwords, files.rules, files.left_out) == (plain.passwords, plain.rules, (name,))


@pytest.mark.parametrize("hash_", [f"{HASH}\nadmin:{HASH}", "", "plain", f"{HASH}:", f"{HASH} "])
def test_it_writes_no_hash_that_is_none(hash_: str) -> None:
    files = broker_files(POST, [DeviceAccount("BELL-1", hash_)])
    assert files.left_out == ("BELL-1",)
    assert files.passwords == broker_files(POST, []).passwords


odd_names = some.text(min_size=0, max_size=70) | some.sampled_from(
    ["+", "#", ":", "BELL-1:", "BELL-1\nadmin", "BELL-1\r", "a b", "a/b", "%u", "%c", "BELL-1\x00", "Chuông", " "]
)


@given(names=some.lists(odd_names, unique=True, max_size=5), is_in=some.booleans())
def test_it_lets_no_name_break_out_of_its_line(names: list[str], is_in: bool) -> None:
    files = broker_files(POST, [DeviceAccount(name, HASH if is_in else None) for name in names])
    written = [name for name in names if name not in files.left_out]
    lines = files.passwords.decode().split("\n")
    assert len(lines) == len(broker_files(POST, []).passwords.decode().split("\n")) + (len(written) if is_in else 0)
    plain, acl = read_acl(POST.rules), read_acl(files.rules.decode())
    assert acl.everybody == plain.everybody
    assert {name: acl.by_account[name] for name in plain.by_account} == plain.by_account
    assert set(acl.by_account) == set(plain.by_account) | (set() if is_in else set(written))


def test_it_tells_devices_from_the_posts_own_accounts() -> None:
    files = broker_files(POST, [DeviceAccount("BELL-1", HASH)])
    assert device_lines(files.passwords, POST) == {"BELL-1": f"BELL-1:{HASH}"}
