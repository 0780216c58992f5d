"""Every device's life as it is in memory: read by whoever tells of it, and kept by who supervises.

Memory is a cache: states are rows (``device_state``), and after a restart every deadline starts again from now.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from device_adapters.core.contract import DeviceClass
from monitor.journal.device_states import Sighting
from monitor.machines.liveness import ALIVE, WORKING, DeviceState, Life
from monitor.pipeline.pulse import GONE, UPLINKS, Pulse, sighting_of


class Lives:
    """The writer thread changes it; what may be read from elsewhere says so."""

    def __init__(self) -> None:
        self._pulses: dict[str, Pulse] = {}
        self._dirty: set[str] = set()
        self._working: dict[str, None] = {}  # a set of as many ids takes three times the room
        self._times_heard: Counter[str] = Counter()
        self._dark: set[str] = set()  # what speaks for others, and through which nothing comes any more

    def state_of(self, device_id: str) -> DeviceState | None:
        pulse = self._pulses.get(device_id)
        return pulse.life.state if pulse else None

    def interval_s(self, device_id: str) -> float | None:
        pulse = self._pulses.get(device_id)
        return pulse.supervision.interval_s if pulse and pulse.supervision else None

    def heard_after(self, device_ids: Iterable[str], moment_s: float) -> int:
        """How many of them are alive and gave a sign of it after a moment of the listening clock."""
        lives = (pulse.life for each in device_ids if (pulse := self._pulses.get(each)) is not None)
        return sum(life.state in ALIVE and (life.heard_s or 0.0) > moment_s for life in lives)

    def spoken_for(self, device_ids: Iterable[str], through: str) -> dict[str, DeviceClass]:
        """Those among them that are heard only through it."""
        pulses = ((each, self._pulses.get(each)) for each in device_ids)
        return {each: pulse.device_class for each, pulse in pulses if pulse is not None and pulse.through == through}

    def take_sightings(self, at_most: int) -> list[Sighting]:
        """Last-seen times not yet written, oldest work first come; they count as written from here on."""
        taken = [self._dirty.pop() for _ in range(min(at_most, len(self._dirty)))]
        if not self._dirty:
            self._dirty = set()  # an emptied one keeps the room it had
        return [self.sighting(device_id) for device_id in taken]

    def put_back(self, sightings: list[Sighting]) -> None:
        self._dirty.update(sighting.device_id for sighting in sightings)

    def working(self) -> frozenset[str]:
        """Ids of all that are heard, as they are now. May be read from elsewhere too."""
        return frozenset(self._working)

    def take_counts(self) -> Mapping[str, int]:
        """How often each device was heard since the last call."""
        counts, self._times_heard = self._times_heard, Counter()
        return counts

    def devices_live(self) -> dict[str, Sighting]:
        """Every device as it is now, fresher than the database by up to a second."""
        return {device_id: sighting_of(device_id, pulse) for device_id, pulse in list(self._pulses.items())}

    def columns(
        self, device_ids: Sequence[str]
    ) -> tuple[list[str | None], list[int | None], list[int | None], list[float | None]]:
        """State, since when, last seen (Unix milliseconds) and battery of each, in their order; None where nobody is
        supervised. May be read from elsewhere too."""
        pulses = list(map(self._pulses.get, device_ids))
        # _value_: what the enum's own property looks up, which takes as long as all the rest.
        return (
            [None if each is None else each.life.state._value_ for each in pulses],
            [None if each is None else each.since_us // 1000 for each in pulses],
            [None if each is None or (at_us := each.last_seen_us) is None else at_us // 1000 for each in pulses],
            [None if each is None else each.battery_pct for each in pulses],
        )

    def ids(self) -> list[str]:
        """Of all that are supervised. May be read from elsewhere too."""
        return list(self._pulses)

    def sightings(self, device_ids: Iterable[str]) -> list[Sighting]:
        """Of those that are supervised. May be read from elsewhere too."""
        pulses = ((device_id, self._pulses.get(device_id)) for device_id in device_ids)
        return [sighting_of(device_id, pulse) for device_id, pulse in pulses if pulse is not None]

    def sighting(self, device_id: str) -> Sighting:
        return sighting_of(device_id, self._pulses[device_id])

    def darken(self, device_id: str, *, is_dark: bool) -> None:
        """Whether nothing comes through it any more."""
        (self._dark.add if is_dark else self._dark.discard)(device_id)

    def _live(self, device_id: str, pulse: Pulse, life: Life) -> None:
        """The one way a state changes: whoever counts those that work need not look at every device."""
        pulse.life = life
        if pulse.device_class in UPLINKS:
            self.darken(device_id, is_dark=life.state in GONE and life != Life())
        if life.state in WORKING:
            self._working[device_id] = None
        else:
            self._working.pop(device_id, None)
