"""What part of the country a user may see and change: an area with everything below it, or everything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, and_, or_, select, true

from monitor.errors import OutsideTerritory
from monitor.inventory.areas import ids_below
from monitor.inventory.edits import core
from monitor.inventory.tables import Device

_DEVICE = core(Device)

# Where something stands: its residential group, and the area it counts in where that is none.
Place: TypeAlias = tuple[str | None, str | None]
NOWHERE: Place = (None, None)


@dataclass(frozen=True, slots=True)
class Territory:
    """``scope``: the area at its top, None for everywhere. ``areas``: its id and those of all below it, as of now.

    What stands nowhere (a device nobody registered, or one without group and area) is inside nothing but everywhere.
    """

    scope: str | None = None
    areas: frozenset[str] = frozenset()

    @property
    def is_everywhere(self) -> bool:
        return self.scope is None

    def holds(self, group_id: str | None, area_id: str | None = None) -> bool:
        """Whether something that stands in this group, or else in this area outside any group, is inside."""
        return self.is_everywhere or (group_id or area_id) in self.areas

    def holds_any(self, places: Iterable[Place]) -> bool:
        return any(self.holds(*place) for place in places)

    def insist(self, group_id: str | None, area_id: str | None = None) -> None:
        """Raises ``OutsideTerritory``: the same for an area elsewhere as for one that does not exist."""
        if not self.holds(group_id, area_id):
            raise OutsideTerritory("it must stand in a group, or an area, of your own territory")

    def clause(self, group: ColumnElement[Any], area: ColumnElement[Any] | None = None) -> ColumnElement[bool]:
        """For a WHERE: what ``holds`` says, of two columns (or of one that names the area itself)."""
        if self.scope is None:
            return true()
        # Never NULL, so that its opposite finds what stands nowhere.
        inside = and_(group.is_not(None), group.in_(ids_below(self.scope)))
        if area is None:
            return inside
        # Not coalesce: each half may use its own index.
        return or_(inside, and_(group.is_(None), area.is_not(None), area.in_(ids_below(self.scope))))

    def of_devices(self, device_id: ColumnElement[Any]) -> ColumnElement[bool]:
        """For a WHERE over rows that only name a device: it stands inside."""
        if self.scope is None:
            return true()
        return device_id.in_(select(_DEVICE.c.id).where(self.clause(_DEVICE.c.group_id, _DEVICE.c.area_id)))


EVERYWHERE = Territory()


def territory_of(connection: Connection, scope: str | None) -> Territory:
    """As the tree is now. An area nobody knows is a territory with nothing in it but its own id."""
    if scope is None:
        return EVERYWHERE
    return Territory(scope, frozenset(connection.execute(ids_below(scope)).scalars()))
