"""A bank with two buttons and a shop with one, on a real store, and an officer who tests them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import Edit, put_all
from monitor.inventory.place_tables import Establishment
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.pipeline.bell_tests import Fault, NewSession, end_session, fail_trial, open_session
from monitor.pipeline.trial_log import SESSION, TRIAL
from tests.monitor.conftest import Post

OFFICER = "truc-ban"
SHOP = "BELL-3"
DESK = {"screen_id": "desk-1", "delay_ms": 12.0}


class Bank:
    """A bank with two buttons and a shop with one; each is to be tried every thirty days."""

    def __init__(self, post: Post) -> None:
        self.post, self.presses = post, 0
        post.commands.change(_load, "operator")
        post.entries.clear()

    def open(self, *device_ids: str, minutes: int = 15, within: Territory = EVERYWHERE) -> int:
        new = NewSession(device_ids, "Hoa sen", timedelta(minutes=minutes), OFFICER)
        return self.do(lambda tx, now: open_session(tx, new, within, now))

    def end(self, session_id: int, within: Territory = EVERYWHERE) -> int:
        return self.do(lambda tx, now: end_session(tx, session_id, OFFICER, within, now))

    def fail(self, session_id: int, device_id: str, within: Territory = EVERYWHERE) -> int:
        fault = Fault(session_id, device_id, "Còi không kêu", OFFICER)
        return self.do(lambda tx, now: fail_trial(tx, fault, within, now))

    def do(self, work: Callable[..., Any]) -> int:
        return self.post.commands.bell_tests.act(work)

    def press(self, device_id: str, channel: str = "alarm", **more: Any) -> None:
        self.presses += 1
        body = {"v": 1, "id": f"b1-{self.presses:06}", "boot": "b1", "kind": "alarm", "input": "hold_up"}
        body["ts"] = round(self.post.clock.now().timestamp() * 1000)
        self.post.receive(f"anninh/v1/bell/{device_id}/{channel}", body | more)

    def receipt(self, kind: str, after_s: float, version: int = 1, alarm_id: int = 1) -> None:
        self.post.clock.forward(after_s)
        self.post.commands.receipt(alarm_id, {**DESK, "version": version, "kind": kind}, OFFICER)

    def alarms(self) -> list[tuple[str, str, str]]:
        """But for those of its silence: nobody beats for these buttons."""
        told = [(each["device_id"], each["kind"], each["state"]) for each in self.post.alarms()]
        return [each for each in told if each[1] != "offline"]

    def trials(self) -> dict[str, Any]:
        with self.post.store.read() as connection:
            return {row.device_id: row for row in connection.execute(select(TRIAL).order_by(TRIAL.c.id))}

    def session(self) -> Any:
        with self.post.store.read() as connection:
            return connection.execute(select(SESSION)).one()

    def last_test(self, device_id: str) -> datetime | None:
        with self.post.store.read() as connection:
            query = "SELECT last_test_at FROM device_state WHERE device_id = '%s'"
            return connection.exec_driver_sql(query % device_id).scalar()  # type: ignore[no-any-return]

    def told(self) -> list[tuple[str, str | None]]:
        return [(each["what"], each["ending"]) for each in self.post.events("bell_test")]


def _load(tx: Connection, now: datetime) -> None:
    by = Edit("operator", now, "tables")
    put_all(tx, Area, [area_row(each, "residential_group", each) for each in ("DV-01", "DV-02")], by)
    put_all(tx, Establishment, [{"id": "NH-01", "name": "Ngân hàng", "kind": "bank", "group_id": "DV-01"}], by)
    bell = {"device_class": "bell", "adapter": "native", "alarm_kind": "hold_up", "test_interval_days": 30}
    places = {"BELL-1": ("DV-01", "NH-01"), "BELL-2": ("DV-01", "NH-01"), SHOP: ("DV-02", None)}
    for device_id, (group_id, shop) in places.items():
        named = {"id": device_id, "name": device_id, "address": device_id, "registered_at": now}
        put_all(tx, Device, [{**bell, **named, "group_id": group_id, "establishment_id": shop}], by)
