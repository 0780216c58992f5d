"""A Zigbee2MQTT gateway with the silent SOS buttons behind it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from simulator import zigbee2mqtt_format as format_
from simulator.link import Line, Link
from simulator.outgoing import Outgoing
from simulator.wiring import GATEWAY_ACCOUNT, ZigbeeButton
from simulator.world import World
from simulator.zigbee2mqtt_format import Reading

# `health.interval` of Zigbee2MQTT at its shortest; its default of 10 min would hide a dead gateway too long.
HEALTH_S = 60.0
BATTERY_REPORT_S = 3600.0
PRESSES_WHEN_FRIGHTENED = 3
BETWEEN_PRESSES_S = 0.7


class ZigbeeGateway:
    def __init__(self, base: str, buttons: Sequence[ZigbeeButton], world: World) -> None:
        self._base = base
        self._buttons = {zigbee.button.device_id: zigbee for zigbee in buttons}
        self._world = world
        self._started_ms = world.now_ms()
        self._messages: Counter[str] = Counter({zigbee.ieee_address: 0 for zigbee in buttons})
        self._readings = {
            device_id: Reading(world.random.randint(82, 100), world.random.randint(60, 200), self._started_ms)
            for device_id in self._buttons
        }
        self._link: Link | None = None
        self._is_beating = False

    def line(self) -> Line:
        return Line(
            account=GATEWAY_ACCOUNT,
            will=format_.bridge_state(self._base, is_online=False),
            on_ready=self._on_ready,
        )

    def connect(self, link: Link) -> None:
        self._link = link
        link.open()

    def serves(self, device_id: str) -> bool:
        return device_id in self._buttons

    def press(self, device_id: str) -> None:
        """Somebody frightened presses again and again: each press is an event of its own."""
        for number in range(PRESSES_WHEN_FRIGHTENED):
            self._world.timetable.after(number * BETWEEN_PRESSES_S, lambda: self._press_once(device_id))

    def set_battery(self, device_id: str, battery_pct: int) -> None:
        self._hear_from(device_id, battery_pct=battery_pct)
        self._send_state(device_id)

    def _press_once(self, device_id: str) -> None:
        self._hear_from(device_id)
        address = self._buttons[device_id].address
        if not self._send(format_.press(self._base, address, self._readings[device_id])):
            # As in the field: Zigbee2MQTT drops what it cannot send. That is why its broker stands beside it.
            self._world.say(f"{device_id}: no broker, the gateway dropped a press")

    def _hear_from(self, device_id: str, battery_pct: int | None = None) -> None:
        reading = self._readings[device_id]
        self._readings[device_id] = replace(
            reading,
            battery_pct=reading.battery_pct if battery_pct is None else battery_pct,
            linkquality=self._world.random.randint(60, 200),
            last_seen_ms=self._world.now_ms(),
        )
        self._messages[self._buttons[device_id].ieee_address] += 1

    def _on_ready(self) -> None:
        self._send(format_.bridge_state(self._base, is_online=True))
        names = {zigbee.ieee_address: zigbee.address for zigbee in self._buttons.values()}
        self._send(format_.bridge_devices(self._base, names))
        for device_id, zigbee in self._buttons.items():
            self._send(format_.availability(self._base, zigbee.address, is_online=True))
            self._send_state(device_id)
        if not self._is_beating:
            self._is_beating = True
            self._beat()
            for device_id in self._buttons:
                self._report_later(device_id)

    def _beat(self) -> None:
        now_ms = self._world.now_ms()
        uptime_s = (now_ms - self._started_ms) // 1000
        self._send(format_.bridge_health(self._base, now_ms, uptime_s, dict(self._messages)))
        self._world.timetable.after(self._world.jittered(HEALTH_S), self._beat)

    def _report_later(self, device_id: str) -> None:
        def report() -> None:
            self._hear_from(device_id)
            self._send_state(device_id)
            self._report_later(device_id)

        self._world.timetable.after(self._world.jittered(BATTERY_REPORT_S), report)

    def _send_state(self, device_id: str) -> None:
        self._send(format_.state(self._base, self._buttons[device_id].address, self._readings[device_id]))

    def _send(self, message: Outgoing) -> bool:
        return self._link is not None and self._link.send(message)
