"""Rows of the inventory as a list would write them: key → column → text, to tell what a list changes, and to export."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, FromClause, Row, RowMapping, Select, or_, select

from monitor.inventory.area_tables import SINCE_EVER, Area, AreaPast, AreaSuccession
from monitor.inventory.edits import core
from monitor.inventory.kinds import Consent, CustodianKind, Level, Lifecycle
from monitor.inventory.people_tables import Custodian, Person, PersonRole
from monitor.inventory.place_tables import Establishment, Site
from monitor.inventory.seeding_rows import custodian_of
from monitor.inventory.spreadsheets.cells import shown
from monitor.inventory.spreadsheets.columns import Column, Kind
from monitor.inventory.spreadsheets.readings import written
from monitor.inventory.spreadsheets.table import TableRow
from monitor.inventory.spreadsheets.words import read_words
from monitor.inventory.tables import Device
from monitor.inventory.territory import Territory

AT_ONCE = 500
Texts = Mapping[Column, str]
_AREA, _DEVICE = core(Area), core(Device)
# Column → the device's own column that holds the very same.
EYE_COLUMNS: Mapping[Column, str] = {
    Column.SITE_ID: "site_id",
    Column.EYE_NO: "eye_no",
    Column.GROUP_ID: "group_id",
    Column.AREA_ID: "area_id",
    Column.LOCATION: "place",
    Column.LATITUDE: "latitude",
    Column.LONGITUDE: "longitude",
    Column.FUNDING: "funding",
    Column.WATCH_METHOD: "watch_method",
    Column.RETENTION_DAYS: "retention_days",
    Column.POWER_FEEDER: "power_feeder",
    Column.INSTALLED_ON: "installed_on",
    Column.QCVN135: "qcvn135",
    Column.MAKER: "maker",
    Column.SERIAL: "serial",
    Column.DIRECTION: "position",
    Column.NOTE: "note",
}
BELL_COLUMNS: Mapping[Column, str] = {
    Column.ESTABLISHMENT_ID: "establishment_id",
    Column.ESTABLISHMENT: "place",
    Column.GROUP_ID: "group_id",
    Column.BUTTON_NO: "button_no",
    Column.BUTTON_POSITION: "position",
    Column.RINGS_AT: "rings_at",
    Column.TEST_INTERVAL_DAYS: "test_interval_days",
    Column.LATITUDE: "latitude",
    Column.LONGITUDE: "longitude",
}


def known_rows(
    connection: Connection, kind: Kind, within: Territory, asked: Sequence[TableRow] | None = None
) -> Mapping[str, Texts]:
    """What stands in the territory, by ``listing.key_of``; of the rows a list names, or of all in use (None)."""
    match kind:
        case Kind.AREAS:
            return _areas(connection, within, asked)
        case Kind.GROUPS:
            return _groups(connection, within, asked)
        case Kind.CAMERAS:
            return _devices(connection, within, asked, _eye)
        case Kind.BELLS:
            return _devices(connection, within, asked, _bell)
        case Kind.PEOPLE:
            return _people(connection, within)
        case Kind.HOUSEHOLDS:
            return {}


def _devices(
    connection: Connection,
    within: Territory,
    asked: Sequence[TableRow] | None,
    told: Callable[[RowMapping, TableRow | None], Texts],
) -> dict[str, Texts]:
    sites, places, keepers = core(Site), core(Establishment), core(Custodian)
    joined: FromClause = _DEVICE.outerjoin(sites, sites.c.id == _DEVICE.c.site_id)
    joined = joined.outerjoin(places, places.c.id == _DEVICE.c.establishment_id)
    query = (
        select(
            _DEVICE,
            sites.c.location_kind,
            places.c.kind.label("establishment_kind"),
            keepers.c.name.label("keeper"),
            keepers.c.note.label("keeper_note"),
        )
        .select_from(joined.outerjoin(keepers, keepers.c.id == _DEVICE.c.custodian_id))
        .where(_DEVICE.c.device_class == ("camera" if told is _eye else "bell"))
        .where(within.clause(_DEVICE.c.group_id, _DEVICE.c.area_id))
        .order_by(_DEVICE.c.id)
    )
    if asked is None:
        rows = connection.execute(query.where(_DEVICE.c.lifecycle != Lifecycle.RETIRED)).mappings()
        return {row["id"]: told(row, None) for row in rows}
    by_id = _by_id(asked, Column.DEVICE_ID)
    ids, found = list(by_id), dict[str, Texts]()
    for start in range(0, len(ids), AT_ONCE):
        some = query.where(_DEVICE.c.id.in_(ids[start : start + AT_ONCE]))
        found |= {row["id"]: told(row, by_id[row["id"]]) for row in connection.execute(some).mappings()}
    return found


def _by_id(asked: Iterable[TableRow], column: Column) -> dict[str, TableRow]:
    return {shown(row.cells.get(column)).strip(): row for row in asked}


def _eye(row: RowMapping, _asked: TableRow | None) -> Texts:
    own = {column: written(row[name]) for column, name in EYE_COLUMNS.items()}
    return own | {
        Column.DEVICE_ID: row["id"],
        Column.LOCATION_KIND: row["location_kind"] or "",
        Column.CUSTODIAN: _keeper(row["keeper"], row["keeper_note"]),
        Column.CAMERA_CLASS: "high_mast" if row["is_high_mast"] else "eye",
        Column.CONSENT: "" if row["consent"] == Consent.UNKNOWN else row["consent"],
    }


def _keeper(name: str | None, note: str | None) -> str:
    """As a list wrote it, where that is still what it means."""
    return note if note and custodian_of(note, None)["name"] == name else name or ""


def _bell(row: RowMapping, asked: TableRow | None) -> Texts:
    own = {column: written(row[name]) for column, name in BELL_COLUMNS.items()}
    interval_s = row["supervision_interval_s"]
    return own | {
        Column.DEVICE_ID: row["id"],
        Column.ESTABLISHMENT_KIND: row["establishment_kind"] or "",
        Column.SOUND_AT_SITE: "silent" if row["is_silent_at_site"] else "audible",
        Column.ALARM_KINDS: _alarm_kinds(row["alarm_kind"] or "", asked),
        Column.HEARTBEAT_S: "" if interval_s is None else written(float(interval_s)),
    }


def _alarm_kinds(first: str, asked: TableRow | None) -> str:
    """A device has one kind, the first that a list names; the others are of no other meaning."""
    cell = asked.cells.get(Column.ALARM_KINDS) if asked else None
    value = read_words("alarm_kinds", cell).value if cell is not None else None
    return written(value) if isinstance(value, tuple) and value[:1] == (first,) else first


def _groups(connection: Connection, within: Territory, asked: Sequence[TableRow] | None) -> dict[str, Texts]:
    boards = core(Custodian)
    query = select(boards.c.group_id, boards.c.id).where(boards.c.kind == CustodianKind.GROUP_BOARD)
    board_of: dict[str, str] = {row.group_id: row.id for row in connection.execute(query.order_by(boards.c.id.desc()))}
    named = _by_id(asked or (), Column.GROUP_ID)
    pasts = _past_parents(connection)
    found: dict[str, Texts] = {}
    level = _AREA.c.level == Level.RESIDENTIAL_GROUP
    still = _AREA.c.valid_to.is_(None) if asked is None else level
    for row in connection.execute(select(_AREA).where(level, still, within.clause(_AREA.c.id)).order_by(_AREA.c.id)):
        found[row.id] = {
            Column.GROUP_ID: row.id,
            Column.NAME: row.name,
            Column.AREA_ID: _parent(row, named.get(row.id), Column.AREA_ID, pasts),
            Column.BEAT_ID: row.beat_id or "",
            Column.BOARD_ID: board_of.get(row.id, ""),
            Column.LATITUDE: written(row.latitude),
            Column.LONGITUDE: written(row.longitude),
        }
    return found


def _areas(connection: Connection, within: Territory, asked: Sequence[TableRow] | None) -> dict[str, Texts]:
    heirs: dict[str, list[str]] = defaultdict(list)
    for each in connection.execute(select(core(AreaSuccession)).order_by(core(AreaSuccession).c.new_id)):
        heirs[each.old_id].append(each.new_id)
    named = _by_id(asked or (), Column.AREA_ID)
    pasts = _past_parents(connection)
    query = select(_AREA).where(within.clause(_AREA.c.id))
    if asked is None:
        query = query.where(_AREA.c.level != Level.RESIDENTIAL_GROUP)
    found: dict[str, Texts] = {}
    for row in connection.execute(query.order_by(_AREA.c.id)):
        told = named.get(row.id)
        found[row.id] = {
            Column.AREA_ID: row.id,
            Column.LEVEL: row.level,
            Column.NAME: row.name,
            Column.OFFICIAL_CODE: row.official_code or "",
            Column.PARENT_AREA_ID: _parent(row, told, Column.PARENT_AREA_ID, pasts),
            Column.VALID_FROM: "" if row.valid_from == SINCE_EVER else written(row.valid_from),
            Column.VALID_TO: written(row.valid_to),
            Column.SUCCESSOR_AREA_ID: _heirs(row, told, heirs.get(row.id, [])),
            Column.LATITUDE: written(row.latitude),
            Column.LONGITUDE: written(row.longitude),
        }
    return found


def _past_parents(connection: Connection) -> Mapping[str, set[str | None]]:
    pasts: dict[str, set[str | None]] = defaultdict(set)
    for row in connection.execute(select(core(AreaPast).c.area_id, core(AreaPast).c.parent_id)):
        pasts[row.area_id].add(row.parent_id)
    return pasts


def _parent(row: Row[Any], told: TableRow | None, column: Column, pasts: Mapping[str, set[str | None]]) -> str:
    """A list that was written before an area moved is right about its day."""
    said = shown(told.cells.get(column)).strip() if told else ""
    return said if said in pasts.get(row.id, ()) else row.parent_id or ""


def _heirs(row: Row[Any], told: TableRow | None, heirs: list[str]) -> str:
    """What an area of another level stands below next is its parent by now."""
    said = shown(told.cells.get(Column.SUCCESSOR_AREA_ID)).replace(" ", "") if told else ""
    is_known = bool(said) and set(said.split(",")) <= {*heirs, row.parent_id}
    return said if is_known else ",".join(heirs)


def _people(connection: Connection, within: Territory) -> dict[str, Texts]:
    """One for each role somebody holds. Numbers are not told: they are masked wherever they are shown."""
    people, roles = core(Person), core(PersonRole)
    query = select(people, roles.c.role, roles.c.scope_id).join(roles, roles.c.person_id == people.c.id)
    if not within.is_everywhere:
        query = query.where(or_(within.clause(roles.c.scope_id), roles.c.scope_id.in_(beats_inside(within))))
    return {
        f"{row.id}/{row.role}/{row.scope_id}": {
            Column.PERSON_ID: row.id,
            Column.NAME: row.name,
            Column.ROLE: row.role,
            Column.UNIT: row.unit or "",
            Column.SCOPE: row.scope_id,
            Column.NOTE: row.note or "",
        }
        for row in connection.execute(query.order_by(people.c.id, roles.c.role, roles.c.scope_id))
    }


def beats_inside(within: Territory) -> Select[Any]:
    """Ids of the beats that a group inside belongs to."""
    return select(_AREA.c.beat_id).where(within.clause(_AREA.c.id), _AREA.c.beat_id.is_not(None))
