"""On PostgreSQL with a web process beside the leader: its screens hear what the leader tells, or that nothing comes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import insert

from monitor.inventory.area_tables import Area
from monitor.inventory.areas import area_row
from monitor.inventory.edits import core
from monitor.journal.accounts import Role, User, add_user, issue_token
from monitor.journal.database import Store
from monitor.sole_use import LOST_THE_LEASE
from tests.brokers import GATEWAY_ACCOUNT, Broker
from tests.builders import a_zigbee_bell
from tests.durability.on_postgresql import wait_for
from tests.monitor.web.serving import Stream, Told
from tests.postgresql import Cluster
from tests.processes import OFFICER, PASSWORD, MonitorProcess
from tests.small_post import Desk

OURS, THEIRS = "sos-ours", "sos-theirs"


@dataclass
class Post:
    """A leader, one that stands by, and a web process; ``board``: token of an account bound to one group."""

    desk: Desk
    other: MonitorProcess
    web: MonitorProcess
    board: str

    def ours(self, token: str) -> Stream:
        stream = Stream(self.web.port, token)
        assert stream.answer.status == 200
        assert stream.any().event == "hello"
        return stream


@pytest.fixture(scope="module")
def post(postgresql: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    folder = tmp_path_factory.mktemp("web")
    with ExitStack() as stack:
        database = {"CHUONG_DATABASE_URL": stack.enter_context(postgresql.database())}
        broker = Broker(made(folder / "broker"))
        broker.configure()
        broker.start()
        stack.callback(broker.stop)
        processes = [
            MonitorProcess(made(folder / name), broker.environ | database, verb=verb)
            for name, verb in (("leader", ("serve",)), ("other", ("serve",)), ("web", ("web",)))
        ]
        leader, other, web = processes
        for each, until in ((leader, "/readyz"), (other, ""), (web, "/readyz")):
            stack.callback(each.close)
            each.start(until=until)
        wait_for(lambda: "standing_by" in other.log)
        gateway = stack.enter_context(broker.connect(GATEWAY_ACCOUNT))
        desk = Desk(broker, leader, gateway)
        board = token_of_board(database["CHUONG_DATABASE_URL"])
        for button, group in ((OURS, "DV-04"), (THEIRS, "DV-05")):
            desk.register(a_zigbee_bell(id=button, address=button, group_id=group, group_name=group))
        yield Post(desk, other, web, board)


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def token_of_board(url: str) -> str:
    now = datetime.now(UTC)
    with closing(Store(url)) as store, store.transaction() as tx:
        for group in ("DV-04", "DV-05"):
            tx.execute(insert(core(Area)).values(area_row(group, "residential_group", group)))
        add_user(tx, User("to-04", Role.GROUP_BOARD, "DV-04"), PASSWORD, now)
        return issue_token(tx, "to-04", now)


def alarm_of(device: str, stream: Stream) -> Told:
    return stream.until(lambda told: told.event == "alarm" and told.data["device_id"] == device)[-1]


def test_it_tells_its_screens_of_a_press_and_its_acknowledgement(post: Post) -> None:
    token = post.desk.monitor.token
    with closing(post.ours(token)) as first, closing(post.ours(token)) as second:
        post.desk.press(OURS)
        told = alarm_of(OURS, first)
        assert alarm_of(OURS, second).id == told.id
        acknowledge = f"{post.web.url}/api/v1/alarms/{told.data['id']}/acknowledge"
        headers = {"Authorization": f"Bearer {token}"}
        answer = httpx2.post(acknowledge, json={"version": told.data["version"]}, headers=headers, verify=False)
        assert answer.status_code == 200, answer.text
        for screen in (first, second):
            assert alarm_of(OURS, screen).data["state"] == answer.json()["state"] != told.data["state"]


def test_it_tells_an_account_of_one_group_only_of_its_own(post: Post) -> None:
    with closing(post.ours(post.board)) as board:
        post.desk.press(THEIRS)
        post.desk.wait_for_alarm(device_id=THEIRS)
        post.desk.press(OURS)
        seen = board.until(lambda told: told.event in {"alarm", "alarm_count"})
    assert [told.data.get("device_id", OURS) for told in seen if told.event.startswith("alarm")] == [OURS]


def test_it_signs_in_through_the_leader_and_ends_the_stream_at_sign_out(post: Post) -> None:
    with httpx2.Client(base_url=post.web.url, verify=False) as browser, httpx2.Client(verify=False) as stranger:
        assert browser.get("/").headers["location"] == "/login"
        browser.post("/login", data={"name": OFFICER, "password": PASSWORD})
        assert "chuong_session" in browser.cookies
        assert browser.get("/").status_code == 200
        assert stranger.get(f"{post.web.url}/").status_code == 303, "one browser's session was given to another"
        with browser.stream("GET", "/api/v1/stream") as stream:
            assert stream.status_code == 200
            browser.post("/logout", headers={"Origin": post.web.url})
            assert "signed_out" in list(stream.iter_lines())[-2]


def test_it_goes_quiet_with_the_leader_and_loads_anew_from_the_next(post: Post) -> None:
    """The last: the leader is gone afterwards."""
    leader = post.desk.monitor
    with closing(post.ours(leader.token)) as screen:
        assert screen.any() is not None
        post.other.freeze()
        leader.freeze()
        frozen_at = datetime.now(UTC)
        wait_for(lambda: post.web.status("/api/v1/stream") == 503)
        away = httpx2.get(f"{post.web.url}/api/v1/alarms", verify=False)
        assert (away.status_code, away.json()["error"], away.headers["retry-after"]) == (503, "no_leader", "2")
        page = httpx2.get(f"{post.web.url}/", headers={"Accept": "text/html"}, verify=False)
        assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
        assert (post.web.status("/healthz"), post.web.status("/readyz")) == (200, 503)
        post.other.thaw()
        while (told := screen.any()) and told.event == "beat":
            assert datetime.fromisoformat(told.data["now"]) <= frozen_at, "the web process has a pulse of its own"
        assert told is not None
        assert told.event == "resync"
        wait_for(lambda: post.web.status("/readyz") == 200)
        assert post.web.status("/login") == 200
        leader.thaw()
        post.desk.press(THEIRS)
        assert screen.until(lambda told: told.event.startswith("alarm"))[-1].id >= told.id
    assert leader.process
    assert leader.process.wait(15) == LOST_THE_LEASE
    leader.process = None
