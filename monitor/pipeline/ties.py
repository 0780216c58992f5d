"""What every device hangs on, and who else does: recorder or gateway, feeder, provider, group, areas above it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from sqlalchemy import Connection, select

from device_adapters.core.contract import UNSUPERVISED
from monitor.inventory.area_tables import Area
from monitor.inventory.edits import core
from monitor.inventory.lookup import KnownDevice
from monitor.machines.common_cause import Cause, CauseKind
from monitor.pipeline.pulse import UPLINKS

_AREA = core(Area)
# Deeper than any country divides itself; a ring in the tree must not hold the writer.
_DEEPEST = 12


class Ties:
    """Kept beside the book of devices. Areas are not kept by device: they move with everything in them."""

    def __init__(self) -> None:
        self._members: defaultdict[Cause, dict[str, None]] = defaultdict(dict)
        self._parents: Mapping[str, str | None] = {}
        self._children: dict[str, list[str]] = {}

    def load(self, connection: Connection, devices: Iterable[KnownDevice]) -> None:
        self.take_areas(read_parents(connection))
        self._members.clear()
        for device in devices:
            self.add(device)

    def take_areas(self, parents: Mapping[str, str | None]) -> None:
        """``parents``: the tree as it is now, area → the one above it."""
        self._parents = parents
        children: defaultdict[str, list[str]] = defaultdict(list)
        for area_id, parent_id in self._parents.items():
            if parent_id is not None:
                children[parent_id].append(area_id)
        self._children = dict(children)

    def add(self, device: KnownDevice) -> None:
        if device.device_class not in UNSUPERVISED:
            for cause in self._own(device):
                self._members[cause][device.device_id] = None

    def remove(self, device: KnownDevice) -> None:
        for cause in self._own(device):
            self._members[cause].pop(device.device_id, None)
            if not self._members[cause]:
                del self._members[cause]

    def causes(self, device: KnownDevice) -> tuple[Cause, ...]:
        """Everything that may be to blame when it falls."""
        group_id, area_id = device.place
        above = self._above(self._parents.get(group_id) if group_id else area_id)
        return (*self._own(device), *(Cause(CauseKind.AREA, each) for each in above))

    def members(self, cause: Cause) -> Iterator[str]:
        if cause.kind is not CauseKind.AREA:
            yield from self._members.get(cause, ())
            return
        for group in self._below(cause.key):
            yield from self._members.get(group, ())

    def size(self, cause: Cause) -> int:
        if cause.kind is not CauseKind.AREA:
            return len(self._members.get(cause, ()))
        return sum(len(self._members.get(group, ())) for group in self._below(cause.key))

    @staticmethod
    def _own(device: KnownDevice) -> Iterator[Cause]:
        """Where it stands is filed under its group, or as a group of its own where it counts in an area outside any."""
        if device.standing.parent_id is not None:
            yield Cause(CauseKind.UPLINK, device.standing.parent_id)
        if device.device_class in UPLINKS:
            yield Cause(CauseKind.UPLINK, device.device_id)
        if device.standing.power_feeder is not None:
            yield Cause(CauseKind.FEEDER, device.standing.power_feeder)
        if device.standing.network_provider is not None:
            yield Cause(CauseKind.PROVIDER, device.standing.network_provider)
        if (stands_in := device.place[0] or device.place[1]) is not None:
            yield Cause(CauseKind.GROUP, stands_in)

    def _above(self, area_id: str | None) -> Iterator[str]:
        for _ in range(_DEEPEST):
            if area_id is None:
                return
            yield area_id
            area_id = self._parents.get(area_id)

    def _below(self, area_id: str) -> Iterator[Cause]:
        level = [area_id]
        for _ in range(_DEEPEST):
            yield from (Cause(CauseKind.GROUP, each) for each in level)
            level = [child for each in level for child in self._children.get(each, ())]


def read_parents(connection: Connection) -> dict[str, str | None]:
    """Area → the one above it, as the tree is now."""
    return {row.id: row.parent_id for row in connection.execute(select(_AREA.c.id, _AREA.c.parent_id))}
