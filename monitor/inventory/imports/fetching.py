"""What the inventory knows of the things a list speaks of, and no more than its reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Connection, and_, not_, or_, select

from monitor.inventory.area_tables import Area, AreaPast, AreaSuccession
from monitor.inventory.edits import core
from monitor.inventory.imports.known_rows import AT_ONCE, beats_inside, known_rows
from monitor.inventory.kinds import CustodianKind, Level, Lifecycle
from monitor.inventory.people_tables import Beat, Custodian, Person, PersonRole
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.spreadsheets.cells import shown
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.known import Known, KnownEye, KnownGroup
from monitor.inventory.spreadsheets.listing import Listing
from monitor.inventory.spreadsheets.readings import written
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

_AREA, _DEVICE = core(Area), core(Device)
_CLASSES = {Kind.CAMERAS: "camera", Kind.BELLS: "bell"}


def fetch_known(connection: Connection, listing: Listing, within: Territory, today: date) -> Known:
    """For ``check_list``. Ids that stand for something elsewhere are only said to be taken."""
    return Known(
        groups=tuple(_groups(connection, within, today)),
        eyes=tuple(_eyes(connection, within)) if listing.kind is Kind.HOUSEHOLDS else (),
        area_ids=_area_ids(connection, within),
        rows=known_rows(connection, listing.kind, within, listing.table.rows),
        taken=_taken(connection, listing, within),
        scopes=None if within.is_everywhere else _scopes(connection, within),
        today=today,
    )


def _groups(connection: Connection, within: Territory, today: date) -> Iterator[KnownGroup]:
    """Residential groups of today, each with every name its commune has or had."""
    names = _commune_names(connection)
    query = select(_AREA).where(
        _AREA.c.level == Level.RESIDENTIAL_GROUP,
        or_(_AREA.c.valid_to.is_(None), _AREA.c.valid_to >= today),
        within.clause(_AREA.c.id),
    )
    pasts: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(core(AreaPast).c.area_id, core(AreaPast).c.parent_id)):
        pasts[row.area_id].append(row.parent_id)
    for row in connection.execute(query.order_by(_AREA.c.id)):
        parents = dict.fromkeys([row.parent_id, *pasts.get(row.id, ())])
        told = dict.fromkeys(name for parent in parents for name in names.get(parent, ()))
        yield KnownGroup(
            id=row.id, name=row.name, area_names=tuple(told), latitude=row.latitude, longitude=row.longitude
        )


def _commune_names(connection: Connection) -> Mapping[str, Sequence[str]]:
    """Commune → its name, and those of what became it or what it became."""
    communes = select(_AREA.c.id, _AREA.c.name).where(_AREA.c.level == Level.COMMUNE)
    own: dict[str, str] = {row.id: row.name for row in connection.execute(communes)}
    found = {area_id: [name] for area_id, name in own.items()}
    for row in connection.execute(select(core(AreaSuccession).c.old_id, core(AreaSuccession).c.new_id)):
        for one, other in ((row.old_id, row.new_id), (row.new_id, row.old_id)):
            if one in found and other in own:
                found[one].append(own[other])
    return found


def _eyes(connection: Connection, within: Territory) -> Iterator[KnownEye]:
    """Eyes that a household keeps itself, by its name and where they look."""
    keepers = core(Custodian)
    columns = (_DEVICE.c[name] for name in ("id", "group_id", "place", "position", "latitude", "longitude"))
    query = (
        select(*columns, keepers.c.name.label("owner"))
        .join(keepers, keepers.c.id == _DEVICE.c.custodian_id)
        .where(keepers.c.kind == CustodianKind.HOUSEHOLD, _DEVICE.c.lifecycle != Lifecycle.RETIRED)
        .where(within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id))
    )
    for row in connection.execute(query):
        at = ",".join(map(written, (row.latitude, row.longitude))) if row.latitude is not None else ""
        yield KnownEye(
            device_id=row.id,
            owner=row.owner,
            group_id=row.group_id or "",
            location=row.place or at,
            direction=row.position or "",
        )


def _area_ids(connection: Connection, within: Territory) -> frozenset[str]:
    if not within.is_everywhere:
        return within.areas
    return frozenset(connection.execute(select(_AREA.c.id)).scalars())


def _scopes(connection: Connection, within: Territory) -> frozenset[str]:
    """What a person may be made responsible for: areas, groups and beats inside."""
    return within.areas | frozenset(connection.execute(beats_inside(within)).scalars())


def _taken(connection: Connection, listing: Listing, within: Territory) -> Mapping[Column, Collection[str]]:
    """Ids of the list that are somebody else's, or something else's."""
    outside = not_(within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id))
    match listing.kind:
        case Kind.CAMERAS | Kind.BELLS:
            other = or_(outside, _DEVICE.c.device_class != _CLASSES[listing.kind])
            asked = [(Column.DEVICE_ID, _DEVICE.c.id, other)]
            for column, table in ((Column.SITE_ID, core(Site)), (Column.ESTABLISHMENT_ID, core(Establishment))):
                asked.append((column, table.c.id, not_(within.clause(table.c.group_id))))
        case Kind.GROUPS:
            other = or_(not_(within.clause(_AREA.c.id)), _AREA.c.level != Level.RESIDENTIAL_GROUP)
            beats, boards = core(Beat), core(Custodian)
            asked = [
                (Column.GROUP_ID, _AREA.c.id, other),
                (
                    Column.BEAT_ID,
                    beats.c.id,
                    not_(or_(within.clause(beats.c.area_id), beats.c.id.in_(beats_inside(within)))),
                ),
                (Column.BOARD_ID, boards.c.id, not_(within.clause(boards.c.group_id))),
            ]
        case Kind.PEOPLE:
            roles = core(PersonRole)
            of_ours = or_(within.clause(roles.c.scope_id), roles.c.scope_id.in_(beats_inside(within)))
            inside = select(roles.c.person_id).where(of_ours)
            people = core(Person)
            asked = [(Column.PERSON_ID, people.c.id, people.c.id.not_in(inside))]
        case _:
            return {}
    if within.is_everywhere and listing.kind is Kind.PEOPLE:
        return {}
    return {column: _among(connection, key, _named(listing, column), where) for column, key, where in asked}


def _among(
    connection: Connection, key: ColumnElement[str], ids: Iterable[str], where: ColumnElement[bool]
) -> frozenset[str]:
    wanted, found = sorted(ids), set[str]()
    for start in range(0, len(wanted), AT_ONCE):
        query = select(key).where(and_(key.in_(wanted[start : start + AT_ONCE]), where))
        found.update(connection.execute(query).scalars())
    return frozenset(found)


def _named(listing: Listing, column: Column) -> set[str]:
    return {shown(row.cells.get(column)).strip() for row in listing.table.rows if row.cells.get(column) is not None}
