"""Which area an account may be bound to, and which accounts are bound to one that is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from monitor.errors import Refusal
from monitor.inventory.area_search import find_areas
from monitor.inventory.areas import AreaTree, read_tree
from monitor.inventory.kinds import Level
from monitor.inventory.succession import became, read_successors

# Roles that are nothing without an area, and what kind of area that is.
BOUND: Mapping[str, Level] = {"group_board": Level.RESIDENTIAL_GROUP, "province_reader": Level.PROVINCE}
_SUGGESTIONS = 5


def insist_on_scope(connection: Connection, role: str, scope: str | None, day: date) -> None:
    """Raises ``Refusal`` where the role needs an area and has none, or the area is not there on that day."""
    level = BOUND.get(role)
    if scope is None:
        if level is not None:
            raise Refusal(f"a {role} is bound to an area: name its {_plain(level)} with --scope")
        return
    tree = read_tree(connection)
    area = tree.get(scope)
    if area is None:
        raise Refusal(f"there is no area {scope}{_meant(connection, scope, day)}")
    if not area.is_valid(day):
        raise Refusal(f"the area {scope} ({area.name}) is not there on {day}{heirs_of(connection, tree, scope, day)}")
    if level is not None and area.level != level:
        raise Refusal(f"a {role} is bound to a {_plain(level)}, and {scope} ({area.name}) is a {_plain(area.level)}")


def _meant(connection: Connection, scope: str, day: date) -> str:
    found = [hit for hit in find_areas(connection, scope, day, _SUGGESTIONS) if hit.area.is_valid(day)]
    if not found:
        return ""
    return f"; did you mean {' or '.join(f'{hit.area.id} ({hit.area.name})' for hit in found)}?"


def heirs_of(connection: Connection, tree: AreaTree, area_id: str, day: date) -> str:
    heirs = became(tree, read_successors(connection), area_id, day)
    return f"; it became {' and '.join(f'{area.id} ({area.name})' for area, _since in heirs)}" if heirs else ""


def _plain(level: str) -> str:
    return level.replace("_", " ")
