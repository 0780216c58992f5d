"""Which devices come and go: in memory for those that fell of late, read back from the alarms that are held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from device_adapters.core.events import AlarmKind
from monitor.inventory.lookup import DeviceBook
from monitor.machines import flapping
from monitor.machines.flapping import Falls
from monitor.machines.liveness import ALIVE, DeviceState
from monitor.pipeline.alarm_log import live_conditions
from monitor.pipeline.pulse import LifeChange
from monitor.pipeline.supervision import Supervisor


class Flapping:
    """Lives on the writer thread. ``judge`` says who flaps with these changes; ``take`` keeps them once committed."""

    def __init__(self, supervisor: Supervisor, book: DeviceBook) -> None:
        self._supervisor, self._book = supervisor, book
        self._falls: dict[str, Falls] = {}

    def load(self, connection: Connection) -> None:
        """A device that is heard while the alarm of its silence is still there was held before the restart."""
        live = {source for source, kind in live_conditions(connection) if kind is AlarmKind.OFFLINE}
        held = [each.device_id for each in self._book.all() if f"{each.adapter}:{each.address}" in live]
        now_s = self._supervisor.heard_s
        self._falls = dict.fromkeys(filter(self._is_alive, held), flapping.restored(now_s))

    def judge(self, changes: Sequence[LifeChange]) -> set[str]:
        """Of the devices in ``changes``, those whose alarm is held."""
        now_s = self._supervisor.heard_s
        # Whoever works on it knows that it flaps.
        counted = [change for change in changes if change.after.state is not DeviceState.MAINTENANCE]
        told = {change.device_id: self._after(change) for change in counted}
        return {device_id for device_id, falls in told.items() if flapping.is_flapping(falls, now_s)}

    def take(self, changes: Sequence[LifeChange]) -> None:
        """They are committed."""
        for change in changes:
            if falls := self._after(change):
                self._falls[change.device_id] = falls

    def steady(self) -> list[str]:
        """Those that have stood long enough by now; each is told once."""
        now_s = self._supervisor.heard_s
        calm = [each for each, falls in self._falls.items() if now_s >= flapping.calm_at_s(falls)]
        held = [each for each in calm if len(self._falls[each]) >= flapping.FALLS]
        for each in calm:
            # What fell less often is forgotten when it can no longer become too often.
            if each in held or now_s - self._falls[each][-1] >= flapping.WITHIN_S:
                del self._falls[each]
        return held

    def put_back(self, held: Iterable[str]) -> None:
        """The end of their alarms could not be written: they are told again."""
        self._falls.update(dict.fromkeys(held, flapping.restored(self._supervisor.heard_s - flapping.CALM_S)))

    def sources(self, device_ids: Iterable[str]) -> list[str]:
        """Of those that are not silent now."""
        devices = [self._book.with_id(each) for each in device_ids if self._is_alive(each)]
        return [f"{device.adapter}:{device.address}" for device in devices if device is not None]

    def _is_alive(self, device_id: str) -> bool:
        return self._supervisor.state_of(device_id) in ALIVE

    def _after(self, change: LifeChange) -> Falls:
        falls = self._falls.get(change.device_id, ())
        is_fall = change.after.state is DeviceState.OFFLINE
        return flapping.fell(falls, self._supervisor.heard_s) if is_fall else falls
