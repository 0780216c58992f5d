"""A gong that an alarm's chain sounds: by the rules for officers, and never where the bell must not be heard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import update

from device_adapters.core.events import AlarmKind
from monitor.inventory.edits import core
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import sirens
from monitor.machines.escalation import Recipient, Step, Way
from monitor.notify.channel_settings import CopyText, SirenWay
from monitor.notify.channels import open_channels
from monitor.notify.dispatcher import Dispatcher
from monitor.notify.plan import Plan
from monitor.pipeline.siren_duties import SirenDuties
from monitor.pipeline.siren_log import NewCall, SirenRules, call_sirens
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.monitor.notify.conftest import StoreDesk
from tests.monitor.notify.sending import OPEN, go, press

STORES = ("sqlite",)
CHANNELS = {"gong": SirenWay(kind="siren", for_s=60), "copy": CopyText(kind="copy_text")}
RULES = SirenRules(max_on_s=180, wide_over=1, second_within_s=120)


class Village:
    """A bell and two gongs; ``told``: the ways of each whom the chain tells."""

    def __init__(self, database_url: str, clock: FakeClock, *told: tuple[Way, ...]) -> None:
        roster = {"commander": tuple(Recipient(f"Người {n}", ways) for n, ways in enumerate(told))}
        plan = Plan(chains={AlarmKind.PANIC: (Step(0, "commander"),)}, roster=roster, channels=CHANNELS)
        self.post = Post(database_url, clock, plan)
        desk = StoreDesk(self.post.store)
        sounder = SirenDuties(desk, RULES, clock)
        self.dispatcher = Dispatcher(open_channels(self.post.plan, desk, clock, None, sounder), desk, clock)

    def tell(self) -> list[dict[str, Any]]:
        go(self.dispatcher, self.post.clock, lambda: not any(duty["state"] in OPEN for duty in self.post.duties()))
        return self.post.duties()

    def calls(self) -> list[dict[str, Any]]:
        with self.post.store.read() as connection:
            return sirens.calls(connection, EVERYWHERE, limit=10)


@pytest.fixture
def village(database_url: str, clock: FakeClock) -> Iterator[Callable[..., Village]]:
    opened: list[Village] = []

    def opening(*told: tuple[Way, ...], **bell: Any) -> Village:
        opened.append(Village(database_url, clock, *told))
        opened[-1].post.register("b-1", **bell)
        for gong in ("g-1", "g-2"):
            opened[-1].post.register(gong, device_class="siren")
        return opened[-1]

    yield opening
    for each in opened:
        each.post.store.close()


def end(town: Village) -> None:
    (alarm,) = town.post.alarms()
    acknowledged = town.post.commands.acknowledge(alarm["id"], alarm["version"], "officer")
    town.post.commands.close(alarm["id"], acknowledged["version"], "officer")
    town.tell()


def test_it_sounds_the_gong_and_silences_it_with_the_end(village: Callable[..., Village]) -> None:
    town = village((Way("gong", "g-1"),))
    press(town.post)
    assert [duty["state"] for duty in town.tell()] == ["SENT"]
    (call,) = town.calls()
    assert (call["asked_by"], call["for_s"], call["orders"][0]["device_id"]) == ("monitor", 60, "g-1")
    assert call["incident_id"] is not None
    end(town)
    assert [order["state"] for call in town.calls() for order in call["orders"]] == ["STOPPING"]


def test_it_leaves_sounding_what_an_officer_asked_for(village: Callable[..., Village]) -> None:
    town = village((Way("gong", "g-1"),))
    with town.post.store.transaction() as tx:
        asked = NewCall(("g-1",), None, 60, "Hỏa hoạn ở chợ", "officer")
        call_sirens(tx, asked, RULES, EVERYWHERE, town.post.clock.now())
    press(town.post)
    town.tell()
    end(town)
    assert [order["state"] for call in town.calls() for order in call["orders"]] == ["COMMANDED"]


def test_it_never_sounds_where_the_bell_is_silent(village: Callable[..., Village]) -> None:
    town = village((Way("gong", "g-1"), Way("copy", "Chỉ huy")), is_silent_at_site=True)
    with town.post.store.transaction() as tx:
        tx.execute(update(core(Device)).values(establishment_id="EST-1"))
    press(town.post)
    assert [duty["state"] for duty in town.tell()] == ["SWITCHED", "BY_HAND"]
    assert town.calls() == []


def test_more_than_a_few_wait_for_a_second_officer(village: Callable[..., Village]) -> None:
    town = village((Way("gong", "g-1"),), (Way("gong", "g-2"),))
    press(town.post)
    assert sorted(duty["state"] for duty in town.tell()) == ["BY_HAND", "SENT"]
    assert sorted(order["state"] for call in town.calls() for order in call["orders"]) == ["COMMANDED", "HELD"]


def test_it_says_that_there_is_no_such_gong(village: Callable[..., Village]) -> None:
    town = village((Way("gong", "g-9"),))
    press(town.post)
    assert [duty["state"] for duty in town.tell()] == ["DEAD"]
