"""How long each press took from the broker's hands to whoever looks, by what the monitor tells its screens."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from device_adapters.core.events import CALLS_FOR_HELP
from simulator.scenario.cast import Cast
from simulator.scenario.stage import zigbee_button
from simulator.wiring import NATIVE_BASE, ZIGBEE_BASE


class Visible:
    """``waited_s``: the longest of those seen. Copies are no presses of their own, and what is sent again is none.

    The first so many presses of a device are seen where its alarms count so many.
    """

    def __init__(self, devices: Mapping[str, str]) -> None:
        self._devices = devices  # topic → whose presses come there
        self._known: set[tuple[str, str]] = set()
        self._since_s: defaultdict[str, list[float]] = defaultdict(list)  # of those that nobody has seen, oldest first
        self._seen: defaultdict[str, int] = defaultdict(int)
        self._alarms: dict[int, tuple[str, int]] = {}
        self.waited_s: float | None = None

    @property
    def unseen(self) -> int:
        return sum(map(len, self._since_s.values()))

    def received(self, topic: str, payload: bytes, at_s: float) -> None:
        """Whatever the broker takes."""
        device_id = self._devices.get(topic)
        said = _press(payload) if device_id else None
        if device_id is None or said is None or (device_id, said) in self._known:
            return
        self._known.add((device_id, said))
        self._since_s[device_id].append(at_s)

    def broker_is_back(self, at_s: float) -> None:
        """What it kept counts from now on."""
        for device_id, since_s in self._since_s.items():
            self._since_s[device_id] = [max(each, at_s) for each in since_s]

    def told(self, alarms: Iterable[Mapping[Any, Any]], at_s: float) -> None:
        """Alarms as they are shown: each as a whole, or what changed of one by its ``id``."""
        for alarm in alarms:
            if alarm.get("kind") in CALLS_FOR_HELP:
                self._alarms.setdefault(alarm["id"], (alarm["device_id"], 0))
            if alarm["id"] in self._alarms:
                device_id, presses = self._alarms[alarm["id"]]
                self._alarms[alarm["id"]] = device_id, max(presses, alarm["presses"])
                self._count(device_id, at_s)

    def _count(self, device_id: str, at_s: float) -> None:
        counted = sum(presses for of, presses in self._alarms.values() if of == device_id)
        since_s = self._since_s[device_id]
        while since_s and self._seen[device_id] < counted:
            self._seen[device_id] += 1
            self.waited_s = max(self.waited_s or 0.0, at_s - since_s.pop(0))


def press_topics(cast: Cast) -> dict[str, str]:
    """Where each bell's presses come, in the words of its own contract or of its gateway."""
    found = {}
    for each in cast.members.values():
        if each.device_class == "bell":
            own = f"{NATIVE_BASE}/bell/{each.device_id}/alarm"
            found[f"{ZIGBEE_BASE}/{zigbee_button(each).address}" if each.behind else own] = each.device_id
    return found


def _press(payload: bytes) -> str | None:
    """What tells it from any other press of the device."""
    try:
        said = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("kind") == "clear":
        return None
    return payload.decode() if "action" in said else said.get("id")
