"""``/api/v1/availability``, ``/api/v1/strips``, ``/api/v1/devices/{id}/history``: how things have been."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from sqlalchemy import Connection

from monitor.journal.blind_rows import blind_times
from monitor.journal.device_queries import device_by_id, names_by_ids
from monitor.journal.gaps import gaps_of
from monitor.journal.hour_counts import counts_of
from monitor.journal.spans import BlindTimes, Spent
from monitor.journal.times import iso, moment_of
from monitor.reports.availability import Availability, Stretch, add_up
from monitor.reports.availability import within as part_of
from monitor.reports.availability_lines import AvailabilityWording
from monitor.reports.availability_reading import Asked, AvailabilityReport, availability
from monitor.reports.coverage_lines import LANGUAGES
from monitor.reports.device_past import by_device
from monitor.reports.periods import Period, period_of
from monitor.reports.strips import cells_of, strip_of
from monitor.web.access import Within
from monitor.web.history_schemas import (
    AvailabilityAnswer,
    AvailabilityAsked,
    GapsAnswer,
    HistoryAnswer,
    PeriodAsked,
    StripsAnswer,
    StripsAsked,
)
from monitor.web.ports import Desk
from monitor.web.schemas import ID_PATTERN, REFUSALS, Answers, Failure

MOST_SPANS = 1000
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such area or device"}}
_REFUSED: Answers = {409: {"model": Failure, "description": "The period is none, or still to come"}}


def history_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["reports"], responses=REFUSALS)
    _add_availability(router, desk)
    _add_strips(router, desk)
    _add_history(router, desk)
    _add_gaps(router, desk)
    return router


def _add_availability(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/availability",
        summary="How much of the time devices worked",
        response_model=AvailabilityAnswer,
        responses={**_UNKNOWN, **_REFUSED},
    )
    def available(within: Within, chosen: Annotated[AvailabilityAsked, Query()]) -> Mapping[str, Any]:
        """What the monitor could not hear, and planned maintenance, is left out and told beside the figure."""
        now = desk.clock.now()
        period = period_of(chosen.first, chosen.last, now)
        asked = Asked(chosen.area or within.scope, chosen.level, period, chosen.device_class)
        with desk.read() as connection:
            return _told(availability(connection, asked, now, within))


def _add_strips(router: APIRouter, desk: Desk) -> None:
    @router.get("/strips", summary="How devices have been, cell by cell", response_model=StripsAnswer)
    def strips(within: Within, asked: Annotated[StripsAsked, Query()]) -> Mapping[str, Any]:
        """Of those that are there and inside one's territory; the others are left out."""
        cells = cells_of(asked.of, desk.clock.now())
        with desk.read() as connection:
            inside = names_by_ids(connection, asked.id, within)
            told = [each for each in dict.fromkeys(asked.id) if each in inside]
            found = by_device(connection, told, cells.edges[0], cells.now_ms)
            blind = blind_times(connection, cells.edges[0], cells.now_ms)
        return {
            "began_at": iso(moment_of(cells.edges[0])),
            "cell_s": cells.cell_ms // 1000,
            "ids": told,
            "strips": [strip_of(found.get(each, ()), cells, blind) for each in told],
        }


def _add_history(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/devices/{device_id}/history",
        summary="How one device has been",
        response_model=HistoryAnswer,
        responses={**_UNKNOWN, **_REFUSED},
    )
    def history(
        device_id: Annotated[str, Path(pattern=ID_PATTERN)], within: Within, asked: Annotated[PeriodAsked, Query()]
    ) -> Mapping[str, Any]:
        now = desk.clock.now()
        period = period_of(asked.first, asked.last, now)
        with desk.read() as connection:
            device_by_id(connection, device_id, within)
            return _history(connection, device_id, period, now)


def _add_gaps(router: APIRouter, desk: Desk) -> None:
    @router.get(
        "/devices/{device_id}/gaps",
        summary="What one device counted and nobody heard",
        response_model=GapsAnswer,
        responses=_UNKNOWN,
    )
    def gaps(device_id: Annotated[str, Path(pattern=ID_PATTERN)], within: Within) -> Mapping[str, Any]:
        """Of the last 90 days, where its family counts its messages; the newest 50 one by one."""
        with desk.read() as connection:
            device_by_id(connection, device_id, within)
            return {"device_id": device_id, **gaps_of(connection, device_id, desk.clock.now())}


def _history(connection: Connection, device_id: str, period: Period, now: datetime) -> Mapping[str, Any]:
    from_ms, to_ms = period.began_ms(), period.ended_ms(now)
    found = by_device(connection, [device_id], from_ms, to_ms).get(device_id, [])
    blind = blind_times(connection, from_ms, to_ms)
    spent = add_up(part for each in found if (part := part_of(each, from_ms, to_ms, blind)) is not None)
    heard = counts_of(connection, device_id, period.first, period.last)
    return {
        "device_id": device_id,
        "from": period.first,
        "to": period.last,
        "share": Availability(1, 0, spent).share,
        "spent": _seconds(spent),
        "spans": [_span(each, to_ms) for each in found[-MOST_SPANS:]],
        "blind": _stretches_of(blind),
        "heard": [{"day": day, "hours": list(hours)} for day, hours in heard.items()],
    }


def _span(stretch: Stretch, to_ms: int) -> Mapping[str, Any]:
    return {
        "state": stretch.state,
        "began_at": iso(moment_of(stretch.began_ms)),
        "ended_at": None if stretch.ended_ms >= to_ms else iso(moment_of(stretch.ended_ms)),
        "is_planned": stretch.is_planned,
        "changes": stretch.changes,
    }


def _stretches_of(blind: BlindTimes) -> list[Mapping[str, Any]]:
    return [{"began_at": iso(moment_of(began)), "ended_at": iso(moment_of(end))} for began, end in blind.stretches]


def _told(report: AvailabilityReport) -> Mapping[str, Any]:
    asked = report.asked
    return {
        "area": asked.root_id,
        "level": asked.level,
        "from": asked.period.first,
        "to": asked.period.last,
        "whole": _figures(report.whole),
        "before": _figures(report.before),
        "blind_s": report.blind_ms / 1000,
        "units": [{"id": area.id, "name": area.name, **_figures(figures)} for area, figures in report.units],
        "lines": {lang: AvailabilityWording(lang).lines(report) for lang in LANGUAGES},
    }


def _figures(figures: Availability) -> Mapping[str, Any]:
    return {
        "share": figures.share,
        "devices": figures.devices,
        "never_heard": figures.never_heard,
        "spent": _seconds(figures.spent),
    }


def _seconds(spent: Spent) -> Mapping[str, float]:
    return {name.replace("_ms", "_s"): getattr(spent, name) / 1000 for name in Spent.__slots__}
