"""What must hold after every step of any story, whatever has happened in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import Connection, func, select

from monitor.inventory import audit
from monitor.inventory.audit import EDIT
from monitor.inventory.prepared import Prepared
from monitor.inventory.territory import EVERYWHERE
from monitor.journal.accounts import Role, User
from monitor.scenario.officers import ALARM
from monitor.scenario.seeing import DEVICE, DUTY, EVENT, STATE
from monitor.scenario.virtual_broker import Kept
from monitor.web.access import Identity
from monitor.web.registered_columns import RegisteredColumns
from monitor.web.snapshot import body
from simulator.scenario.stage import zigbee_button

if TYPE_CHECKING:
    from monitor.scenario.virtual_player import VirtualPlayer

# So long may a link be down before whoever shows devices must say that nobody sees them.
BLIND_AFTER_S = 12.0
# Of our own contract; and of the bridge, which is how a Zigbee gateway speaks of itself.
CHANNELS = frozenset({"alarm", "heartbeat", "status", "health", "state"})
# The deepest a device's word may lie unread in the writer's queue.
UNREAD_S = 10.0
# What a screen shows of a device that is heard; where the monitor says that it is blind, the screen takes it back.
HEARD = frozenset({"ONLINE", "LATE"})
Broken = tuple[str, str]
_RUNG = Prepared(
    select(EVENT.c.device_id, func.count().label("rang"))
    .join(ALARM, ALARM.c.id == EVENT.c.alarm_id)
    .where(EVENT.c.event_class == "alarm", ALARM.c.device_id == EVENT.c.device_id, ALARM.c.kind == "hold_up")
    .group_by(EVENT.c.device_id)
)
_PRESSES = Prepared(
    select(ALARM.c.device_id, func.sum(ALARM.c.presses).label("told"))
    .where(ALARM.c.kind == "hold_up")
    .group_by(ALARM.c.device_id)
)
_OFFLINE = Prepared(
    select(STATE.c.device_id, DEVICE.c.device_class)
    .join(DEVICE, DEVICE.c.id == STATE.c.device_id)
    .where(STATE.c.state == "OFFLINE")
)
_SENT = Prepared(select(DUTY.c.id).where(DUTY.c.state == "SENT"))
_EDITS = Prepared(select(func.max(EDIT.c.id).label("newest")))
_OFFICER = Identity(User("screen", Role.DUTY_OFFICER), "", EVERYWHERE)


class Invariants:
    """``look`` after every turn: the first of them that does not hold, and how. Each is named by one sentence."""

    def __init__(self, player: VirtualPlayer) -> None:
        self._player = player
        self._presses: defaultdict[str, set[bytes]] = defaultdict(set)  # topic → what the broker was rid of
        self._heard_s: dict[str, float] = {}
        self._edits = 0
        self._topics, self._registered = _topics_of(player), RegisteredColumns()
        player.broker.acknowledged = self._note

    def look(self, connection: Connection) -> Broken | None:
        checks = (
            self._lost(connection),
            self._doubled(connection),
            self._unseen(),
            self._offline(connection),
            self._settled(connection),
            self._chain(connection),
            self._stale(),
        )
        return next((broken for check in checks for broken in check), None)

    def _note(self, message: Kept) -> None:
        said_of, _, channel = message.topic.rpartition("/")
        device_id = self._topics.get(said_of if channel in CHANNELS else message.topic)
        if device_id is None:
            return
        if channel in ("status", "state") and b'"offline"' in message.payload:
            self._heard_s.pop(device_id, None)  # its will: what was heard before says nothing any more
        if channel == "alarm" or b'"action"' in message.payload:
            said = message.payload.partition(b',"queued_s"')[0].rstrip(b"}")
            self._presses[device_id].add(said)
        elif channel in ("heartbeat", "health"):
            self._heard_s[device_id] = self._player.clock.monotonic_s()

    def _lost(self, connection: Connection) -> Iterator[Broken]:
        """No press that the broker or the device was rid of is without its alarm."""
        if not self._presses:
            return
        stored = {row["device_id"]: row["rang"] for row in _RUNG.all(connection)}
        for device_id, presses in self._presses.items():
            if len(presses) > stored.get(device_id, 0):
                yield LOST, f"{device_id}: {len(presses)} acknowledged, {stored.get(device_id, 0)} rang"

    def _doubled(self, connection: Connection) -> Iterator[Broken]:
        for row in _PRESSES.all(connection):
            pressed = self._player.devices.pressed[row["device_id"]]
            if row["told"] > pressed:
                yield DOUBLED, f"{row['device_id']} was pressed {pressed} times, and {row['told']} are told"

    def _unseen(self) -> Iterator[Broken]:
        yield from ((UNSEEN, said) for said in self._player.unseen)

    def _offline(self, connection: Connection) -> Iterator[Broken]:
        now_s = self._player.clock.monotonic_s()
        for row in _OFFLINE.all(connection):
            device_id, device_class = row["device_id"], row["device_class"]
            heard_s = self._heard_s.get(device_id)
            within_s = self._player.scenario.interval_s(device_class) / 2
            if heard_s is not None and now_s - heard_s < within_s and not self._player.devices.is_away(device_id):
                yield OFFLINE, f"{device_id} was heard {now_s - heard_s:.0f} s ago"

    def _settled(self, connection: Connection) -> Iterator[Broken]:
        answered = {each.message.tracking_id for each in self._player.mailbox.sent if each.is_answered}
        for row in _SENT.all(connection):
            if f"duty-{row['id']}" not in answered:
                yield SETTLED, f"duty {row['id']}"

    def _chain(self, connection: Connection) -> Iterator[Broken]:
        edits = _EDITS.scalar(connection) or 0
        if edits != self._edits:
            self._edits = edits
            verdict = audit.verify(connection)
            if verdict.broken_at is not None:
                yield CHAIN, f"at row {verdict.broken_at}"

    def _stale(self) -> Iterator[Broken]:
        """By the very bytes that a screen would get if it asked now."""
        player, now_s = self._player, self._player.clock.monotonic_s()
        down_s = now_s - player.broker.down_since_s
        # One that has begun since has heard nobody, and knows it.
        may_hope_s = BLIND_AFTER_S if player.began_s <= player.broker.down_since_s else 0.0
        if player.broker.is_up or player.monitor is None or down_s < may_hope_s:
            return
        seen = orjson.loads(body(player.monitor, _OFFICER, self._registered, is_packed=False))
        if seen["health"]["blind_since_at"] is None:
            devices = seen["devices"]
            live = [each for each, state in zip(devices["id"], devices["state"], strict=True) if state in HEARD]
            if live:
                yield STALE, f"the broker is gone for {down_s:.0f} s, and {live[0]} is shown as live"


LOST = "no acknowledged press is without an alarm"
DOUBLED = "no press is told twice"
UNSEEN = "nothing is acknowledged that was not seen"
OFFLINE = "no device is OFFLINE while it is heard from"
SETTLED = "no duty is settled before its channel has answered"
CHAIN = "the hash chain of the audit journal is whole"
STALE = "what is stale is never shown as live"
ALL = (LOST, DOUBLED, UNSEEN, OFFLINE, SETTLED, CHAIN, STALE)


def _topics_of(player: VirtualPlayer) -> dict[str, str]:
    """Where each device's own words lie."""
    settings, found = player.settings, {}
    for member in player.cast.members.values():
        if member.behind and player.cast.members[member.behind].device_class == "gateway":
            found[f"{settings.base_topics['zigbee2mqtt']}/{zigbee_button(member).address}"] = member.device_id
        else:
            base = f"{settings.base_topics['native']}/{member.device_class}/{member.device_id}"
            found[base] = member.device_id
        if member.device_class == "gateway":
            found[f"{settings.base_topics['zigbee2mqtt']}/bridge"] = member.device_id
    return found
