"""When a device is listened for, and why nothing is known of one that is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from device_adapters.core.contract import DeviceClass
from monitor.hours import hours
from monitor.journal.times import LOCAL
from monitor.machines.liveness import DeviceState
from monitor.web.ports import DeviceLife

_HEARD = frozenset({DeviceState.ONLINE, DeviceState.DEGRADED})


@dataclass(frozen=True, slots=True)
class Watch:
    """``hours``: None where it is listened for day and night. ``again_at``: outside them, when they begin, as it is
    read. ``behind``: who speaks for it and is not heard.
    """

    hours: str | None
    again_at: str | None
    behind: str | None


def watch_of(
    device: Mapping[str, Any],
    parent: tuple[Mapping[str, Any], DeviceLife] | None,
    of_class: Mapping[DeviceClass, str],
    now: datetime,
) -> Watch:
    said = device["supervision_hours"] or of_class.get(DeviceClass(device["class"]))
    is_unclear = device["state"] == DeviceState.UNKNOWN and device["last_seen_at"] is not None
    is_behind = is_unclear and parent is not None and parent[1].state not in _HEARD
    return Watch(said, _begin(said, now), parent[0]["name"] if parent and is_behind else None)


def _begin(said: str | None, now: datetime) -> str | None:
    begin = None if said is None or hours(said).are_on(now) else hours(said).turn_after(now)
    if begin is None:
        return None
    local = begin.astimezone(LOCAL)
    return local.strftime("%H:%M" if local.date() == now.astimezone(LOCAL).date() else "%H:%M %d/%m")
