"""What is expected of each device: how often and in which hours it speaks, and through whom.

By its own row, else by its family, else by its class.
"""

from __future__ import annotations

from collections.abc import Mapping

from device_adapters.core.contract import SOUNDERS, DeviceClass, Supervision
from device_adapters.core.registry import adapters
from monitor.hours import Hours, hours
from monitor.inventory.lookup import KnownDevice

# Four and a quarter intervals of silence: jitter alone crosses three (see machines/liveness.py).
DEADLINE_INTERVALS = 4.25
# What a box has on its inputs and relays, at ``<box>/<input>``: it has no line of its own in any family.
_ON_A_BOX = SOUNDERS | {DeviceClass.BELL}


class Expected:
    """``by_class``: how long silence is normal for a class; a class that is not there is never expected to speak.
    ``hours_by_class``: when it is; a class that is not there, always.
    """

    def __init__(
        self, by_class: Mapping[DeviceClass, Supervision], hours_by_class: Mapping[DeviceClass, str] | None = None
    ) -> None:
        self._by_class = by_class
        self._hours = hours_by_class or {}

    def of(self, device: KnownDevice) -> Supervision | None:
        """None: its silence says nothing."""
        own_s = device.sort.supervision_interval_s
        if own_s is not None:
            return Supervision(interval_s=own_s, deadline_s=own_s * DEADLINE_INTERVALS)
        device_class = device.device_class
        family = adapters()[device.adapter].supervision
        return family.get(device_class) or self._by_class.get(device_class)

    def hours_of(self, device: KnownDevice) -> Hours | None:
        """None: it is expected at every hour."""
        said = device.sort.supervision_hours or self._hours.get(device.device_class)
        return hours(said) if said else None


def heard_through(device: KnownDevice) -> str | None:
    """The gateway, probe or recorder that speaks for it; None where it has a line of its own."""
    is_on_a_box = device.device_class in _ON_A_BOX and "/" in device.address
    return device.standing.parent_id if is_on_a_box or not adapters()[device.adapter].has_own_lines else None
