"""Sirens that take orders: one of our own contract, and one behind a Zigbee2MQTT gateway. Both can be out of order."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from simulator import native_contract
from simulator.link import Line, Link
from simulator.native_contract import Speaker
from simulator.outgoing import Outgoing, as_json
from simulator.wiring import GATEWAY_ACCOUNT
from simulator.world import World

BEGINS_AFTER_S = 0.05


@dataclass
class Faults:
    """``lost_answers``: so many of the first never arrive. ``is_stuck``: it does not end by itself."""

    lost_answers: int = 0
    is_stuck: bool = False


@dataclass
class Seen:
    """For whoever watches: what it was told, and each time it began and ended."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    begun: int = 0
    ended: int = 0


class NativeSiren:
    def __init__(self, base: str, device_id: str, world: World, faults: Faults | None = None) -> None:
        self.seen = Seen()
        self._speaker = Speaker(base, "siren", device_id, world.boot_id())
        self._world, self._faults = world, faults or Faults()
        self._seq = itertools.count(1)
        self._link: Link | None = None
        self._order: str | None = None
        self._is_on = False

    def line(self) -> Line:
        return Line(
            account=self._speaker.device_id,
            will=native_contract.will(self._speaker),
            subscriptions=(self._speaker.topic("command"),),
            on_ready=self._on_ready,
            on_message=self._on_message,
        )

    def connect(self, link: Link) -> None:
        self._link = link
        link.open()

    def _on_ready(self) -> None:
        self._send(native_contract.birth(self._speaker, self._world.now_ms(), {}))

    def _on_message(self, _topic: str, payload: bytes) -> None:
        body = json.loads(payload)
        self.seen.orders.append(body)
        if body["do"] == "stop":
            self._say(body["order"], "acknowledged")
            self._end(body["order"])
        elif body["until"] <= self._world.now_ms():
            self._say(body["order"], "refused")
        elif body["order"] == self._order:
            self._say(body["order"], "acknowledged")
            self._say(body["order"], "sounding" if self._is_on else "off")
        else:
            self._order = body["order"]
            self._say(body["order"], "acknowledged")
            self._world.timetable.after(BEGINS_AFTER_S, lambda: self._begin(body["order"], body["for_s"]))

    def _begin(self, order: str, for_s: int) -> None:
        self._is_on = True
        self.seen.begun += 1
        self._world.say(f"{self._speaker.device_id}: sounds for {for_s} s")
        self._say(order, "sounding")
        if not self._faults.is_stuck:
            self._world.timetable.after(for_s, lambda: self._end(order))

    def _end(self, order: str) -> None:
        if self._is_on:
            self._is_on = False
            self.seen.ended += 1
        self._say(order, "off")

    def _say(self, order: str, said: str) -> None:
        if self._faults.lost_answers > 0:
            self._faults.lost_answers -= 1
            return
        extra = {"order": order, "said": said}
        now_ms = self._world.now_ms()
        self._send(native_contract.event(self._speaker, next(self._seq), now_ms, kind="siren", extra=extra))

    def _send(self, message: Outgoing) -> bool:
        return self._link is not None and self._link.send(message)


class ZigbeeSiren:
    """Behind a gateway of its own, which sends its state as many of Tuya's have it: ``alarm``."""

    def __init__(self, base: str, address: str, world: World, faults: Faults | None = None) -> None:
        self.seen = Seen()
        self._topic = f"{base}/{address}"
        self._world, self._faults = world, faults or Faults()
        self._link: Link | None = None
        self._turn = 0

    def line(self) -> Line:
        set_topic = f"{self._topic}/set"
        return Line(
            account=GATEWAY_ACCOUNT,
            will=None,
            subscriptions=(set_topic,),
            on_ready=lambda: self._tell(is_on=False),
            on_message=self._on_message,
        )

    def connect(self, link: Link) -> None:
        self._link = link
        link.open()

    def _on_message(self, _topic: str, payload: bytes) -> None:
        warning = json.loads(payload)["warning"]
        self.seen.orders.append(warning)
        self._turn += 1
        if warning["mode"] == "stop":
            self._end(self._turn)
            return
        self.seen.begun += 1
        self._tell(is_on=True)
        turn = self._turn
        if not self._faults.is_stuck:
            self._world.timetable.after(warning["duration"], lambda: self._end(turn))

    def _end(self, turn: int) -> None:
        if turn == self._turn:
            self.seen.ended += 1
            self._tell(is_on=False)

    def _tell(self, *, is_on: bool) -> None:
        if is_on and self._faults.lost_answers > 0:
            self._faults.lost_answers -= 1
            return
        state = Outgoing(topic=self._topic, payload=as_json({"alarm": is_on, "battery": 100, "linkquality": 120}))
        if self._link is not None:
            self._link.send(state)
