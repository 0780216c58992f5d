"""``/api/v1/areas/{id}``: one area, what stands above and below it, what it came from, what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field

from monitor.inventory.area_tables import SINCE_EVER
from monitor.inventory.areas import AreaFacts
from monitor.inventory.kinds import Level, Succession
from monitor.journal.times import today
from monitor.reports.area_story import AreaStory, Kin, story_of
from monitor.web.access import Within
from monitor.web.ports import Desk
from monitor.web.schemas import AREA_PATTERN, REFUSALS, Answer, Answers, Day, Failure

AsOf = Annotated[Day | None, Query(description="a day, in Vietnam; none: now")]


class AreaShown(Answer):
    id: str
    level: Level
    kind: str = Field(description="what it calls itself")
    name: str
    official_code: str | None = Field(description="codes are given again to other territory: `id` never is")
    valid_from: date | None = Field(description="null: nobody knows")
    valid_to: date | None = Field(description="its last day; null: it lasts")


class AreaKin(Answer):
    area: AreaShown
    kind: Succession
    effective_on: date
    note: str | None


class AreaUndecided(Answer):
    area: AreaShown
    choices: list[AreaShown]
    effective_on: date


class AreaAnswer(AreaShown):
    as_of: date
    path: list[AreaShown] = Field(description="what is above it on that day, from the top of one's territory")
    below: list[AreaShown]
    predecessors: list[AreaKin]
    successors: list[AreaKin]
    undecided: list[AreaUndecided] = Field(description="units of mixed origin: a person must say where they belong")


def areas_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["inventory"], responses=REFUSALS)
    unknown: Answers = {404: {"model": Failure, "description": "No such area"}}

    @router.get("/areas/{area_id}", summary="One area", response_model=AreaAnswer, responses=unknown)
    def area(
        area_id: Annotated[str, Path(pattern=AREA_PATTERN)], within: Within, as_of: AsOf = None
    ) -> Mapping[str, Any]:
        now = desk.clock.now()
        with desk.read() as connection:
            return _answer(story_of(connection, area_id, as_of or today(now), now, within))

    return router


def _answer(story: AreaStory) -> Mapping[str, Any]:
    return {
        **_shown(story.area),
        "as_of": story.day,
        "path": [_shown(area) for area in story.path],
        "below": [_shown(area) for area in story.below],
        "predecessors": _kin(story.before),
        "successors": _kin(story.after),
        "undecided": [
            {
                "area": _shown(each.area),
                "choices": [_shown(area) for area in each.choices],
                "effective_on": each.effective_on,
            }
            for each in story.undecided
        ],
    }


def _shown(area: AreaFacts) -> Mapping[str, Any]:
    names = ("id", "level", "kind", "name", "official_code", "valid_to")
    valid_from = None if area.valid_from == SINCE_EVER else area.valid_from
    return {**{name: getattr(area, name) for name in names}, "valid_from": valid_from}


def _kin(kin: Iterable[Kin]) -> list[Mapping[str, Any]]:
    return [
        {"area": _shown(each.area), "kind": each.kind, "effective_on": each.effective_on, "note": each.note}
        for each in kin
    ]
