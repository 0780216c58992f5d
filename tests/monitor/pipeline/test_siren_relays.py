"""From an officer's call to the relay a siren hangs on, and back: what is sent, and what its answers come to."""

from __future__ import annotations

import json
from typing import Any

import pytest

from device_adapters.core.contract import Message
from monitor.inventory.territory import EVERYWHERE
from monitor.journal import sirens
from monitor.notify.siren_sender import SirenSender
from monitor.pipeline.siren_log import NewCall, SirenRules, call_sirens, stop_siren
from tests.monitor.conftest import BASES, Post
from tests.monitor.notify.conftest import StoreDesk

STORES = ("sqlite",)
RULES = SirenRules(max_on_s=180, wide_over=3, second_within_s=120)


class Officer:
    def __init__(self, post: Post, family: str) -> None:
        self.post, self.family = post, family
        self.sent: list[tuple[str, bytes]] = []
        desk = StoreDesk(post.store)
        self.sender = SirenSender(BASES, desk, lambda *each: self.sent.append(each), post.clock)
        post.register("SIREN-1", family, address="coi", device_class="siren")

    def sounds_it(self) -> None:
        new = NewCall(("SIREN-1",), None, 60, "Cướp", "officer")
        with self.post.store.transaction() as tx:
            call_sirens(tx, new, RULES, EVERYWHERE, self.post.clock.now())
        self.sender.look()

    def silences_it(self) -> None:
        with self.post.store.transaction() as tx:
            stop_siren(tx, "SIREN-1", "officer", EVERYWHERE, self.post.clock.now())
        self.sender.look()

    def hears(self, topic: str, body: Any) -> str:
        """What the order has come to then."""
        message = Message(topic, json.dumps(body).encode(), self.post.clock.now())
        self.post.pipeline.process([(self.family, message)])
        with self.post.store.read() as connection:
            return str(sirens.sirens(connection, EVERYWHERE)[0]["order"]["state"])


def test_it_sounds_a_siren_on_a_tasmota_relay_until_it_is_off(post: Post) -> None:
    officer = Officer(post, "tasmota")
    officer.sounds_it()
    assert officer.sent == [("cmnd/coi/Backlog", b"PulseTime1 160; Power1 1")]
    assert officer.hears("stat/coi/RESULT", {"POWER": "ON"}) == "ACKNOWLEDGED"
    assert officer.hears("tele/coi/SENSOR", {"ENERGY": {"Power": 12}}) == "SOUNDING"
    officer.silences_it()
    assert officer.sent[-1] == ("cmnd/coi/Backlog", b"Power1 0")
    assert officer.hears("stat/coi/RESULT", {"POWER": "OFF"}) == "OFF"


def test_it_sounds_a_siren_on_a_shelly_relay_until_it_is_off(post: Post) -> None:
    officer = Officer(post, "shelly")
    officer.sounds_it()
    asked = json.loads(officer.sent[-1][1])
    answer = {"id": asked["id"], "src": "coi", "dst": "chuong", "result": {"was_on": False}}
    assert officer.hears("chuong/rpc", answer) == "ACKNOWLEDGED"
    officer.silences_it()
    assert officer.hears("chuong/rpc", answer) == "STOPPING"
    asked = json.loads(officer.sent[-1][1])
    assert officer.hears("chuong/rpc", answer | {"id": asked["id"]}) == "OFF"


@pytest.mark.parametrize(("order_id", "state"), [(None, "REFUSED"), ("sound:0:s-0-other", "COMMANDED")])
def test_it_takes_a_shellys_refusal_for_the_order_it_names(post: Post, order_id: str | None, state: str) -> None:
    officer = Officer(post, "shelly")
    officer.sounds_it()
    named = order_id or json.loads(officer.sent[-1][1])["id"]
    error = {"code": -105, "message": "Argument 'id', value 0 not found!"}
    assert officer.hears("chuong/rpc", {"id": named, "src": "coi", "dst": "chuong", "error": error}) == state


def test_it_tells_a_retry_only_the_time_that_is_left(post: Post) -> None:
    officer = Officer(post, "tasmota")
    officer.sounds_it()
    post.clock.forward(2)
    officer.sender.look()
    assert officer.sent[-1] == ("cmnd/coi/Backlog", b"PulseTime1 158; Power1 1")
