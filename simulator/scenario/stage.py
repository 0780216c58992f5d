"""The devices of a story, playing: each step that concerns a device is done here, by whoever carries its words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from random import Random
from types import MappingProxyType
from typing import Any

from simulator.commune import Button, Eye, Group
from simulator.edge_probe import HEARTBEAT_S as PROBE_BEAT_S
from simulator.edge_probe import EdgeProbe
from simulator.link import Line
from simulator.native_bell import HEARTBEAT_S as BELL_BEAT_S
from simulator.native_contract import Speaker
from simulator.outgoing import Outgoing
from simulator.scenario import steps
from simulator.scenario.cast import Cast, Member
from simulator.scenario.devices import Bell, Camera, Gateway, Paced, Sender
from simulator.scenario.faulty_link import Cable, FaultyLink
from simulator.scenario.shapes import DeviceClass, Scenario
from simulator.wiring import NATIVE_BASE, ZIGBEE_BASE, Probe, ZigbeeButton
from simulator.world import World
from simulator.zigbee_gateway import HEALTH_S

_BEATS = MappingProxyType(
    {"bell": BELL_BEAT_S, "camera": Camera.beat_s, "gateway": HEALTH_S, "probe": PROBE_BEAT_S}
)  # fmt: skip
_NOWHERE = Group("", "")


class Stage:
    """``cable_of``: the player's connections. ``pressed``: how often each bell was, and could tell it or keep it."""

    def __init__(self, scenario: Scenario, cast: Cast, world: World, cable_of: Callable[[Line], Cable]) -> None:
        self._scenario, self._cast, self._world, self._cable_of = scenario, cast, world, cable_of
        self._chance = Random(f"stage {scenario.scenario.seed}")  # chosen apart: more devices change no choice
        self._skews: Counter[str] = Counter()
        self.senders: dict[str, Sender] = {}
        self.links: dict[str, FaultyLink] = {}
        self.pressed: Counter[str] = Counter()
        self._away: set[str] = set()
        for member in cast.members.values():
            if not member.behind and not member.is_mute:
                self.senders[member.device_id] = self._sender(member)

    def connect(self) -> None:
        for device_id, sender in self.senders.items():
            link = self.links[device_id] = FaultyLink(sender.line(), self._cable_of)
            sender.connect(link)

    def do(self, step: Any) -> bool:
        """False for a step that concerns no device."""
        act = getattr(self, f"_{step.do}", None)
        if act is None or (isinstance(step, steps.ClockStep) and not step.devices):
            return False
        act(step)
        return True

    @property
    def unacknowledged(self) -> int:
        """Presses that bells still keep, because nobody said that they are stored."""
        return sum(each.unacknowledged for each in self.senders.values() if isinstance(each, Bell))

    def is_away(self, device_id: str) -> bool:
        """Whether it, or who speaks for it, cannot be heard."""
        return self._link(device_id).is_away

    # -- who speaks ---------------------------------------------------------------------------------------------------

    def _sender(self, member: Member) -> Sender:
        world = self._paced(member.device_id, member.device_class)
        match member.device_class:
            case "bell":
                return Bell(member.device_id, member.kind, world)
            case "camera":
                return Camera(member.device_id, world)
            case "gateway":
                return Gateway(ZIGBEE_BASE, [zigbee_button(each) for each in self._behind(member)], world)
            case "probe":
                return EdgeProbe(NATIVE_BASE, _probe(member, self._behind(member)), world)

    def _paced(self, device_id: str, device_class: DeviceClass) -> Paced:
        skew_s = getattr(self._scenario.fleet, device_class).clock_skew_s
        now_ms = self._world.now_ms
        return Paced(
            self._world.timetable,
            lambda: now_ms() + round(1000 * (skew_s + self._skews[device_id])),
            self._world.random,
            self._world.say,
            beat_s=_BEATS[device_class],
            interval_s=self._scenario.interval_s(device_class),
            jitter_s=self._scenario.jitter_s(device_class),
        )

    def _behind(self, member: Member) -> list[Member]:
        return self._cast.behind(member.device_id)

    def _voice(self, device_id: str) -> str:
        """Whose connection carries its words."""
        return self._cast.members[device_id].behind or device_id

    def _link(self, device_id: str) -> FaultyLink:
        return self.links[self._voice(device_id)]

    def _bell(self, device_id: str) -> Bell:
        sender = self.senders[device_id]
        if not isinstance(sender, Bell):
            raise TypeError(f"{device_id} is no bell of our own contract")
        return sender

    # -- devices ------------------------------------------------------------------------------------------------------

    def _press(self, step: steps.Press) -> None:
        for number in range(step.repeat):
            self._world.timetable.after(number * step.repeat_every_ms / 1000, lambda: self._press_once(step))

    def _press_once(self, step: steps.Press) -> None:
        link, sender = self._link(step.device), self.senders[self._voice(step.device)]
        link.copies_of_presses = step.duplicate_publish
        if not isinstance(sender, Gateway):
            self.pressed[step.device] += 1
            self._bell(step.device).press_for(step.kind)
            return
        before = link.presses_sent
        sender.press_for(step.device)
        # As in the field: what a Zigbee gateway cannot send it drops. That is why its broker stands beside it.
        self.pressed[step.device] += link.presses_sent > before

    def _release(self, step: steps.Release) -> None:
        self._bell(step.device).release()

    def _tamper(self, step: steps.Tamper) -> None:
        self._bell(step.device).tamper()

    def _test(self, step: steps.Test) -> None:
        self._bell(step.device).test()

    def _battery(self, step: steps.Battery) -> None:
        sender = self.senders[self._voice(step.device)]
        if isinstance(sender, Gateway):
            sender.set_battery(step.device, step.percent)
        else:
            self._bell(step.device).set_battery(step.percent)

    def _offline(self, step: steps.Offline) -> None:
        for device_id in step.devices:
            self._leave(device_id, step.how)

    def _online(self, step: steps.Online) -> None:
        for device_id in step.devices:
            self._come_back(device_id)

    def _leave(self, device_id: str, how: str) -> None:
        sender = self.senders.get(self._voice(device_id))
        if isinstance(sender, EdgeProbe) and sender.watches(device_id):
            sender.set_eye(device_id, is_up=False)
        else:
            self._away.add(device_id)
            self._link(device_id).leave(how)

    def _come_back(self, device_id: str) -> None:
        sender = self.senders.get(self._voice(device_id))
        if isinstance(sender, EdgeProbe) and sender.watches(device_id):
            sender.set_eye(device_id, is_up=True)
        else:
            self._away.discard(device_id)
            self._link(device_id).come_back()

    def _power_cut(self, step: steps.PowerCut) -> None:
        dark = self._without_battery(step.feeder)
        noticed = set(self._chance.sample(dark, round(step.last_will_share * len(dark))))
        for device_id in dark:
            if device_id not in self._away:
                self._leave(device_id, "will" if device_id in noticed else "silence")

    def _power_restore(self, step: steps.PowerRestore) -> None:
        for device_id in self._without_battery(step.feeder):
            after_s = self._chance.uniform(0, step.within)
            self._world.timetable.after(after_s, lambda each=device_id: self._come_back(each))  # type: ignore[misc]

    def _without_battery(self, feeder: str) -> list[str]:
        members = self._cast.on_feeder(feeder)
        return [each.device_id for each in members if not each.has_battery and not each.is_mute]

    def _gateway_death(self, step: steps.GatewayDeath) -> None:
        self.links[step.gateway].leave(step.how)

    def _gateway_return(self, step: steps.GatewayReturn) -> None:
        self.links[step.gateway].come_back()

    def _clock_step(self, step: steps.ClockStep) -> None:
        for device_id in step.devices:
            self._skews[device_id] += step.by  # type: ignore[assignment]

    # -- what carries their words -------------------------------------------------------------------------------------

    def _network_loss(self, step: steps.NetworkLoss) -> None:
        lost = [each for each in self._links(step.devices) if not each.is_away]
        for link in lost:
            link.leave(step.how)

        def back() -> None:
            for link in lost:
                link.come_back()

        self._world.timetable.after(step.lasts, back)

    def _duplicate(self, step: steps.Duplicate) -> None:
        def copies(by: int) -> None:
            for link in self._links(step.devices):
                link.copies += by

        copies(step.times)
        self._world.timetable.after(step.lasts, lambda: copies(-step.times))

    def _reorder(self, step: steps.Reorder) -> None:
        for link in self._links(step.devices):
            link.hold()
            self._world.timetable.after(step.lasts, link.release)

    def _links(self, device_ids: Iterable[str]) -> list[FaultyLink]:
        voices = dict.fromkeys(self._voice(each) for each in device_ids) or dict.fromkeys(self.links)
        return [self.links[each] for each in voices]

    def _flood(self, step: steps.Flood) -> None:
        for number in range(step.messages):
            self._world.timetable.after(number * step.over / step.messages, lambda: self._flood_once(step))

    def _flood_once(self, step: steps.Flood) -> None:
        if step.channel == "alarm":
            self.pressed[step.device] += 1
            self._bell(step.device).press()
        elif step.channel == "event":
            self._bell(step.device).test()
        else:
            self._say(step.device, step.channel, b'{"v":1}')

    def _replay(self, step: steps.Replay) -> None:
        link = self._link(step.device)
        if (last := link.last_alarm) is not None:
            again = Outgoing(topic=last.topic, payload=last.payload, is_retained=step.is_retained)
            for _ in range(step.times):
                link.send(again)

    def _garbage(self, step: steps.Garbage) -> None:
        self._say(step.device, step.channel, step.payload.encode())

    def _say(self, device_id: str, channel: str, payload: bytes) -> None:
        speaker = Speaker(NATIVE_BASE, self._cast.members[device_id].device_class, device_id, "")
        self._link(device_id).send(Outgoing(topic=speaker.topic(channel), payload=payload))


def zigbee_button(member: Member) -> ZigbeeButton:
    button = Button(member.device_id, "", "", _NOWHERE, 1, "", True, (member.kind,), 0.0, 0.0)
    ieee = int.from_bytes(member.device_id.encode()[-6:], "big")
    return ZigbeeButton(f"sos-{member.device_id.lower()}", f"0x{ieee:016x}", button)


def _probe(member: Member, eyes: list[Member]) -> Probe:
    seen = tuple(Eye(each.device_id, None, "", 1, 0.0, 0.0, False) for each in eyes)
    return Probe(member.device_id, member.device_id, None, None, seen)
