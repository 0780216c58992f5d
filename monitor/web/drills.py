"""`/api/v1/drills`, `/drills`: a drill is begun and ended by people, and read as a sheet to print."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request
from pydantic import Field
from starlette.responses import Response

from device_adapters.core.events import AlarmKind
from monitor.drill_file import script_of
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal import drills
from monitor.journal.accounts import User
from monitor.machines.drill import LONGEST, Ending, Goal
from monitor.machines.incident import Disposition, Stage
from monitor.pipeline import drill_log
from monitor.reports.drill_sheet import drill_json, sheet
from monitor.reports.shift_lines import day_and_clock
from monitor.web.access import ALARM_ROLES, CHANNEL_ROLES, Within, everywhere_only, only
from monitor.web.pages import Pages, chosen_language
from monitor.web.ports import Desk
from monitor.web.schemas import LARGEST_ID, REFUSALS, Answer, Answers, Failure, Moment, Question

LONGEST_MIN = int(LONGEST.total_seconds() // 60)
DrillId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
Officer = Annotated[User, Depends(only(ALARM_ROLES))]
Commander = Annotated[User, Depends(everywhere_only(CHANNEL_ROLES))]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such drill"}}
_REFUSED: Answers = {
    409: {
        "model": Failure,
        "description": "`malformed`, `too_many`, `no_press`, `unknown_device`, `too_long`: the file; `drill_running`",
    }
}


class Drill(Answer):
    id: int
    title: str
    started_at: Moment
    started_by: str
    expires_at: Moment
    ended_at: Moment | None
    ended_by: str | None = Field(description="null: it ended by itself")
    ending: Ending | None
    presses: int
    played: int = Field(description="how many of its presses were made")
    left_out: int = Field(description="steps of the file that a drill does not play: faults, floods, the monitor's own")


class DrillMark(Answer):
    goal: Goal
    limit_s: float | None
    took_s: float | None
    is_met: bool | None = Field(description="null: measured, for there is no goal")
    wanted: Disposition | None
    said: Disposition | None


class DrillTelling(Answer):
    recipient: str
    channel: str
    about: str
    due_at: Moment
    would_be_told: bool


class DrillCase(Answer):
    id: int = Field(description="of its incident")
    code: str
    kind: AlarmKind
    stage: Stage
    acknowledged_by: str | None
    note: str | None
    place: str | None
    pressed_at: Moment
    presses: int
    marks: list[DrillMark]
    told: list[DrillTelling] = Field(description="whom it would have told; nobody was")


class DrillSheet(Drill):
    cases: list[DrillCase]
    met: int
    of: int = Field(description="goals in all")
    real_calls: int = Field(description="real alarms of priority 1 and 2 meanwhile")


class Drills(Answer):
    items: list[Drill]


class DrillGiven(Question):
    scenario: str = Field(min_length=1, max_length=60_000, description="the text of a scenario file")
    minutes: int = Field(default=30, ge=1, le=LONGEST_MIN)


def drills_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)
    _add_reading(router, desk)
    _add_acts(router, desk)
    _add_pages(router, desk, pages)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("/api/v1/drills", tags=["drills"], summary="Drills, newest first", response_model=Drills)
    def newest(_officer: Officer, within: Within) -> Mapping[str, Any]:
        """For an account bound to an area, those whose every press is inside it."""
        return {"items": _newest(desk, within)}

    @router.get(
        "/api/v1/drills/{drill_id}", tags=["drills"], summary="One drill, scored", response_model=DrillSheet,
        responses=_UNKNOWN,
    )  # fmt: skip
    def one(drill_id: DrillId, _officer: Officer, within: Within) -> Mapping[str, Any]:
        return _sheet(desk, drill_id, within)


def _add_acts(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/api/v1/drills", tags=["drills"], summary="Begin a drill", status_code=201, response_model=DrillSheet,
        responses=_REFUSED,
    )  # fmt: skip
    async def start(given: DrillGiven, commander: Commander) -> Mapping[str, Any]:
        """Its first press comes ten seconds later. It is marked everywhere, and tells nobody outside."""
        script, lasts_s = script_of(given.scenario, "scenario"), given.minutes * 60.0
        now = desk.clock.now()
        drill_id = await desk.write(lambda tx: drill_log.start(tx, script, commander.name, lasts_s, now))
        return await to_thread.run_sync(partial(_sheet, desk, drill_id, EVERYWHERE))

    @router.post(
        "/api/v1/drills/{drill_id}/end", tags=["drills"], summary="End it", response_model=DrillSheet,
        responses=_UNKNOWN,
    )  # fmt: skip
    async def end(drill_id: DrillId, officer: Officer, within: Within) -> Mapping[str, Any]:
        """Whatever is open of it is over within a second. Any officer of its territory may; twice is once."""
        now = desk.clock.now()
        await desk.write(lambda tx: drill_log.end(tx, drill_id, officer.name, within, now))
        return await to_thread.run_sync(partial(_sheet, desk, drill_id, within))


def _add_pages(router: APIRouter, desk: Desk, pages: Pages) -> None:
    @router.get("/drills", include_in_schema=False)
    def listed(request: Request, officer: Officer, within: Within) -> Response:
        can_start = officer.role in CHANNEL_ROLES and within.is_everywhere
        values = {"drills": _newest(desk, within), "can_start": can_start, "longest_min": LONGEST_MIN}
        return pages.framed(request, "drill/list.html", "/drills", values)

    @router.get("/drills/{drill_id}", include_in_schema=False)
    def page(request: Request, drill_id: DrillId, _officer: Officer, within: Within) -> Response:
        drill, lang = _sheet(desk, drill_id, within), chosen_language(request)
        values = {
            "drill": drill,
            "began": _day(drill["started_at"]),
            "ended": _day(drill["ended_at"]) if drill["ended_at"] else None,
            "seconds": partial(_seconds, lang=lang),
        }
        return pages.framed(request, "drill/sheet.html", "/drills", values)


def _day(at: str) -> str:
    """A sheet is read years later."""
    return day_and_clock(datetime.fromisoformat(at))


def _seconds(seconds: float, lang: str) -> str:
    return f"{seconds:g}".replace(".", "," if lang == "vi" else ".")


def _newest(desk: Desk, within: Territory) -> list[dict[str, Any]]:
    with desk.read() as connection:
        rows = [row for row in drills.newest(connection) if drill_log.is_within(connection, row, within)]
        return [drill_json(row) for row in rows]


def _sheet(desk: Desk, drill_id: int, within: Territory) -> dict[str, Any]:
    with desk.read() as connection:
        return sheet(connection, drill_id, desk.clock.now(), within)
