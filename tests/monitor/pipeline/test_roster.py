"""The chain takes its people from the roster where it has somebody, else from the settings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from device_adapters.core.events import AlarmKind
from monitor.inventory.area_tables import Area
from monitor.inventory.edits import Edit, core
from monitor.inventory.people_tables import Contact, Person
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import duties
from monitor.journal.watches import NewWatch, add_watches
from monitor.machines.escalation import Recipient, Step, Way
from monitor.notify.plan import Plan
from tests.monitor.conftest import Post
from tests.monitor.pipeline.test_duties import BUTTON, PRESS

ZNS = (Way("zns", "@commander"), Way("copy", "Chỉ huy"))


@pytest.fixture
def plan() -> Plan:
    """The commander at 60 s, and a group whoever stands duty."""
    roster = {"commander": (Recipient("Chỉ huy", ZNS), Recipient("Nhóm", (Way("zalo-group", "g.1"),)))}
    return Plan({AlarmKind.HOLD_UP: (Step(60, "commander"),)}, roster)


def stand(post: Post, name: str, first: datetime, hours: float, **more: Any) -> None:
    new = NewWatch("commander", name, first, first + timedelta(hours=hours), **more)
    with post.store.transaction() as tx:
        assert add_watches(tx, [new], Edit("chi-huy", post.clock.now(), "form"), EVERYWHERE) == 1


def told(post: Post) -> list[tuple[str, str, str]]:
    with post.store.read() as connection:
        rows = [duties.duty_row(connection, duty["id"]) for duty in post.duties()]
    return [(row["recipient"], row["channel"], row["address"]) for row in rows]


def test_it_tells_who_stands_duty_at_the_deadline(button: Post) -> None:
    now = button.clock.now()
    with button.store.transaction() as tx:
        tx.execute(insert(core(Person)).values(id="P-7", name="Chỉ huy đêm"))
        phone = {"holder": "person", "holder_id": "P-7", "kind": "phone", "name": "x", "rank": 1}
        tx.execute(insert(core(Contact)).values(id="person:P-7/1", value="0900000007", **phone))
    stand(button, "Chỉ huy ngày", now - timedelta(hours=12), 12 + 30 / 3600)  # goes 30 s after the ring
    stand(button, "Chỉ huy đêm", now + timedelta(seconds=30), 12, person_id="P-7")
    button.receive(BUTTON, PRESS)
    assert told(button) == [("Chỉ huy đêm", "zns", "0900000007"), ("Nhóm", "zalo-group", "g.1")]
    assert button.duties()[0]["text"].endswith("chuyển Chỉ huy đêm")


def test_it_tells_the_one_of_the_nearest_area(post: Post) -> None:
    with post.store.transaction() as tx:
        area = {"level": "commune", "kind": "xã", "search_text": "xa"}
        tx.execute(insert(core(Area)).values(id="X-1", name="Xã", **area))
    post.register("BELL-DV-009", "zigbee2mqtt", address="sos-credit-fund", alarm_kind="hold_up", area_id="X-1")
    stand(post, "Chỉ huy tỉnh", post.clock.now(), 1)
    stand(post, "Chỉ huy xã", post.clock.now(), 1, scope_id="X-1", way="telegram:77")
    post.receive(BUTTON, PRESS)
    assert told(post)[0] == ("Chỉ huy xã", "telegram", "77")


def test_it_tells_whom_the_settings_name_where_nobody_stands_duty(button: Post) -> None:
    stand(button, "Chỉ huy hôm qua", button.clock.now() - timedelta(hours=24), 12)
    button.receive(BUTTON, PRESS)
    assert told(button)[0] == ("Chỉ huy", "copy", "Chỉ huy")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_mistake_in_the_roster_keeps_nobody_from_being_told(button: Post) -> None:
    stand(button, "Chỉ huy đêm", button.clock.now(), 1)
    with button.store.transaction() as tx:
        tx.exec_driver_sql("UPDATE watch SET ends_at = 'no moment'")
    button.receive(BUTTON, PRESS)
    assert [alarm["state"] for alarm in button.alarms()] == ["UNACKNOWLEDGED"]
    assert told(button)[0] == ("Chỉ huy", "copy", "Chỉ huy")
