"""A province of two communes on the real monitor; only the broker is missing. Every word of the other one is marked.

``zxq…`` are words of the other commune, ``zyq…`` words of our own commune's other group: whoever must not know them
can be caught by them in any answer. Phone numbers are marked by their last digits.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, insert, select, update
from sqlmodel import SQLModel

from device_adapters.core.contract import Message
from device_adapters.core.events import AlarmKind
from monitor.app import Monitor
from monitor.inventory.action_plans import read_action_plans
from monitor.inventory.alarm_classes import read_alarm_classes
from monitor.inventory.area_tables import Area, AreaPast
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.fact_tables import DeclaredFact
from monitor.inventory.folding import search_text
from monitor.inventory.imports.batches import Given, add_batch
from monitor.inventory.people_tables import Beat, Contact, Custodian, Person, PersonRole
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal import accounts, saved_views
from monitor.journal.accounts import Role, User
from monitor.journal.device_queries import device_by_id
from monitor.journal.duties import DUTY
from monitor.journal.gaps import LOST, keep_gap
from monitor.journal.outages import MEMBER, OUTAGE
from monitor.journal.saved_views import NewView
from monitor.journal.transitions import DeviceTurn, add_turn
from monitor.notify.plan import read_plan, with_layers
from monitor.pipeline.alarm_log import Signal, raise_alarm
from monitor.settings import Settings, action_plans_file, alarm_classes_file, layers_file, plan_files
from tests.empty_store import empty_store
from tests.fakes import FakeClock
from tests.monitor.web.walk import deeds
from tests.monitor.web.walk.marked import (
    COMMUNE,
    DEVICE,
    GROUP,
    LOADED_AT,
    MARKED,
    OTHER_COMMUNE,
    OTHER_DEVICE,
    OTHER_GROUP,
    OTHER_MAST,
    OTHER_SIREN,
    PROVINCE,
    SIDE_DEVICE,
    SIDE_GROUP,
)


class Country:
    def __init__(self, folder: Path, database_url: str | None = None) -> None:
        url = database_url or empty_store(folder / "chuong.sqlite3")
        settings = Settings(database_url=url, login_attempts=1000)
        classes_file = alarm_classes_file()
        plans = read_action_plans(action_plans_file(classes_file))
        telling = with_layers(read_plan(*plan_files()), layers_file(plan_files()[1]))
        self.monitor = Monitor(settings, read_alarm_classes(classes_file), FakeClock(), plans, telling)
        self.monitor.store.migrate()
        self.monitor.pipeline.load()
        self.monitor.commands.change(self._load_places, "operator")
        # Who was there before the places were loaded anew has to load anew itself.
        self.settled_seq = self.monitor.latest_seq()
        self.monitor.commands.change(self._load_devices, "operator")
        self.batch = self._bring()
        self._share()
        self.presses = 0
        for device in (DEVICE, SIDE_DEVICE, OTHER_DEVICE):
            self.press(device)
        self._tell_in_vain()
        self._go_dark("1", "feeder", "zxqlodien", (OTHER_DEVICE, OTHER_MAST))
        self._go_dark("2", "uplink", OTHER_DEVICE, (DEVICE, OTHER_DEVICE, OTHER_MAST))  # ours hangs on theirs
        self._flap(OTHER_DEVICE, SIDE_DEVICE, DEVICE)
        self.alarms = self._alarms()
        self.incidents = self._incidents()
        with self.monitor.store.transaction() as tx:
            deeds.act(tx)
            deeds.warn(tx, self.incidents[OTHER_DEVICE], self.alarms[OTHER_DEVICE])
        self.monitor.intake.start()

    def close(self) -> None:
        self.monitor.intake.stop()
        self.monitor.store.close()

    def _bring(self) -> int:
        """A list that waits in the other commune."""
        within = Territory(OTHER_COMMUNE, frozenset({OTHER_COMMUNE, OTHER_GROUP}))
        content = f"device_id,group_id,location_note\nzxq-eye,{OTHER_GROUP},zxqngaba\n".encode()
        given = Given("zxqtep.csv", "0" * 64, content)
        with self.monitor.store.transaction() as tx:
            return add_batch(tx, given, "zxq-operator", within, LOADED_AT)

    def _load_places(self, tx: Connection, _now: datetime) -> None:
        by = Edit("operator", LOADED_AT, "tables")
        areas = [
            area_row(PROVINCE, "province", "Tỉnh"),
            area_row(COMMUNE, "commune", "Xã nhà", parent_id=PROVINCE),
            area_row(GROUP, "residential_group", "Tổ nhà", parent_id=COMMUNE),
            area_row(SIDE_GROUP, "residential_group", "Tổ zyqten", parent_id=COMMUNE),
            area_row(OTHER_COMMUNE, "commune", "Xã zxqten", parent_id=PROVINCE, latitude=11.5, longitude=108.5),
            area_row(OTHER_GROUP, "residential_group", "Tổ zxqto", parent_id=OTHER_COMMUNE, beat_id="zxq-beat"),
        ]
        put_all(tx, Area, areas, by)
        put_all(tx, AreaPast, [{"area_id": OTHER_GROUP, "valid_to": date(2020, 1, 1), "parent_id": "zxq-before"}], by)
        for mark, (group, digits) in MARKED.items():
            self._furnish(tx, mark, (group, digits), by)

    def _load_devices(self, tx: Connection, _now: datetime) -> None:
        by = Edit("operator", LOADED_AT, "tables")
        mast = {"area_id": OTHER_COMMUNE, "device_class": "camera", "is_high_mast": True}
        devices = [
            _device(DEVICE, "own", GROUP),
            _device(SIDE_DEVICE, "zyq", SIDE_GROUP),
            _device(OTHER_DEVICE, "zxq", OTHER_GROUP),
            _device(OTHER_MAST, "zxq", None) | mast,
            _device(OTHER_SIREN, "zxq", OTHER_GROUP) | {"device_class": "siren"},
        ]
        put_all(tx, Device, devices, by)
        fact = {"id": "zxq-fact", "source": "zxqbao", "area_name": "Xã zxqten", "area_id": OTHER_COMMUNE}
        put_all(tx, DeclaredFact, [{**fact, "indicator": "camera_eyes", "value": 41.0, "qualifier": "about"}], by)

    def _furnish(self, tx: Connection, mark: str, marked: tuple[str, str], by: Edit) -> None:
        (group, digits), commune = marked, OTHER_COMMUNE if mark == "zxq" else COMMUNE
        where = {"group_id": group, "latitude": 11.5, "longitude": 108.5}
        put_all(tx, Site, [{"id": f"{mark}-site", "name": f"Cột {mark}cot", "location_kind": "market", **where}], by)
        shop = {"id": f"{mark}-shop", "name": f"Quỹ {mark}quy", "kind": "credit_fund", "street_address": f"{mark}pho"}
        put_all(tx, Establishment, [{**shop, **where}], by)
        put_all(tx, Beat, [{"id": f"{mark}-beat", "name": f"Địa bàn {mark}diaban", "area_id": commune}], by)
        keeper = {"id": f"{mark}-keeper", "name": f"Ban {mark}ban", "kind": "group_board", "group_id": group}
        put_all(tx, Custodian, [keeper], by)
        person = {"id": f"{mark}-person", "name": f"Tổ trưởng {mark}truong", "unit": f"{mark}-keeper"}
        put_all(tx, Person, [person], by)
        put_all(tx, PersonRole, [{"person_id": person["id"], "role": "group_head", "scope_id": group}], by)
        for number, (holder, holder_id) in enumerate(
            [("person", person["id"]), ("custodian", keeper["id"]), ("establishment", shop["id"])]
        ):
            phone = {"id": f"{mark}-phone-{number}", "holder": holder, "holder_id": holder_id}
            put_all(tx, Contact, [{**phone, "kind": "phone", "value": f"090{digits}"}], by)
        hole = {"kind": LOST, "first_seq": 3, "last_seq": 4, "lost": 2, "noticed_at": by.at}
        keep_gap(
            tx,
            {
                "source": f"native:{mark}",
                "device_id": OTHER_DEVICE if mark == "zxq" else None,
                "run": f"{mark}boot",
                **hole,
            },
        )

    def _share(self) -> None:
        """A view that somebody of the other commune shares."""
        with self.monitor.store.transaction() as tx:
            accounts.add_user(tx, User("zxq-operator", Role.OPERATOR, OTHER_COMMUNE), "a long password", LOADED_AT)
            new = NewView(
                "zxq-operator", "Camera zxqten", f"area={OTHER_COMMUNE}", is_shared=True, created_at=LOADED_AT
            )
            saved_views.save(tx, new)

    def press(self, device_id: str) -> None:
        self.presses += 1
        body = {
            "v": 1,
            "id": f"b1-{self.presses:06}",
            "kind": "alarm",
            "input": "panic",
            "ts": 1_773_486_000_000,
            "boot": "b1",
        }
        topic = f"anninh/v1/bell/{device_id}/alarm"
        self.monitor.pipeline.process([("native", Message(topic, json.dumps(body).encode(), self.monitor.clock.now()))])

    def _tell_in_vain(self) -> None:
        """Of each alarm, the second officer by hand and the commander not at all."""
        with self.monitor.store.transaction() as tx:
            for state, role in (("BY_HAND", "second_officer"), ("DEAD", "commander")):
                tx.execute(update(DUTY).where(DUTY.c.role == role).values(state=state))

    def _go_dark(self, name: str, cause: str, key: str, device_ids: Sequence[str]) -> None:
        kind, rules = AlarmKind.OUTAGE, {"priority": 3, "is_latching": False}
        signal = Signal(
            source=f"monitor:{name}", device_id=None, kind=kind, raised_at=LOADED_AT, received_at=LOADED_AT, **rules
        )
        with self.monitor.store.transaction() as tx:
            alarm_id = raise_alarm(tx, signal).alarm_id
            outage = {"alarm_id": alarm_id, "name": name, "cause": cause, "cause_key": key, "began_at": LOADED_AT}
            tx.execute(insert(OUTAGE).values(**outage, rung_for=len(device_ids)))
            member = {"alarm_id": alarm_id, "how": "silent", "joined_at": LOADED_AT}
            tx.execute(insert(MEMBER), [{**member, "device_id": each} for each in device_ids])

    def _flap(self, *device_ids: str) -> None:
        with self.monitor.store.transaction() as tx:
            for each in device_ids * 2:
                add_turn(tx, DeviceTurn(each, "silent", LOADED_AT, "monitor", "LATE", "OFFLINE"))

    def _alarms(self) -> dict[str, int]:
        with self.monitor.read() as connection:
            rows = connection.exec_driver_sql("SELECT device_id, id FROM alarm").all()
        return {row.device_id: row.id for row in rows}

    def _incidents(self) -> dict[str, int]:
        """Of the device that called."""
        with self.monitor.read() as connection:
            called = "SELECT device_id, incident_id FROM alarm JOIN incident_alarm ON alarm_id = alarm.id"
            return {row.device_id: row.incident_id for row in connection.exec_driver_sql(called)}

    def version(self, device_id: str) -> str:
        with self.monitor.read() as connection:
            return str(device_by_id(connection, device_id, EVERYWHERE)["version"])

    def token(self, role: Role, scope: str | None) -> str:
        """Of a new account with that role in that area."""
        name, now = f"{role}-{scope}", self.monitor.clock.now()
        with self.monitor.store.transaction() as tx:
            accounts.add_user(tx, User(name, role, scope), "a long password", now)
            return accounts.issue_token(tx, name, now)

    def rows_with(self, is_marked: Callable[[str], bool]) -> dict[str, list[str]]:
        """Table → its marked rows as text, but for what is only ever added to: what people did, and who signed in."""
        left_out = {"edit", "login_session", "api_token", "user_account"}
        found = {}
        with self.monitor.read() as connection:
            for name in sorted(SQLModel.metadata.tables.keys() - left_out):
                rows = connection.execute(select(SQLModel.metadata.tables[name])).mappings()
                told = (row for row in rows if row.get("batch_id", self.batch) == self.batch)  # not his own lists
                texts = (orjson.dumps(dict(row), default=repr).decode() for row in told)
                found[name] = sorted(text for text in texts if is_marked(text.casefold()))
        return found


def _device(device_id: str, mark: str, group_id: str | None) -> dict[str, Any]:
    words = {"name": f"Nút {mark}nut", "place": f"Quỹ {mark}quy", "street_address": f"{mark}pho", "model": f"{mark}mau"}
    return {
        "id": device_id,
        "device_class": "bell",
        "adapter": "native",
        "address": device_id,
        "group_id": group_id,
        "group_name": f"Tổ {mark}to",
        "search_text": search_text(device_id, *words.values()),
        "registered_at": LOADED_AT,
        "serial": f"{mark}serial",
        "power_feeder": f"{mark}lodien",
        "network_provider": f"{mark}mang",
        "site_id": f"{mark}-site",
        "establishment_id": f"{mark}-shop",
        "custodian_id": f"{mark}-keeper",
        "latitude": 11.5,
        "longitude": 108.5,
        **words,
    }
