"""``/groups`` and ``/groups/{id}``: coverage, devices and people of an area, on any day, on one page to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from monitor.errors import Refusal
from monitor.inventory.area_tables import SINCE_EVER
from monitor.inventory.collation import vietnamese_key
from monitor.inventory.kinds import Level
from monitor.inventory.territory import Territory
from monitor.journal.device_list import device_rows
from monitor.journal.device_search import DeviceFinder, DeviceQuestion, Facet, SortBy
from monitor.journal.times import iso, today
from monitor.reports.area_sketch import HEIGHT, WIDTH, Standing, sketch_of_area
from monitor.reports.area_story import story_of
from monitor.reports.availability_lines import AvailabilityWording
from monitor.reports.availability_reading import Asked, availability
from monitor.reports.coverage import Scope, UnitCoverage
from monitor.reports.coverage_lines import CoverageWording
from monitor.reports.coverage_reading import CoverageReport, report
from monitor.reports.group_page import (
    establishments_of,
    incidents_in,
    junctions_without_camera,
    people_of,
    positions_of,
)
from monitor.reports.open_questions import open_questions
from monitor.reports.periods import Period, period_of
from monitor.reports.standing_eyes import EyesNow
from monitor.web.access import Within
from monitor.web.areas import AsOf
from monitor.web.pages import Pages, chosen_language
from monitor.web.ports import Desk
from monitor.web.schemas import AREA_PATTERN

# One page of paper; the list has them all.
MOST_DEVICES = 200
_LEVELS = (Level.RESIDENTIAL_GROUP, Level.COMMUNE, Level.DISTRICT, Level.PROVINCE)
_NO_FIGURE: Mapping[str, Any] = {"availability": [], "time_working": None}
AreaId = Annotated[str, Path(pattern=AREA_PATTERN)]


def group_pages_router(desk: Desk, eyes: EyesNow, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    _add_groups(router, desk, eyes, pages)
    _add_group(router, desk, eyes, pages)
    return router


def _add_groups(router: APIRouter, desk: Desk, eyes: EyesNow, pages: Pages) -> None:
    @router.get("/groups")
    def groups(
        request: Request,
        within: Within,
        area: Annotated[str | None, Query(pattern=AREA_PATTERN)] = None,
        level: Level = Level.RESIDENTIAL_GROUP,
        as_of: AsOf = None,
    ) -> Response:
        day = as_of or today(desk.clock.now())
        values: dict[str, Any] = {"day": day, "level": level, "levels": _LEVELS, "area": area}
        with desk.read() as connection:
            told = report(connection, Scope(area or within.scope, level, day), desk.clock.now(), eyes, within)
            questions = open_questions(connection, within)
        values |= {"taken_at": iso(desk.clock.now())}
        values |= {"questions": questions, "units": _by_name(told), "is_past": told.is_past}
        values |= {**_NO_FIGURE, **_told(request, told)}
        return pages.framed(request, "inventory/groups.html", "/groups", values)


def _add_group(router: APIRouter, desk: Desk, eyes: EyesNow, pages: Pages) -> None:
    @router.get("/groups/{area_id}")
    def group(request: Request, area_id: AreaId, within: Within, as_of: AsOf = None) -> Response:
        """An area that was not there on that day is shown with what it came from and became, and without figures."""
        now = desk.clock.now()
        day = as_of or today(now)
        with desk.read() as connection:
            story = story_of(connection, area_id, day, now, within)
            try:
                told = report(connection, Scope(area_id, Level.RESIDENTIAL_GROUP, day), now, eyes, within)
            except Refusal:
                told = None
            values = {
                "story": story,
                "day": day,
                "taken_at": iso(now),
                "is_today": day == today(now),
                "since": None if story.area.valid_from == SINCE_EVER else story.area.valid_from,
                "people": people_of(connection, area_id, day),
                "junctions": junctions_without_camera(connection, area_id),
                "establishments": establishments_of(connection, area_id),
                "incidents": _incidents(connection, area_id, period_of(None, min(day, today(now)), now), now),
                **(_availability(request, connection, (area_id, day, now), within) if told else _NO_FIGURE),
                **_devices(desk, connection, area_id, within),
            }
        return pages.framed(request, "inventory/group.html", "/groups", {**values, **_told(request, told)})


def _availability(
    request: Request, connection: Connection, asked: tuple[str, date, datetime], within: Territory
) -> dict[str, Any]:
    """Of the thirty days up to and with the day: the figure, and the lines to print."""
    area_id, day, now = asked
    question = Asked(area_id, Level.RESIDENTIAL_GROUP, period_of(None, min(day, today(now)), now))
    wording, found = AvailabilityWording(chosen_language(request)), availability(connection, question, now, within)
    return {"availability": wording.lines(found), "time_working": wording.share(found.whole)}


def _by_name(told: CoverageReport) -> list[UnitCoverage]:
    return sorted(told.coverage.units, key=lambda unit: (vietnamese_key(unit.area.name), unit.area.id))


def _told(request: Request, told: CoverageReport | None) -> dict[str, Any]:
    if told is None:
        return {"coverage": None, "lines": [], "declared": []}
    wording = CoverageWording(chosen_language(request))
    figures, counts = told.declared, told.coverage
    pairs = {"eyes": (figures.eyes, counts.eyes), "mast": (figures.high_mast, counts.high_mast)}
    declared = [
        {
            "of": of,
            "said": wording.figure(fact),
            "fact": fact,
            "counted": counted.registered,
            "difference": round(counted.registered - fact.value),
        }
        for of, (fact, counted) in pairs.items()
        if fact is not None
    ]
    return {"coverage": counts, "lines": wording.lines(told), "declared": declared}


def _devices(desk: Desk, connection: Connection, area_id: str, within: Territory) -> Mapping[str, Any]:
    """As they are now, the newest life of each from the writer's memory."""
    question = DeviceQuestion(chosen={Facet.AREA: (area_id,)}, sort=SortBy.ID)
    finder = DeviceFinder(connection, question, within, desk.clock.now())
    rows = device_rows(connection, finder.page(0, MOST_DEVICES))
    lives = desk.lives_of(row["id"] for row in rows)
    devices = [{**row, "life": lives.get(row["id"]) or row["life"]} for row in rows]
    sketch = _sketch(devices, positions_of(connection, [device["id"] for device in devices]))
    return {"sketch": sketch, "devices": devices, "device_count": finder.count(), "kinds": _by_kind(finder)}


def _sketch(devices: Sequence[Mapping[str, Any]], positions: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    standing = [
        Standing(device["id"], device["name"], device["kind"], device["life"].state, *positions[device["id"]])
        for device in devices
        if device["id"] in positions
    ]
    standing.sort(key=lambda each: each.state != "ONLINE")  # several on one pole: what does not work lies on top
    return {
        "drawn": sketch_of_area(standing),
        "width": WIDTH,
        "height": HEIGHT,
        "without": len(devices) - len(standing),
    }


def _incidents(connection: Connection, area_id: str, period: Period, now: datetime) -> tuple[int, int]:
    """In the thirty days, and in the thirty before them."""
    one, before = (incidents_in(connection, area_id, each, now) for each in (period, period.before))
    return one, before


def _by_kind(finder: DeviceFinder) -> list[tuple[str, int]]:
    return sorted(finder.counted(Facet.KIND).items(), key=lambda each: (-each[1], each[0]))
