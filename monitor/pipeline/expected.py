"""What is expected of each device: by its own interval, else by its family, else by its class."""

from __future__ import annotations

from collections.abc import Mapping

from device_adapters.core.contract import DeviceClass, Supervision
from device_adapters.core.registry import adapters
from monitor.inventory.lookup import KnownDevice

# Four and a quarter intervals of silence: jitter alone crosses three (see machines/liveness.py).
DEADLINE_INTERVALS = 4.25


class Expected:
    """``by_class``: how long silence is normal for a class; a class that is not there is never expected to speak."""

    def __init__(self, by_class: Mapping[DeviceClass, Supervision]) -> None:
        self._by_class = by_class

    def of(self, device: KnownDevice) -> Supervision | None:
        """None: its silence says nothing."""
        own_s = device.sort.supervision_interval_s
        if own_s is not None:
            return Supervision(interval_s=own_s, deadline_s=own_s * DEADLINE_INTERVALS)
        device_class = device.device_class
        family = adapters()[device.adapter].supervision
        return family.get(device_class) or self._by_class.get(device_class)
