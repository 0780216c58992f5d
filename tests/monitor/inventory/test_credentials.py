"""Who has an account at the broker, and what the store keeps of it."""

from __future__ import annotations

import hashlib
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from monitor.errors import Refusal, UnknownRecord
from monitor.inventory import credentials
from monitor.inventory.credential_tables import Credential
from monitor.inventory.credentials import DeviceAccount, Issued, device_accounts, issue, issue_missing, revoke
from monitor.inventory.device_records import retire
from monitor.inventory.edits import Edit, core, put_all, remove_all
from monitor.inventory.fact_tables import EditRow
from monitor.inventory.tables import Device
from monitor.journal.database import Store

NOW = datetime(2026, 3, 14, 11, tzinfo=UTC)
BY = Edit("operator", NOW, "form")
LATER = replace(BY, at=NOW + timedelta(days=1))


@pytest.fixture
def tx(database_url: str) -> Iterator[Connection]:
    store = Store(database_url)
    store.migrate()
    with store.transaction() as tx:
        yield tx
    store.close()


def add(tx: Connection, *device_ids: str, by: Edit = BY, **given: Any) -> None:
    plain = {"device_class": "bell", "adapter": "native", "is_high_mast": False, "is_silent_at_site": False}
    rows = [
        {"id": each, "name": each, "address": each, "search_text": "", "registered_at": by.at} | plain | given
        for each in device_ids
    ]
    put_all(tx, Device, rows, by)


def is_hash_of(secret: str, password_hash: str) -> bool:
    _, version, rounds, salt, digest = password_hash.split("$")
    made = hashlib.pbkdf2_hmac("sha512", secret.encode(), b64decode(salt), int(rounds), 64)
    return version == "7" and made == b64decode(digest)


def holds(tx: Connection, issued: Issued) -> bool:
    """Would the broker let in whoever has this secret?"""
    accounts = {account.user_name: account.password_hash for account in device_accounts(tx)}
    return is_hash_of(issued.secret, accounts.get(issued.user_name) or "$7$1$$")


def standing(tx: Connection, device_id: str) -> str:
    return credentials.credential_states(tx, device_id)[0].standing


def test_it_makes_128_random_bits_easy_to_type() -> None:
    secrets = {credentials.new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch("[A-Z2-7]{26}", secret) for secret in secrets)


def test_it_keeps_only_the_hash(tx: Connection) -> None:
    add(tx, "BELL-1")
    issued = issue(tx, "BELL-1", BY)
    assert holds(tx, issued)
    assert issued.secret not in repr(
        [*tx.execute(select(core(Credential))), *tx.execute(select(core(EditRow))), issued]
    )


def test_it_tells_the_journal_who_issued_but_not_the_hash(tx: Connection) -> None:
    add(tx, "BELL-1")
    issue(tx, "BELL-1", LATER)
    edit = tx.execute(select(core(EditRow)).where(core(EditRow).c.entity == "credential")).one()
    assert (edit.actor, edit.entity_id, edit.change) == ("operator", "BELL-1", "added")
    assert '"password_hash":"***"' in edit.after


def test_it_stops_the_old_secret_when_it_issues_a_new_one(tx: Connection) -> None:
    add(tx, "BELL-1")
    old, new = issue(tx, "BELL-1", BY), issue(tx, "BELL-1", LATER)
    assert (holds(tx, old), holds(tx, new)) == (False, True)


def test_it_issues_again_after_a_revocation(tx: Connection) -> None:
    add(tx, "BELL-1")
    issue(tx, "BELL-1", BY)
    assert revoke(tx, ["BELL-1"], LATER) == ["BELL-1"]
    assert standing(tx, "BELL-1") == "revoked"
    assert holds(tx, issue(tx, "BELL-1", LATER))


def test_it_revokes_once(tx: Connection) -> None:
    add(tx, "BELL-1", "BELL-2")
    issue(tx, "BELL-1", BY)
    revoke(tx, ["BELL-1"], BY)
    assert revoke(tx, ["BELL-1", "BELL-2"], LATER) == []


