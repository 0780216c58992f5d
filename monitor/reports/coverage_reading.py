"""What a coverage report stands on, read from the store: eyes where they stood on the day, and whether they worked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from monitor.errors import UnknownRecord
from monitor.inventory.area_tables import DevicePast
from monitor.inventory.areas import AreaTree, read_tree
from monitor.inventory.declared import EYES, HIGH_MAST_EYES, Declared, declared_of
from monitor.inventory.kinds import Level, Lifecycle, LocationKind
from monitor.inventory.place_tables import Site
from monitor.inventory.succession import became, read_successors
from monitor.inventory.tables import Device
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.database import table
from monitor.journal.device_states import STATE
from monitor.journal.tables import TransitionRow
from monitor.machines.liveness import DeviceState
from monitor.reports.coverage import Coverage, Eye, Scope, cover

# Vietnam has had no other since 1975, and no summer time.
LOCAL = timezone(timedelta(hours=7))
WORKING = frozenset({DeviceState.ONLINE, DeviceState.LATE})
_DEVICE, _SITE, _PAST, _TRANSITION = table(Device), table(Site), table(DevicePast), table(TransitionRow)

States = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Figures:
    """Eyes and high-mast eyes as declared of one area; None where nobody declared any."""

    eyes: Declared | None
    high_mast: Declared | None


@dataclass(frozen=True, slots=True)
class RollUp:
    """What the communes below declared, added up: ``eyes`` of ``communes`` communes."""

    eyes: float
    communes: int


@dataclass(frozen=True, slots=True)
class Share:
    """An area's declared eyes within those of the area above it."""

    above: str
    part: float
    whole: float


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """``is_past``: asked as of an earlier day. ``roll_up`` and ``share``: None where there is nothing to compare."""

    coverage: Coverage
    declared: Figures
    roll_up: RollUp | None
    share: Share | None
    is_past: bool


@dataclass(frozen=True, slots=True)
class Told:
    """Which areas may be told of: those of a territory, and those that ended and whose every heir of today is in it."""

    connection: Connection
    tree: AreaTree
    within: Territory
    today: date

    def of(self, area_id: str | None) -> bool:
        if self.within.holds(area_id):
            return True
        if area_id is None or (area := self.tree.get(area_id)) is None or area.is_valid(self.today):
            return False
        heirs = became(self.tree, read_successors(self.connection), area_id, self.today)
        return bool(heirs) and all(self.within.holds(heir.id) for heir, _since in heirs)


def today(now: datetime) -> date:
    return now.astimezone(LOCAL).date()


def report(
    connection: Connection, scope: Scope, now: datetime, live: States, within: Territory = EVERYWHERE
) -> CoverageReport:
    """``live``: states newer than the stored ones, which count for today.

    Raises ``UnknownRecord``, for what lies outside too, and ``Refusal``.
    """
    tree = read_tree(connection)
    told = Told(connection, tree, within, today(now))
    if not told.of(scope.root_id):
        raise UnknownRecord(f"there is no area {scope.root_id}")
    is_past = scope.day < today(now)
    states = states_at(connection, _end_of(scope.day)) if is_past else {**_states_now(connection), **live}
    coverage = cover(tree, read_eyes(connection, scope.day, states), scope)
    return CoverageReport(
        coverage,
        declared=_figures(connection, scope.root_id, scope.day),
        roll_up=_roll_up(connection, tree, scope),
        share=_share(connection, tree, scope, told),
        is_past=is_past,
    )


def read_eyes(connection: Connection, day: date, states: States) -> list[Eye]:
    """Every eye that stood on that day, in the group it was in then.

    It counts from the day it was put up (else registered) to the day before it was retired; one that is only
    planned counts where it already hangs, and never works.
    """
    past = _places_then(connection, day)
    kind = func.coalesce(_SITE.c.location_kind, LocationKind.OTHER.value)
    columns = (_DEVICE.c.id, _DEVICE.c.group_id, _DEVICE.c.area_id, _DEVICE.c.is_high_mast, _DEVICE.c.lifecycle, kind)
    query = (
        select(*columns)
        .select_from(_DEVICE.outerjoin(_SITE, _SITE.c.id == _DEVICE.c.site_id))
        .where(_DEVICE.c.device_class == "camera", _stood(day))
    )
    eyes = []
    for device_id, group_id, area_id, is_high_mast, lifecycle, location_kind in connection.execute(query):
        state = states.get(device_id)
        is_working = None if state is None else state in WORKING and lifecycle != Lifecycle.PLANNED
        place = past.get(device_id, group_id or area_id)
        eyes.append(Eye(device_id, place, is_high_mast, location_kind, is_working))
    return eyes


def _stood(day: date) -> ColumnElement[bool]:
    is_registered = and_(_DEVICE.c.lifecycle != Lifecycle.PLANNED.value, _DEVICE.c.registered_at < _end_of(day))
    has_come = or_(_DEVICE.c.installed_on <= day, and_(_DEVICE.c.installed_on.is_(None), is_registered))
    return and_(has_come, or_(_DEVICE.c.retired_on.is_(None), _DEVICE.c.retired_on > day))


def states_at(connection: Connection, moment: datetime) -> dict[str, str]:
    """Device → the state it was last told to be in by then; not those of which nothing had been heard."""
    last = (
        select(func.max(_TRANSITION.c.id))
        .where(_TRANSITION.c.machine == "liveness", _TRANSITION.c.at < moment)
        .group_by(_TRANSITION.c.device_id)
    )
    query = select(_TRANSITION.c.device_id, _TRANSITION.c.to_state).where(_TRANSITION.c.id.in_(last))
    return {device_id: state for device_id, state in connection.execute(query) if device_id is not None}


def _states_now(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(STATE.c.device_id, STATE.c.state))
    return {row.device_id: row.state for row in rows}


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, LOCAL).astimezone(UTC)


def _places_then(connection: Connection, day: date) -> dict[str, str | None]:
    """Devices that were somewhere else on that day: the first move after it says where."""
    query = select(_PAST).where(_PAST.c.valid_to >= day).order_by(_PAST.c.valid_to.desc())
    return {row.device_id: row.group_id or row.area_id for row in connection.execute(query)}


def _figures(connection: Connection, area_id: str | None, day: date) -> Figures:
    if area_id is None:
        return Figures(None, None)
    eyes, masts = (declared_of(connection, [area_id], indicator, day) for indicator in (EYES, HIGH_MAST_EYES))
    return Figures(eyes.get(area_id), masts.get(area_id))


def _roll_up(connection: Connection, tree: AreaTree, scope: Scope) -> RollUp | None:
    communes = [area.id for area in tree.below(scope.root_id, Level.COMMUNE, scope.day) if area.id != scope.root_id]
    facts = declared_of(connection, communes, EYES, scope.day)
    return RollUp(sum(fact.value for fact in facts.values()), len(facts)) if facts else None


def _share(connection: Connection, tree: AreaTree, scope: Scope, told: Told) -> Share | None:
    above = tree.parent_of(scope.root_id, scope.day) if scope.root_id is not None else None
    if above is None or not told.of(above) or scope.root_id is None or (parent := tree.get(above)) is None:
        return None
    facts = declared_of(connection, [scope.root_id, above], EYES, scope.day)
    if scope.root_id not in facts or above not in facts:
        return None
    return Share(parent.name, facts[scope.root_id].value, facts[above].value)
