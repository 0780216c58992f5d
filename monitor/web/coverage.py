"""``/api/v1/coverage``: how many units have an eye, and how many an eye that works, as of any day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from monitor.inventory.declared import Declared
from monitor.inventory.kinds import Level
from monitor.journal.times import today
from monitor.reports.coverage import Coverage, Scope, Tally
from monitor.reports.coverage_lines import LANGUAGES, CoverageWording
from monitor.reports.coverage_reading import CoverageReport, report
from monitor.reports.standing_eyes import EyesNow
from monitor.web.access import Within
from monitor.web.ports import Desk
from monitor.web.schemas import AREA_PATTERN, REFUSALS, Answer, Answers, Day, Failure


class AreaNamed(Answer):
    id: str
    name: str


class EyeTally(Answer):
    registered: int
    working: int | None = Field(description="null: nothing is known of that day, or the monitor is blind")


class UnitOfCoverage(AreaNamed):
    eyes: EyeTally
    high_mast: EyeTally


class DeclaredFigure(Answer):
    indicator: str
    value: float
    qualifier: str = Field(description="exact, about or over")
    as_of: date | None
    source: str
    counted: int
    difference: float = Field(description="counted less declared")


class CoverageAnswer(Answer):
    area: AreaNamed | None = Field(description="null: everywhere")
    level: Level
    as_of: date
    base: int = Field(description="units of the level that were there on that day")
    registered: int = Field(description="units with an eye; high masts do not count")
    effective: int | None = Field(
        description="units with an eye that works; null: nothing is known of that day, or the monitor is blind"
    )
    eyes: EyeTally
    high_mast: EyeTally = Field(description="counted apart, never added")
    by_location: dict[str, int] = Field(description="eyes by what their site is")
    unplaced: int = Field(description="eyes in no area of that day; told at the top of the tree only")
    declared: list[DeclaredFigure]
    units: list[UnitOfCoverage]
    lines: dict[str, list[str]] = Field(description="the same in words, as printed; by language")


def coverage_router(desk: Desk, eyes: EyesNow) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["reports"], responses=REFUSALS)
    answers: Answers = {
        404: {"model": Failure, "description": "No such area"},
        409: {"model": Failure, "description": "The area was not there on that day"},
    }

    @router.get(
        "/coverage", summary="Registered and effective coverage", response_model=CoverageAnswer, responses=answers
    )
    def coverage(
        within: Within,
        area: Annotated[str | None, Query(pattern=AREA_PATTERN, description="id; none: everywhere")] = None,
        level: Annotated[Level, Query(description="what is counted")] = Level.RESIDENTIAL_GROUP,
        as_of: Annotated[Day | None, Query(description="a day, in Vietnam; none: now")] = None,
    ) -> Mapping[str, Any]:
        """For an account of one area that is where it begins, and nothing above or beside it is told."""
        now = desk.clock.now()
        scope = Scope(area or within.scope, level, as_of or today(now))
        with desk.read() as connection:
            return _answer(report(connection, scope, now, eyes, within))

    return router


def _answer(told: CoverageReport) -> Mapping[str, Any]:
    coverage = told.coverage
    return {
        "area": {"id": coverage.root.id, "name": coverage.root.name} if coverage.root else None,
        "level": coverage.scope.level,
        "as_of": coverage.scope.day,
        "base": coverage.base,
        "registered": coverage.registered,
        "effective": coverage.effective,
        "eyes": _tally(coverage.eyes),
        "high_mast": _tally(coverage.high_mast),
        "by_location": coverage.by_location,
        "unplaced": coverage.unplaced,
        "declared": _declared(told),
        "units": _units(coverage),
        "lines": {lang: CoverageWording(lang).lines(told) for lang in LANGUAGES},
    }


def _units(coverage: Coverage) -> list[Mapping[str, Any]]:
    return [
        {
            "id": unit.area.id,
            "name": unit.area.name,
            "eyes": _tally(unit.eyes),
            "high_mast": _tally(unit.high_mast),
        }
        for unit in coverage.units
    ]


def _tally(tally: Tally) -> Mapping[str, int | None]:
    return {"registered": tally.registered, "working": tally.working if tally.known or not tally.registered else None}


def _declared(told: CoverageReport) -> list[Mapping[str, Any]]:
    pairs = (
        (told.declared.eyes, told.coverage.eyes.registered),
        (told.declared.high_mast, told.coverage.high_mast.registered),
    )
    return [_figure(fact, counted) for fact, counted in pairs if fact is not None]


def _figure(fact: Declared, counted: int) -> Mapping[str, Any]:
    return {
        "indicator": fact.indicator,
        "value": fact.value,
        "qualifier": fact.qualifier,
        "as_of": fact.as_of,
        "source": fact.source,
        "counted": counted,
        "difference": counted - fact.value,
    }
