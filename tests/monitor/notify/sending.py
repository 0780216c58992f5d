"""A post whose alarms are told by local servers, and its senders, steered by the test."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from device_adapters.core.events import AlarmKind
from monitor.machines.escalation import Recipient, Step, Way
from monitor.notify.channel_settings import CopyText, ZaloGroup, ZaloUser, Zns
from monitor.notify.channels import open_channels
from monitor.notify.dispatcher import Dispatcher
from monitor.notify.plan import Plan
from tests.fake_zalo import FakeZalo
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.monitor.notify.conftest import StoreDesk, account_of

OPEN = ("WAITING", "SENDING")
REPEAT = "[CÓ THỂ LẶP LẠI]"
CHANNELS = {
    "zalo": ZaloUser(kind="zalo_user"),
    "zalo-group": ZaloGroup(kind="zalo_group"),
    "zns": Zns(kind="zns", template_id="t-1"),
    "copy": CopyText(kind="copy_text"),
}


def told_by(*ways: Way, after_s: float = 0.0, **more: Any) -> Plan:
    """One person is told of a panic, by these ways."""
    roster = {"commander": (Recipient("Chỉ huy", ways),)}
    return Plan(chains={AlarmKind.PANIC: (Step(after_s, "commander"),)}, roster=roster, **more)


def zalo_plan(zalo: FakeZalo, *ways: Way, after_s: float = 0.0) -> Plan:
    return told_by(*ways, after_s=after_s, channels=CHANNELS, zalo=account_of(zalo))


def dispatcher_of(post: Post, desk: StoreDesk) -> Dispatcher:
    return Dispatcher(open_channels(post.plan, desk, post.clock), desk, post.clock, post.plan.quiet)


def press(post: Post, number: int = 1) -> None:
    body = {"v": 1, "id": f"b{number}-1", "kind": "alarm", "input": "panic"}
    post.receive(f"anninh/v1/bell/b-{number}/alarm", body)


def go(dispatcher: Dispatcher, clock: FakeClock, until: Callable[[], bool], turns: int = 400) -> None:
    """Sends what is due, several at once, and lets time pass."""
    for _ in range(turns):
        threads = [threading.Thread(target=dispatcher.deliver, args=(duty,)) for duty in dispatcher.take()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if until():
            return
        clock.forward(1 if not threads else 0.25)
    raise AssertionError("it does not come to an end")
