"""What must hold after every step of any story, whatever has happened in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, select

from monitor.inventory import audit
from monitor.scenario.officers import ALARM
from monitor.scenario.seeing import DEVICE, DUTY, EVENT, STATE
from monitor.scenario.virtual_broker import Kept
from simulator.scenario.stage import zigbee_button

if TYPE_CHECKING:
    from monitor.scenario.virtual_player import VirtualPlayer

# So long may a link be down before whoever shows devices must say that nobody sees them.
BLIND_AFTER_S = 12.0
# The deepest a device's word may lie unread in the writer's queue.
UNREAD_S = 10.0
Broken = tuple[str, str]


class Invariants:
    """``look`` after every turn: the first of them that does not hold, and how. Each is named by one sentence."""

    def __init__(self, player: VirtualPlayer) -> None:
        self._player = player
        self._presses: defaultdict[str, set[bytes]] = defaultdict(set)  # topic → what the broker was rid of
        self._heard_s: dict[str, float] = {}
        self._edits = 0
        self._topics = _topics_of(player)
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
        device_id = self._topics.get(message.topic.removesuffix("/alarm").removesuffix("/heartbeat"))
        if device_id is None:
            return
        if message.topic.endswith("/alarm") or b'"action"' in message.payload:
            said = message.payload.partition(b',"queued_s"')[0].rstrip(b"}")
            self._presses[device_id].add(said)
        elif message.topic.endswith("/heartbeat"):
            self._heard_s[device_id] = self._player.clock.monotonic_s()

    def _lost(self, connection: Connection) -> Iterator[Broken]:
        """No press that the broker or the device was rid of is without its alarm."""
        wanted = select(EVENT.c.device_id, func.count()).where(EVENT.c.event_class == "alarm")
        rung = wanted.where(EVENT.c.alarm_id.is_not(None)).group_by(EVENT.c.device_id)
        stored = {row[0]: row[1] for row in connection.execute(rung)}
        for device_id, presses in self._presses.items():
            if len(presses) > stored.get(device_id, 0):
                yield LOST, f"{device_id}: {len(presses)} acknowledged, {stored.get(device_id, 0)} rang"

    def _doubled(self, connection: Connection) -> Iterator[Broken]:
        wanted = select(ALARM.c.device_id, func.sum(ALARM.c.presses)).where(ALARM.c.kind == "hold_up")
        for device_id, presses in connection.execute(wanted.group_by(ALARM.c.device_id)):
            pressed = self._player.devices.pressed[device_id]
            if presses > pressed:
                yield DOUBLED, f"{device_id} was pressed {pressed} times, and {presses} are told"

    def _unseen(self) -> Iterator[Broken]:
        yield from ((UNSEEN, said) for said in self._player.unseen)

    def _offline(self, connection: Connection) -> Iterator[Broken]:
        now_s = self._player.clock.monotonic_s()
        off = select(STATE.c.device_id, DEVICE.c.device_class).join(DEVICE, DEVICE.c.id == STATE.c.device_id)
        for device_id, device_class in connection.execute(off.where(STATE.c.state == "OFFLINE")):
            heard_s = self._heard_s.get(device_id)
            within_s = self._player.scenario.interval_s(device_class) / 2
            if heard_s is not None and now_s - heard_s < within_s and not self._player.devices.is_away(device_id):
                yield OFFLINE, f"{device_id} was heard {now_s - heard_s:.0f} s ago"

    def _settled(self, connection: Connection) -> Iterator[Broken]:
        answered = {each.message.tracking_id for each in self._player.mailbox.sent if each.is_answered}
        for duty_id in connection.execute(select(DUTY.c.id).where(DUTY.c.state == "SENT")).scalars():
            if f"duty-{duty_id}" not in answered:
                yield SETTLED, f"duty {duty_id}"

    def _chain(self, connection: Connection) -> Iterator[Broken]:
        edits = audit.head(connection).id
        if edits != self._edits:
            self._edits = edits
            verdict = audit.verify(connection)
            if verdict.broken_at is not None:
                yield CHAIN, f"at row {verdict.broken_at}"

    def _stale(self) -> Iterator[Broken]:
        player, now_s = self._player, self._player.clock.monotonic_s()
        monitor = player.monitor
        if player.broker.is_up or monitor is None:
            return
        down_s = now_s - player.broker.down_since_s
        if down_s >= BLIND_AFTER_S and monitor.working() is not None:
            yield STALE, f"the broker is gone for {down_s:.0f} s"


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
    return found
