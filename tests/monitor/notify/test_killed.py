"""Killed at any moment between the ring and the phone: nothing is lost, and what may come twice says so."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from sqlalchemy import Connection

from device_adapters.core.events import AlarmKind
from monitor.machines.delivery import Answer
from monitor.machines.escalation import Step, Way
from monitor.notify.channel_settings import Webhook
from monitor.notify.channels import open_channels
from monitor.notify.dispatcher import Dispatcher
from monitor.notify.message import Channel, Message
from tests.fake_services import FakeService
from tests.fakes import FakeClock
from tests.monitor.conftest import Post
from tests.monitor.notify.conftest import StoreDesk
from tests.monitor.notify.sending import OPEN, dispatcher_of, go, press, told_by

STORES = ("sqlite",)
T = TypeVar("T")


class Killed(BaseException):
    """The process is gone: nothing after this line is done."""


POINTS = ("ring", "taken", "take_told", "sending", "sent", "settled", "settle_told")


class Fuse:
    """Blows once, at the moment it was set to."""

    def __init__(self) -> None:
        self.at: str | None = None

    def pass_(self, point: str) -> None:
        if self.at == point:
            self.at = None
            raise Killed


class FragileChains(dict[AlarmKind, tuple[Step, ...]]):
    """Dies in the transaction of the ring, when it is asked whom to tell."""

    fuse = Fuse()

    def get(self, kind: AlarmKind, default: Any = None) -> Any:
        self.fuse.pass_("ring")
        return super().get(kind, default)


class FragileDesk(StoreDesk):
    """Dies in the middle of a transaction, or between its commit and whoever waits for it."""

    def __init__(self, post: Post, fuse: Fuse) -> None:
        super().__init__(post.store)
        self._fuse = fuse
        self._calls = 0

    def write(self, work: Callable[[Connection], T]) -> T:
        name = "take" if self._calls == 0 else "settle"
        self._calls += 1

        def fragile(tx: Connection) -> T:
            done = work(tx)
            self._fuse.pass_("taken" if name == "take" else "settled")
            return done

        done = super().write(fragile)
        self._fuse.pass_(f"{name}_told")
        return done


class FragileChannel:
    kind = "webhook"

    def __init__(self, channel: Channel, fuse: Fuse) -> None:
        self._channel, self._fuse = channel, fuse

    def send(self, message: Message) -> Answer:
        self._fuse.pass_("sending")
        answer = self._channel.send(message)
        self._fuse.pass_("sent")
        return answer

    def check(self) -> Answer:
        return self._channel.check()


def test_row_3_it_delivers_every_duty_though_it_is_killed_at_200_points(
    service: FakeService, database_url: str, clock: FakeClock
) -> None:
    hook = Webhook(kind="webhook", url=service.url)
    plan = told_by(Way("hook", "in"), channels={"hook": hook})
    chains = FragileChains(plan.chains)
    post = Post(database_url, clock, replace(plan, chains=chains))
    chance, killed = random.Random(20_260_314), defaultdict[str, int](int)
    for number in range(200):
        post = _begun_again(post, database_url)
        point = chains.fuse.at = chance.choice(POINTS)
        with pytest.raises(Killed):
            _from_ring_to_phone(post, number, chains.fuse)
        killed[point] += 1
        post = _begun_again(post, database_url)
        press(post, number)  # a press that is not acknowledged, or whose acknowledgement is lost, comes again
        _after_restart(post)
    copies: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for asked in service.asked:
        (alert,) = asked.json["alerts"]
        copies[alert["labels"]["code"]].append(alert["annotations"])
    post.store.close()
    assert set(killed) == set(POINTS)
    assert len(copies) == 200
    for code, told in copies.items():
        marks = [each["is_repeat"] for each in told]
        assert marks[1:] == ["true"] * (len(marks) - 1), code
    assert sum(len(told) for told in copies.values()) > 200


def _begun_again(post: Post, database_url: str) -> Post:
    """What a new process knows: what is stored."""
    post.store.close()
    return Post(database_url, FakeClock(post.clock.now()), post.plan)


def _from_ring_to_phone(post: Post, number: int, fuse: Fuse) -> None:
    press(post, number)
    desk = FragileDesk(post, fuse)
    channels = {name: FragileChannel(each, fuse) for name, each in open_channels(post.plan, desk, post.clock).items()}
    dispatcher = Dispatcher(channels, desk, post.clock)
    for duty in dispatcher.take():
        dispatcher.deliver(duty)


def _after_restart(post: Post) -> None:
    dispatcher = dispatcher_of(post, StoreDesk(post.store))
    dispatcher.recover()
    go(dispatcher, post.clock, lambda: post.duties(states=OPEN) == [])
