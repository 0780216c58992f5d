"""What a coverage report stands on, read from the store: eyes where they stood on the day, and whether they worked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from monitor.errors import UnknownRecord
from monitor.inventory.areas import AreaTree, read_tree
from monitor.inventory.declared import EYES, HIGH_MAST_EYES, Declared, declared_of
from monitor.inventory.kinds import Level
from monitor.inventory.succession import became, read_successors
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.times import today
from monitor.reports.coverage import Coverage, Scope, cover
from monitor.reports.standing_eyes import EyesNow, eyes_then


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


def report(
    connection: Connection, scope: Scope, now: datetime, eyes: EyesNow, within: Territory = EVERYWHERE
) -> CoverageReport:
    """Raises ``UnknownRecord``, for what lies outside too, and ``Refusal``."""
    tree = read_tree(connection)
    told = Told(connection, tree, within, today(now))
    if not told.of(scope.root_id):
        raise UnknownRecord(f"there is no area {scope.root_id}")
    is_past = scope.day < today(now)
    standing = eyes_then(connection, scope.day) if is_past else eyes.standing(connection, scope.day)
    return CoverageReport(
        cover(tree, standing, scope),
        declared=_figures(connection, scope.root_id, scope.day),
        roll_up=_roll_up(connection, tree, scope),
        share=_share(connection, tree, scope, told),
        is_past=is_past,
    )


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
