"""The devices of a story into the store: the commune's tables, as an operator loads them, and the story's own."""

from __future__ import annotations

import csv
import io
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from monitor.inventory import seeding
from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.drafts import DeviceDraft
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.kinds import Level
from monitor.inventory.registration import register
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import accounts
from monitor.journal.accounts import Role
from monitor.journal.database import Store
from monitor.journal.device_states import create_missing_states
from simulator.enrolment import GATEWAY_ADDRESS
from simulator.scenario.cast import Cast, Member, cast_of
from simulator.scenario.shapes import Scenario
from simulator.scenario.stage import zigbee_button

COMMUNE, NAME = "24871@2019", "Đinh Văn"
WHO = "scenario"
# Whoever looks at screens.
LOOKER = "screen"
_LOADERS: MappingProxyType[str, Callable[[Connection, bytes, Edit], Any]] = MappingProxyType(
    {
        "residential_groups.csv": seeding.load_groups,
        "cameras_dinh_van.csv": seeding.load_cameras,
        "cameras_high_mast.csv": lambda tx, data, by: seeding.load_cameras(tx, data, by, COMMUNE),
        "alarm_bells.csv": seeding.load_bells,
    }
)
# Who explores plays ten thousand stories with one cast: it is registered once.
MOST_KEPT = 8
_KEPT: dict[str, bytes] = {}
_NOT_OF_THE_CAST = {"id": True, "title_vi": True, "seed": True, "lasts": True}


def new_store(file: Path, scenario: Scenario) -> str:
    """The address of a new store in which the devices of the story are registered, and have never been heard."""
    cast = scenario.model_dump_json(exclude={"step": True, "want": True, "expect": True, "scenario": _NOT_OF_THE_CAST})
    if cast not in _KEPT:
        file.write_bytes(_empty())
        _register(file, scenario)
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[cast] = file.read_bytes()
    file.write_bytes(_KEPT[cast])
    return f"sqlite:///{file}"


def _register(file: Path, scenario: Scenario) -> None:
    store = Store(f"sqlite:///{file}")
    try:
        with store.transaction() as tx:
            register_cast(tx, scenario, cast_of(scenario), scenario.scenario.start)
    finally:
        store.close()


@cache
def _empty() -> bytes:
    """The migrations take longer than many a story."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "store.sqlite3"
        store = Store(f"sqlite:///{file}")
        store.migrate()
        store.close()
        return file.read_bytes()


def issue_tokens(url: str, names: Iterable[str], now: datetime) -> dict[str, str]:
    """An account for everybody who acts or looks in a story, and a token for each, which is his password too."""
    store, found = Store(url), {}
    with store.transaction() as tx:
        for name in dict.fromkeys(names):
            accounts.add_user(tx, accounts.User(name, Role.COMMANDER), secrets.token_urlsafe(16), now)
            found[name] = accounts.issue_token(tx, name, now)
            accounts.set_password(tx, name, found[name])
    store.close()
    return found


def register_cast(tx: Connection, scenario: Scenario, cast: Cast, now: datetime) -> None:
    by = Edit(WHO, now, "tables")
    if scenario.scenario.inventory:
        put_all(tx, Area, [area_row(COMMUNE, Level.COMMUNE, NAME)], by)
        for name in sorted(scenario.scenario.inventory, key=list(_LOADERS).index):
            _LOADERS[name](tx, _table(name, scenario), by)
        seeding.load_people(tx, _bytes("people_roles.csv"), by)
    for member in _speakers_first(cast.members.values()):
        register(tx, _draft(member, cast), by, EVERYWHERE)
    create_missing_states(tx, now)


def _speakers_first(members: Iterable[Member]) -> list[Member]:
    return sorted((each for each in members if not each.is_of_commune), key=lambda each: each.behind is not None)


def _draft(member: Member, cast: Cast) -> DeviceDraft:
    speaker = cast.members.get(member.behind or "")
    is_zigbee = member.device_class == "gateway" or (speaker is not None and speaker.device_class == "gateway")
    address = member.device_id
    if member.device_class == "gateway":
        address = GATEWAY_ADDRESS
    elif is_zigbee:
        address = zigbee_button(member).address
    return DeviceDraft(
        device_class=member.device_class,
        name=member.device_id,
        adapter="zigbee2mqtt" if is_zigbee else "native",
        id=member.device_id,
        address=address,
        alarm_kind=member.kind if member.device_class == "bell" else None,
        parent_id=member.behind,
        power_feeder=member.feeder,
    )


def _table(name: str, scenario: Scenario) -> bytes:
    """In a story all eyes and buttons speak our own contract, at the pace the story sets."""
    rows = list(csv.DictReader(io.StringIO(_bytes(name).decode("utf-8-sig"))))
    for row in rows:
        if "adapter" in row:
            row["adapter"] = "native"
        if "heartbeat_s" in row:
            row["heartbeat_s"] = str(round(scenario.interval_s("bell")))
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def _bytes(name: str) -> bytes:
    return (resources.files("simulator") / "commune" / name).read_bytes()
