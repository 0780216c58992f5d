"""``/api/v1/gong-signals`` and ``/api/v1/tips``: what people report themselves, logged by hand; and their page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import Field, StringConstraints
from sqlalchemy import Connection

from monitor.errors import Refusal
from monitor.inventory.audit import Edit
from monitor.inventory.gong_codes import GongCode
from monitor.journal import report_rows
from monitor.journal.accounts import Role, User
from monitor.journal.incidents import open_in
from monitor.journal.report_rows import NewSignal, NewTip
from monitor.journal.times import iso
from monitor.reports.periods import period_of
from monitor.reports.tip_lines import lines
from monitor.web.access import ALARM_ROLES, Within, identity_of, only
from monitor.web.alarms import Instant
from monitor.web.cursors import id_from_cursor, to_cursor
from monitor.web.pages import Pages, chosen_language
from monitor.web.ports import Desk
from monitor.web.schemas import (
    AREA_PATTERN,
    LARGEST_ID,
    REFUSALS,
    Answer,
    Answers,
    Day,
    Failure,
    IncidentNamed,
    Moment,
    Question,
)

MOST_NEAR = 3  # a night on which more go on in one place is asked about the newest
# Heads of groups stand where the gong hangs; what citizens tell the police is for officers.
GONG_ROLES = ALARM_ROLES | {Role.GROUP_BOARD, Role.PATROL}
Striker = Annotated[User, Depends(only(GONG_ROLES))]
Officer = Annotated[User, Depends(only(ALARM_ROLES))]
AreaId = Annotated[str, StringConstraints(pattern=AREA_PATTERN)]
Limit = Annotated[int, Query(ge=1, le=500)]
Cursor = Annotated[str | None, Query(max_length=200)]
TipId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_FUTURE: Answers = {409: {"model": Failure, "description": "`future`, or no such area or code"}}


class TipSource(StrEnum):
    PHONE = "phone"
    IN_PERSON = "in_person"
    ZALO = "zalo"
    LETTER = "letter"
    GROUP_BOARD = "group_board"
    OTHER = "other"


class CodeTold(Answer):
    code: str
    rolls: int = Field(description="0: without an end")
    strokes: int = Field(description="0: one long roll")
    is_alarm: bool
    custom: str = Field(description="whose agreement it is")
    source: str
    meaning: str


class CodeList(Answer):
    items: list[CodeTold]


class SignalGiven(Question):
    code: str = Field(max_length=24, description="of `/api/v1/gong-codes`")
    area_id: AreaId
    place: str = Field(min_length=1, max_length=200, description="where it was struck")
    struck_at: Instant | None = Field(default=None, description="now, where it is left out")
    note: str | None = Field(default=None, max_length=500)


class SignalTold(Answer):
    id: int
    struck_at: Moment
    area_id: str | None
    area_name: str | None
    place: str
    code: str
    rolls: int
    strokes: int
    meaning: str
    is_alarm: bool
    note: str | None
    logged_at: Moment
    logged_by: str


class SignalPage(Answer):
    items: list[SignalTold]
    next: str | None


class TipGiven(Question):
    source: TipSource = Field(description="the way it came; never who told it")
    text: str = Field(min_length=1, max_length=2000, description="what was told; no names of suspects")
    area_id: AreaId
    told_at: Instant | None = None


class Rating(Question):
    is_valuable: bool | None = Field(description="null takes the rating back")


class PlaceGiven(Question):
    area_id: AreaId


class TipTold(Answer):
    id: int
    told_at: Moment
    area_id: str | None
    area_name: str | None
    source: TipSource
    text: str
    is_valuable: bool | None
    rated_at: Moment | None
    rated_by: str | None
    logged_at: Moment
    logged_by: str


class TipLogged(TipTold):
    near: list[IncidentNamed] = Field(description="incidents of that area that are not over: is it about one of them?")


class TipPage(Answer):
    items: list[TipTold]
    next: str | None


class TipReport(Answer):
    first: date
    last: date
    rated: int
    valuable: int
    unrated: int
    lines: list[str] = Field(description="to print, in the reader's language")


def reported_router(desk: Desk, codes: Mapping[str, GongCode], pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)
    _add_gong(router, desk, codes)
    _add_striking(router, desk, codes)
    _add_tips(router, desk)
    _add_telling(router, desk)

    @router.get("/reported", include_in_schema=False)
    def page(request: Request, user: Striker) -> Response:
        lang = chosen_language(request)
        told = [(code, getattr(each, lang), each.custom) for code, each in codes.items()]
        sees_tips = user.role in ALARM_ROLES
        hears_zalo = sees_tips and identity_of(request).territory.is_everywhere and desk.zalo_hook() is not None
        sees = {"sees_tips": sees_tips, "hears_zalo": hears_zalo}
        return pages.framed(request, "reported.html", "/reported", {"codes": told, "sources": list(TipSource), **sees})

    return router


def _add_gong(router: APIRouter, desk: Desk, codes: Mapping[str, GongCode]) -> None:
    @router.get("/api/v1/gong-codes", tags=["reported"], summary="What a gong says", response_model=CodeList)
    def gong_codes(request: Request) -> Mapping[str, Any]:
        lang = chosen_language(request)
        plain = ("rolls", "strokes", "is_alarm", "custom", "source")
        told = [
            {"code": code, "meaning": getattr(each, lang), **{name: getattr(each, name) for name in plain}}
            for code, each in codes.items()
        ]
        return {"items": told}

    @router.get("/api/v1/gong-signals", tags=["reported"], summary="Signals, newest first", response_model=SignalPage)
    def signals(within: Within, limit: Limit = 50, cursor: Cursor = None) -> Mapping[str, Any]:
        before = id_from_cursor(cursor)
        with desk.read() as connection:
            rows, next_id = report_rows.signals_page(connection, within, limit, before)
        return {"items": [_told(row) for row in rows], "next": to_cursor(next_id)}


def _add_striking(router: APIRouter, desk: Desk, codes: Mapping[str, GongCode]) -> None:
    @router.post(
        "/api/v1/gong-signals",
        tags=["reported"],
        summary="A gong was struck",
        status_code=201,
        response_model=SignalTold,
        responses=_FUTURE,
    )
    async def log_signal(given: SignalGiven, user: Striker, within: Within) -> Mapping[str, Any]:
        """Logged by hand: a gong sends nothing, and is never missed. The meaning stays as it was agreed that day."""
        if (code := codes.get(given.code)) is None:
            raise Refusal(f"there is no gong code {given.code}")
        now = desk.clock.now()
        new = NewSignal(
            struck_at=given.struck_at or now,
            area_id=given.area_id,
            place=given.place,
            code=given.code,
            rolls=code.rolls,
            strokes=code.strokes,
            meaning=code.vi,
            is_alarm=code.is_alarm,
            note=given.note or None,
            logged_at=now,
            logged_by=user.name,
        )
        return _told(await desk.write(lambda tx: report_rows.log_signal(tx, new, within)))


def _add_tips(router: APIRouter, desk: Desk) -> None:
    @router.get("/api/v1/tips", tags=["reported"], summary="Tips, newest first", response_model=TipPage)
    def tips(
        _officer: Officer, within: Within, limit: Limit = 50, cursor: Cursor = None, unrated: bool = False
    ) -> Mapping[str, Any]:
        before = id_from_cursor(cursor)
        with desk.read() as connection:
            rows, next_id = report_rows.tips_page(connection, within, limit, before, only_unrated=unrated)
        return {"items": [_told(row) for row in rows], "next": to_cursor(next_id)}

    @router.get("/api/v1/tips/report", tags=["reported"], summary="Tips of a period", response_model=TipReport)
    def report(
        request: Request,
        within: Within,
        first: Annotated[Day | None, Query(alias="from")] = None,
        last: Annotated[Day | None, Query(alias="to")] = None,
    ) -> Mapping[str, Any]:
        """Any days, 30 where none are given: `350/648 (54,0%)` of those that were rated, the others apart."""
        period = period_of(first, last, desk.clock.now())
        with desk.read() as connection:
            figures = report_rows.tip_figures(connection, period.first, period.last, within)
        counted = {"rated": figures.rated, "valuable": figures.valuable, "unrated": figures.unrated}
        told = lines(figures, chosen_language(request))
        return {"first": period.first, "last": period.last, **counted, "lines": told}


def _add_telling(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/api/v1/tips",
        tags=["reported"],
        summary="Log a tip",
        status_code=201,
        response_model=TipLogged,
        responses=_FUTURE,
    )
    async def log_tip(given: TipGiven, officer: Officer, within: Within) -> Mapping[str, Any]:
        now = desk.clock.now()
        new = NewTip(given.told_at or now, given.area_id, given.source, given.text, now, officer.name)

        def work(tx: Connection) -> Mapping[str, Any]:
            logged = report_rows.log_tip(tx, new, within)
            return {**_told(logged), "near": open_in(tx, new.area_id, MOST_NEAR)}

        return await desk.write(work)

    unknown: Answers = {404: {"model": Failure, "description": "No such tip"}}
    shape: dict[str, Any] = {"tags": ["reported"], "responses": unknown}

    @router.post("/api/v1/tips/{tip_id}/area", summary="What area a tip is about", response_model=TipLogged, **shape)
    async def place(tip_id: TipId, given: PlaceGiven, officer: Officer, within: Within) -> Mapping[str, Any]:
        by = Edit(officer.name, desk.clock.now(), "form")

        def work(tx: Connection) -> Mapping[str, Any]:
            placed = report_rows.place_tip(tx, tip_id, given.area_id, by, within)
            return {**_told(placed), "near": open_in(tx, given.area_id, MOST_NEAR)}

        return await desk.write(work)

    @router.post("/api/v1/tips/{tip_id}/rating", summary="Rate a tip", response_model=TipTold, **shape)
    async def rate(tip_id: TipId, given: Rating, officer: Officer, within: Within) -> Mapping[str, Any]:
        by = Edit(officer.name, desk.clock.now(), "form")
        rating = partial(report_rows.rate_tip, tip_id=tip_id, is_valuable=given.is_valuable, by=by, within=within)
        return _told(await desk.write(rating))


def _told(row: Mapping[str, Any]) -> Mapping[str, Any]:
    plain = {name: value for name, value in row.items() if name != "device_id"}
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in plain.items()}
