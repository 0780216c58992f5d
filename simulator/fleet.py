"""All senders of the commune together, each on its own connection; a device is found by its registered id."""

from __future__ import annotations

from pathlib import Path

from simulator.edge_probe import EdgeProbe
from simulator.link import MqttLink, Passwords, Sender
from simulator.native_bell import NativeBell
from simulator.spool import Spool
from simulator.wiring import NATIVE_BASE, ZIGBEE_BASE, Wiring, alarm_input
from simulator.world import World
from simulator.zigbee_gateway import ZigbeeGateway


class Fleet:
    def __init__(self, wiring: Wiring, spools: Path, world: World) -> None:
        self._world = world
        self._probes = [EdgeProbe(NATIVE_BASE, probe, world) for probe in wiring.probes]
        self._gateway = ZigbeeGateway(ZIGBEE_BASE, wiring.zigbee_buttons, world)
        self._bells = {
            bell.device_id: NativeBell(
                NATIVE_BASE, bell.device_id, alarm_input(bell), Spool(spools / f"{bell.device_id}.spool"), world
            )
            for bell in wiring.native_bells
        }
        self._links: list[MqttLink] = []

    def connect(self, passwords: Passwords) -> None:
        senders: list[Sender] = [*self._bells.values(), self._gateway, *self._probes]
        for sender in senders:
            link = MqttLink(sender.line(), passwords, self._world.timetable.soon)
            self._links.append(link)
            sender.connect(link)

    def close(self) -> None:
        for link in self._links:
            link.close()
        for link in self._links:
            link.join()

    def press(self, device_id: str) -> None:
        """A bell of any kind. Raises ``KeyError`` where there is none."""
        if self._gateway.serves(device_id):
            self._gateway.press(device_id)
        else:
            self._bells[device_id].press()

    def release(self, device_id: str) -> None:
        """Only bells of our own contract tell when the button is let go."""
        self._bells[device_id].release()

    def test(self, device_id: str) -> None:
        self._bells[device_id].test()

    def set_battery(self, device_id: str, battery_pct: int) -> None:
        self._gateway.set_battery(device_id, battery_pct)

    def set_eye(self, eye_id: str, *, is_up: bool) -> None:
        watching = next(probe for probe in self._probes if probe.watches(eye_id))
        watching.set_eye(eye_id, is_up=is_up)
