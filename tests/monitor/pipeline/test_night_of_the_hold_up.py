"""The night of 14/03/2026 at the post of Đinh Văn, as the brief tells it (5A): forty eyes without power, then a silent
hold-up at the credit fund; every moment by the post's own clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.errors import Refusal
from monitor.inventory import seeding
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.call_list import call_list
from monitor.journal.dispatch_rows import groups_told
from monitor.journal.incident_site import site_of
from monitor.journal.incidents import incident_row, incidents_page, open_in, timeline_of
from monitor.journal.near_eyes import eyes_near
from monitor.journal.report_rows import NewTip, log_tip
from monitor.journal.times import LOCAL
from monitor.machines.escalation import Recipient, Way
from monitor.machines.incident import Closing, Disposition, Stage
from monitor.notify.channel_settings import ZaloGroup
from monitor.notify.plan import Plan, read_plan
from monitor.pipeline.incident_commands import Act
from monitor.reports.incident_lines import Handled, incident_line
from monitor.settings import shipped
from monitor.web.catalogue_reader import Catalogue
from tests.fake_zalo import FakeZalo
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.monitor.inventory.commune import load
from tests.monitor.notify.conftest import StoreDesk, account_of
from tests.monitor.notify.sending import dispatcher_of, go
from tests.monitor.pipeline.power_cut import FAULTY, Commune, a_commune, topic

STORES = ("sqlite",)
OFFICER, PATROL = "truc-ban-ca-dem", "cskv-b1"
CREDIT_FUND, GOLD_SHOP = "BELL-DV-009", "BELL-DV-011"
CUT_AT = datetime(2026, 3, 14, 11, 40, tzinfo=UTC)  # 18:40 in Vietnam
PRESSES, COPIES = 4, 3
GROUPS = {
    "command_group": ("Chỉ huy Công an – Đinh Văn", "Z-DV-CHCA"),
    "steering_group": ("Ban Chỉ đạo phòng, chống tội phạm – Đinh Văn", "Z-DV-BCD"),
}


@dataclass
class Night:
    commune: Commune
    post: Post
    zalo: FakeZalo

    def until(self, moment: str) -> None:
        """``HH:MM:SS``; all that have power beat meanwhile."""
        self.commune.go(self._seconds_to(moment))

    def sleep_until(self, moment: str) -> None:
        """An hour in which nothing comes in: not a beat of it is played."""
        self.post.wait(1, is_linked=False)
        self.post.clock.forward(self._seconds_to(moment) - 1)
        self.post.wait(1, is_linked=False)
        assert self.hour() == moment
        self.commune.beat(self.commune.everybody)

    def hour(self) -> str:
        return f"{self.post.clock.now().astimezone(LOCAL):%H:%M:%S}"

    def _seconds_to(self, moment: str) -> int:
        now = self.post.clock.now().astimezone(LOCAL)
        then = datetime.combine(now.date(), datetime.strptime(moment, "%H:%M:%S").time(), LOCAL)  # noqa: DTZ007
        return round((then - now) / timedelta(seconds=1))

    def press(self, device_id: str, number: int) -> None:
        """Handed over three times, as QoS 1 may."""
        body = {"v": 1, "id": f"{device_id}-{number}", "boot": "b1", "kind": "alarm", "input": "hold_up"}
        ts = round((self.post.clock.now().timestamp() + 0.7 * (number - 1)) * 1000)
        for _ in range(COPIES):
            self.post.receive(f"{topic(device_id)}/alarm", body | {"ts": ts})

    def incident(self, device_id: str = CREDIT_FUND) -> dict[str, Any]:
        with self.post.store.read() as connection:
            every, _ = incidents_page(connection, EVERYWHERE, is_open=None, limit=9)
        return next(each for each in every if each["alarms"][0]["device_id"] == device_id)

    def act(self, device_id: str = CREDIT_FUND, by: str = OFFICER) -> Act:
        seen = self.incident(device_id)
        return Act(incident_id=seen["id"], version=seen["version"], by=by)

    def acknowledge(self, device_id: str = CREDIT_FUND) -> None:
        (alarm,) = self.incident(device_id)["alarms"]
        self.post.commands.acknowledge(alarm["id"], alarm["version"], OFFICER)

    def close(self, device_id: str, disposition: Disposition, note: str) -> dict[str, Any]:
        with self.post.store.read() as connection:
            row = incident_row(connection, self.act(device_id).incident_id, EVERYWHERE)
            steps = self.post.incidents.steps(connection, row)
        for step in steps:
            self.post.incidents.plan_step(self.act(device_id), step.id, is_done=True, text=None)
        return self.post.incidents.close(self.act(device_id), Closing(disposition=disposition, note=note))

    def groups_told(self) -> str:
        """As the page of the incident says it."""
        with self.post.store.read() as connection:
            told = groups_told(connection, self.incident()["id"])
        return screen("zalo.sent", n=told.sent, m=told.of)

    def outage(self) -> dict[str, Any]:
        (found,) = [alarm for alarm in self.post.alarms() if alarm["kind"] == "outage"]
        return found

    def line(self) -> str:
        with self.post.store.read() as connection:
            row = incident_row(connection, self.act().incident_id, EVERYWHERE)
        return incident_line(row["kind"], [Handled(row["opened_at"], row["acknowledged_at"], row["on_scene_at"])], "vi")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(CUT_AT - timedelta(seconds=100))


@pytest.fixture
def zalo() -> Iterator[FakeZalo]:
    with FakeZalo() as zalo:
        yield zalo


@pytest.fixture
def plan(zalo: FakeZalo) -> Plan:
    """As it is shipped, with the two groups of the post in Zalo itself."""
    told = read_plan(shipped("config/escalation.toml"), shipped("config/channels.toml"))
    groups = {role: (Recipient(name, (Way("zalo-group", group),)),) for role, (name, group) in GROUPS.items()}
    channels = {**told.channels, "zalo-group": ZaloGroup(kind="zalo_group")}
    return replace(told, roster={**told.roster, **groups}, channels=channels, zalo=account_of(zalo))


@pytest.fixture
def night(post: Post, zalo: FakeZalo) -> Night:
    commune = a_commune(post)
    load(post.store, seeding.load_people, "people_roles.csv")
    commune.break_down(FAULTY)
    return Night(commune, post, zalo)


def screen(key: str, **values: object) -> str:
    return Catalogue().translate("vi", key, values)


def the_power_goes(night: Night) -> None:
    """18:40 to 18:43: one outage of forty eyes."""
    night.until("18:40:00")
    assert len(night.post.supervisor.working() & set(night.commune.eyes)) == 115
    night.commune.cut_power()
    night.until("18:43:00")
    outage = night.outage()
    told = outage["outage"]
    assert (told["name"], told["eyes_down"], told["groups"], outage["priority"]) == ("LT-2", 40, 8, 3)
    coverage = night.commune.coverage().coverage
    assert (coverage.eyes.working, coverage.effective) == (75, 13)


def the_credit_fund_presses(night: Night) -> None:
    """18:52: four presses, each handed over three times, and a broker that restarts among them."""
    post = night.post
    night.sleep_until("18:52:00")
    night.press(CREDIT_FUND, 1)
    (alarm,) = night.incident()["alarms"]
    assert (alarm["kind"], alarm["state"], alarm["place"]) == (
        "hold_up",
        "UNACKNOWLEDGED",
        "Quỹ tín dụng nhân dân minh họa",
    )
    assert (alarm["position"], alarm["is_silent_at_site"]) == ("Quầy giao dịch 1", True)
    post.wait(9, is_linked=False)  # the broker restarts, and hands over what it kept
    for number in range(2, PRESSES + 1):
        night.press(CREDIT_FUND, number)
    (alarm,) = night.incident()["alarms"]
    assert (alarm["presses"], alarm["duplicates"]) == (PRESSES, PRESSES * (COPIES - 1))
    assert night.incident()["code"] == "BD-260314-0001"


def what_the_officer_sees(night: Night) -> None:
    """18:52:05: no eye near by that works, and whom to call."""
    post = night.post
    with post.store.read() as connection:
        found = site_of(connection, night.incident()["id"], EVERYWHERE)
        called = call_list(connection, found.site, EVERYWHERE)
        assert found.at is not None
        eyes = eyes_near(connection, found.at, post.supervisor.working(), EVERYWHERE)
    assert [eye.id in post.supervisor.working() for eye in eyes.nearest] == [False] * 7
    assert eyes.working is not None
    assert (eyes.working.id, round(eyes.working.distance_m)) == ("CAM-DV-0036", 727)
    assert called[0].role == "area_officer"
    assert "establishment" not in {each.role for each in called}, "nobody calls a place whose bell is silent"


def the_groups_are_told(night: Night) -> None:
    """The command's and the steering committee's; groups of villagers hear nothing of it."""
    assert night.groups_told() == "Đã gửi Zalo 0/2 nhóm"
    dispatcher = dispatcher_of(night.post, StoreDesk(night.post.store))
    go(dispatcher, night.post.clock, lambda: len(night.zalo.seen) == len(GROUPS))
    assert night.groups_told() == "Đã gửi Zalo 2/2 nhóm"
    assert {group for group, _ in night.zalo.seen} == {"Z-DV-BCD", "Z-DV-CHCA"}
    lines = night.zalo.seen[0][1].splitlines()
    assert lines[0] == "ĐÃ ĐIỀU LỰC LƯỢNG: BÁO ĐỘNG CƯỚP – Quỹ tín dụng nhân dân minh họa"
    assert "Mã BD-260314-0001 · Báo lúc 18:52:00 · Điều lực lượng lúc 18:52:50" in lines


def a_caller_tells_of_the_same(night: Night) -> None:
    """18:54: 113 passes a caller on; is it about what goes on there?"""
    night.until("18:54:00")
    post, now = night.post, night.post.clock.now()
    new = NewTip(now, "DV-04", "phone", "Hai người bịt mặt trong quỹ tín dụng", now, OFFICER)
    with post.store.transaction() as tx:
        tip_id = log_tip(tx, new, EVERYWHERE)["id"]
        (near,) = open_in(tx, new.area_id, limit=3)
    assert screen("incident.merge_question", code=near["code"]) == "Gộp vào BD-260314-0001?"
    post.incidents.take_tip(night.act(), tip_id)
    with pytest.raises(Refusal, match="has this tip already"):
        post.incidents.take_tip(night.act(), tip_id)
    with post.store.read() as connection:
        said = timeline_of(connection, near["id"], EVERYWHERE)[-1]
    assert (said["kind"], said["text"], said["actor"]) == ("tip", new.text, OFFICER)


def he_handles_it(night: Night) -> None:
    """18:52:20 to 18:57:10, with a gold shop that tries its bell in between."""
    post = night.post
    night.until("18:52:20")
    night.acknowledge()
    assert {duty["state"] for duty in post.duties()} == {"STOPPED"}, "nobody else was told"
    night.until("18:52:50")
    post.incidents.advance(night.act(), Stage.DISPATCHED)
    the_groups_are_told(night)
    a_caller_tells_of_the_same(night)
    night.sleep_until("18:55:00")
    night.press(GOLD_SHOP, 1)
    assert night.incident(GOLD_SHOP)["code"] == "BD-260314-0002", "beside the first, not over it"
    night.acknowledge(GOLD_SHOP)
    night.close(GOLD_SHOP, Disposition.UNANNOUNCED_TEST, "chủ tiệm thử chuông")
    night.sleep_until("18:57:10")
    post.incidents.advance(night.act(by=PATROL), Stage.ON_SCENE)


def the_power_is_back(night: Night) -> None:
    """20:15: forty of forty, without a sound."""
    post = night.post
    night.sleep_until("20:15:00")
    rung = len(post.events("alarm"))
    night.commune.power_back()
    night.until("20:15:05")
    outage = night.outage()
    assert (outage["state"], outage["outage"]["eyes_down"], outage["outage"]["eyes"]) == ("NORMAL", 0, 40)
    assert "UNACKNOWLEDGED" not in {each["state"] for each in post.events("alarm")[rung:]}, "nothing rings for it"


def he_closes_it(night: Night) -> None:
    """20:30: the moments stand, and the line of the report."""
    post = night.post
    night.sleep_until("20:30:00")
    closed = night.close(CREDIT_FUND, Disposition.GENUINE_CRIME, "đã bắt quả tang")
    assert (closed["stage"], closed["closed_at"][:19]) == (Stage.CLOSED, "2026-03-14T13:30:00")
    assert night.line() == "Báo động cướp: 1 vụ, tiếp nhận sau 20 giây, có mặt sau 5 phút 10 giây"
    with post.store.read() as connection:
        kinds = [line["kind"] for line in timeline_of(connection, closed["id"], EVERYWHERE)]
    assert [kind for kind in kinds if kind not in ("rang_again", "plan_step")] == [
        "opened",
        "acknowledged",
        "dispatched",
        "tip",
        "on_scene",
        "closed",
    ]


def test_it_plays_the_night_of_the_hold_up_to_its_line(night: Night) -> None:
    the_power_goes(night)
    the_credit_fund_presses(night)
    what_the_officer_sees(night)
    he_handles_it(night)
    the_power_is_back(night)
    he_closes_it(night)