@pytest.mark.parametrize("reason", ["revoked", "retired"])
def test_it_shuts_out_whom_somebody_ended(tx: Connection, reason: str) -> None:
    add(tx, "BELL-1")
    issue(tx, "BELL-1", BY)
    if reason == "revoked":
        revoke(tx, ["BELL-1"], BY)
    else:
        retire(tx, ["BELL-1"], date(2026, 3, 14), BY)
    assert device_accounts(tx) == [DeviceAccount("BELL-1", None)]
    assert standing(tx, "BELL-1") == reason


def test_it_shuts_out_a_retired_device_that_only_had_a_certificate(tx: Connection) -> None:
    add(tx, "BELL-1", lifecycle="RETIRED")
    assert device_accounts(tx) == [DeviceAccount("BELL-1", None)]


def test_it_forgets_a_retired_device_that_gave_its_address_up(tx: Connection) -> None:
    add(tx, "BELL-1", lifecycle="RETIRED", address="BELL-1 (retired)")
    assert device_accounts(tx) == []


def test_it_names_the_account_after_the_address(tx: Connection) -> None:
    add(tx, "BELL-1", address="esp32-7f")
    assert issue(tx, "BELL-1", BY).user_name == "esp32-7f"


def test_it_ends_an_account_whose_device_has_another_address_now(tx: Connection) -> None:
    add(tx, "BELL-1")
    issue(tx, "BELL-1", BY)
    put_all(tx, Device, [{"id": "BELL-1", "address": "BELL-7"}], LATER)
    assert device_accounts(tx) == []
    assert standing(tx, "BELL-1") == "outdated"
    assert [each.user_name for each in issue_missing(tx, LATER)] == ["BELL-7"]


def test_it_gives_nothing_of_a_removed_device_to_the_next_of_its_name(tx: Connection) -> None:
    add(tx, "BELL-1")
    issue(tx, "BELL-1", BY)
    remove_all(tx, Device, [("BELL-1",)], BY)
    assert device_accounts(tx) == []
    add(tx, "BELL-1", by=LATER)
    assert device_accounts(tx) == []
    assert standing(tx, "BELL-1") == "none"
    assert holds(tx, issue(tx, "BELL-1", LATER))


@pytest.mark.parametrize(
    "given",
    [
        {"adapter": "zigbee2mqtt"},
        {"device_class": "gong"},
        {"device_class": "recorder"},
        {"lifecycle": "RETIRED"},
        {"address": "monitor-alarm"},
        {"address": "admin"},
        {"address": "zigbee2mqtt"},
        {"address": "BELL-1:$7$1$c2FsdA==$aGFzaA=="},
        {"address": "+"},
        {"address": "#"},
        {"address": "BELL/1"},
        {"address": "BELL-1\nadmin:x"},
        {"address": "Chuông"},
    ],
)
def test_it_refuses_an_account_to(tx: Connection, given: dict[str, str]) -> None:
    add(tx, "BELL-1", **given)
    with pytest.raises(Refusal, match="BELL-1 can have no account"):
        issue(tx, "BELL-1", BY)
    assert issue_missing(tx, BY) == []


def test_it_knows_no_device_that_is_not_registered(tx: Connection) -> None:
    with pytest.raises(UnknownRecord):
        issue(tx, "BELL-1", BY)


def test_it_issues_to_those_who_connect_by_themselves_and_have_none(tx: Connection) -> None:
    add(tx, "BELL-1", "BELL-2", "BELL-3")
    add(tx, "PROBE-1", device_class="probe")
    add(tx, "CAM-1", device_class="camera")
    add(tx, "BELL-4", parent_id="PROBE-1")
    issue(tx, "BELL-1", BY)
    issue(tx, "BELL-2", BY)
    revoke(tx, ["BELL-2"], BY)
    assert [each.device_id for each in issue_missing(tx, LATER)] == ["BELL-3", "PROBE-1"]
    assert issue_missing(tx, LATER) == []


def test_it_issues_to_a_camera_that_somebody_asks_for(tx: Connection) -> None:
    add(tx, "CAM-1", device_class="camera")
    assert holds(tx, issue(tx, "CAM-1", BY))
