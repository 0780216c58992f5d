"""``/api/v1/incidents``: what people do about alarms, from the first press to the word on what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection

from monitor.errors import VersionConflict
from monitor.inventory.territory import Territory
from monitor.journal.accounts import Role, User
from monitor.journal.call_list import call_list
from monitor.journal.dispatch_rows import groups_told
from monitor.journal.incident_site import IncidentSite, site_of
from monitor.journal.incidents import incident_json, incident_row, incidents_page, plan_done, timeline_of
from monitor.journal.layer_warnings import layers_json
from monitor.journal.near_eyes import NearEye, NearEyes, eyes_near
from monitor.journal.outages import causes_of
from monitor.journal.times import iso
from monitor.machines.incident import Closing
from monitor.pipeline.incident_commands import Act, Called, IncidentCommands
from monitor.reports.incident_lines import Handled, incident_line
from monitor.web.access import ALARM_ROLES, Identity, Within, identity_of
from monitor.web.alarms import Officer
from monitor.web.cursors import id_from_cursor, to_cursor
from monitor.web.failures import failure
from monitor.web.incident_schemas import (
    Assessed,
    CallMade,
    ClosedAs,
    Incident,
    IncidentConflict,
    IncidentDetail,
    IncidentPage,
    MergedInto,
    NoteTaken,
    PlanStepDone,
    StepTaken,
    TakenBack,
    TipTaken,
    VersionOnly,
)
from monitor.web.ports import Desk
from monitor.web.schemas import LARGEST_ID, REFUSALS, Answers, Failure

IncidentId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such incident"}}
_CONFLICT: Answers = {
    409: {"model": IncidentConflict, "description": "The version is old, or a rule stands in the way"}
}
_COMMANDERS = frozenset({Role.COMMANDER})


def incidents_router(desk: Desk) -> APIRouter:
    router = APIRouter(prefix="/api/v1/incidents", tags=["incidents"], responses=REFUSALS)
    _add_reading(router, desk)
    _add_steps(router, desk)
    _add_merging(router, desk)
    _add_words(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("", summary="Incidents, newest first", response_model=IncidentPage)
    def incidents(
        within: Within,
        is_open: Annotated[bool | None, Query(description="none: both")] = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
        cursor: Annotated[str | None, Query(max_length=200)] = None,
    ) -> Mapping[str, Any]:
        """One that was merged into another is told there."""
        with desk.read() as connection:
            before_id = id_from_cursor(cursor)
            items, next_id = incidents_page(connection, within, is_open=is_open, limit=limit, before_id=before_id)
        return {"items": items, "next": to_cursor(next_id)}

    @router.get("/{incident_id}", summary="One incident whole", response_model=IncidentDetail, responses=_UNKNOWN)
    def incident(request: Request, incident_id: IncidentId) -> Mapping[str, Any]:
        """What a tip said is told to officers only."""
        with desk.read() as connection:
            return incident_detail(desk, connection, incident_id, identity_of(request))


def incident_detail(desk: Desk, connection: Connection, incident_id: int, reader: Identity) -> dict[str, Any]:
    """An incident with everything an officer needs beside it. Raises ``UnknownRecord``."""
    within = reader.territory
    row = incident_row(connection, incident_id, within)
    timeline = [_line_for(reader, line) for line in timeline_of(connection, incident_id, within)]
    done = plan_done(timeline)
    found = site_of(connection, incident_id, within)
    return {
        **incident_json(connection, row, within),
        "timeline": timeline,
        "plan": [_planned(asdict(step), done.get(step.id)) for step in desk.plan_of(connection, dict(row))],
        "call_list": [asdict(each) for each in call_list(connection, found.site, within)],
        "eyes": _eyes(desk, connection, found, within),
        "groups_told": _groups_told(connection, incident_id),
        "layers": layers_json(connection, incident_id),
        "lines": {lang: incident_line(row["kind"], [_handled(row)], lang) for lang in ("vi", "en")},
    }


def _line_for(reader: Identity, line: dict[str, Any]) -> dict[str, Any]:
    """What citizens tell the police is for officers: others read that there was something, and by which way."""
    return {**line, "text": None} if line["kind"] == "tip" and reader.user.role not in ALARM_ROLES else line


def _groups_told(connection: Connection, incident_id: int) -> dict[str, Any]:
    told = groups_told(connection, incident_id)
    return {"sent": told.sent, "of": told.of, "channels": sorted(told.channels)}


def _planned(step: dict[str, Any], said: Mapping[str, Any] | None) -> dict[str, Any]:
    told = {name: step[name] for name in ("id", "vi", "en", "blocks_closing")}
    if said is None:
        return {**told, "is_done": False, "by": None, "at": None, "text": None}
    return {**told, "is_done": True, "by": said["actor"], "at": said["at"], "text": said["text"]}


def _handled(row: Mapping[Any, Any]) -> Handled:
    return Handled(row["opened_at"], row["acknowledged_at"], row["on_scene_at"])


def _eyes(desk: Desk, connection: Connection, found: IncidentSite, within: Territory) -> dict[str, Any]:
    if found.at is None:
        return {"nearest": [], "down": None, "cause": None, "working": None}
    working = desk.working()
    around = eyes_near(connection, found.at, working, within)
    seen = _last_seen(desk, around)

    def told(eye: NearEye) -> dict[str, Any]:
        is_working = None if working is None else eye.id in working
        return {**asdict(eye), "is_working": is_working, "last_seen_at": iso(seen.get(eye.id))}

    down = None if working is None else [eye.id for eye in around.nearest if eye.id not in working]
    return {
        "nearest": [told(eye) for eye in around.nearest],
        "down": None if down is None else len(down),
        "cause": _one_cause(connection, down or []),
        "working": told(around.working) if around.working else None,
    }


def _one_cause(connection: Connection, down: Sequence[str]) -> str | None:
    """What took all of them down, where that is one thing."""
    causes = causes_of(connection, down)
    found = {causes.get(eye) for eye in down}
    return found.pop() if len(found) == 1 else None


def _last_seen(desk: Desk, around: NearEyes) -> dict[str, datetime | None]:
    ids = {eye.id for eye in (*around.nearest, *([around.working] if around.working else []))}
    return {device_id: life.last_seen_at for device_id, life in desk.lives_of(ids).items()}


def _add_steps(router: APIRouter, desk: Desk) -> None:
    shape: dict[str, Any] = {"response_model": Incident, "responses": {**_UNKNOWN, **_CONFLICT}}

    @router.post("/{incident_id}/steps", summary="Verify, dispatch, en route, on scene", **shape)
    async def step(request: Request, incident_id: IncidentId, it: StepTaken, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, it.version, officer, within)
        return await _done(desk, request, act, lambda room: room.advance(act, it.step, it.text))

    @router.post("/{incident_id}/take-back", summary="Take the last step back", **shape)
    async def back(request: Request, incident_id: IncidentId, it: TakenBack, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, it.version, officer, within)
        return await _done(desk, request, act, lambda room: room.take_back(act, it.text))

    @router.post("/{incident_id}/verification", summary="How sure we are", **shape)
    async def assess(request: Request, incident_id: IncidentId, it: Assessed, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, it.version, officer, within)
        return await _done(desk, request, act, lambda room: room.assess(act, it.level, it.text))

    @router.post("/{incident_id}/close", summary="Close with a disposition", **shape)
    async def close(request: Request, incident_id: IncidentId, it: ClosedAs, officer: Officer, within: Within) -> Any:
        """Refused with what is missing: an alarm nobody saw, a step of the plan, a note, the proof of malice."""
        act = _act(incident_id, it.version, officer, within)
        closing = Closing(
            disposition=it.disposition,
            note=it.note,
            evidence=it.evidence,
            is_commander=officer.role in _COMMANDERS,
        )
        return await _done(desk, request, act, lambda room: room.close(act, closing))


def _add_merging(router: APIRouter, desk: Desk) -> None:
    shape: dict[str, Any] = {"response_model": Incident, "responses": {**_UNKNOWN, **_CONFLICT}}

    @router.post("/{incident_id}/merge", summary="Let another go on for it", **shape)
    async def merge(request: Request, incident_id: IncidentId, it: MergedInto, officer: Officer, within: Within) -> Any:
        """The other one afterwards, which goes on for both."""
        act = _act(incident_id, it.version, officer, within)
        return await _done(desk, request, act, lambda room: room.merge(act, it.into))

    @router.post("/{incident_id}/unmerge", summary="Take a merger back", **shape)
    async def unmerge(
        request: Request, incident_id: IncidentId, it: VersionOnly, officer: Officer, within: Within
    ) -> Any:
        act = _act(incident_id, it.version, officer, within)
        return await _done(desk, request, act, lambda room: room.unmerge(act))


def _add_words(router: APIRouter, desk: Desk) -> None:
    """What is only written down: two officers may do so at once."""
    shape: dict[str, Any] = {"response_model": Incident, "responses": _UNKNOWN}

    @router.post("/{incident_id}/notes", summary="Write something down", **shape)
    async def note(incident_id: IncidentId, it: NoteTaken, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, 0, officer, within)
        return await desk.on_incidents(lambda room: room.note(act, it.text))

    @router.post("/{incident_id}/calls", summary="A call that was made, and what came of it", **shape)
    async def call(incident_id: IncidentId, it: CallMade, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, 0, officer, within)
        return await desk.on_incidents(lambda room: room.called(act, Called(it.whom, it.result, it.note)))

    conflict: Answers = {409: {"model": Failure, "description": "`tip_taken`"}}
    taking: dict[str, Any] = {"response_model": Incident, "responses": {**_UNKNOWN, **conflict}}

    @router.post("/{incident_id}/tips", summary="A tip that was logged is about this", **taking)
    async def tip(incident_id: IncidentId, it: TipTaken, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, 0, officer, within)
        return await desk.on_incidents(lambda room: room.take_tip(act, it.tip))

    @router.post("/{incident_id}/plan", summary="A step of the action plan is done, or is not after all", **shape)
    async def plan(incident_id: IncidentId, it: PlanStepDone, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, 0, officer, within)
        return await desk.on_incidents(lambda room: room.plan_step(act, it.step, is_done=it.is_done, text=it.text))


def _act(incident_id: int, version: int, officer: User, within: Territory) -> Act:
    return Act(incident_id=incident_id, version=version, by=officer.name, within=within)


async def _done(desk: Desk, request: Request, act: Act, work: Callable[[IncidentCommands], dict[str, Any]]) -> Any:
    """409 with the newer incident where a press or a colleague was first."""
    try:
        return await desk.on_incidents(work)
    except VersionConflict as conflict:
        now_there = await to_thread.run_sync(lambda: _now_there(desk, act))
        return failure(request, 409, "version_conflict", str(conflict), incident=now_there)


def _now_there(desk: Desk, act: Act) -> dict[str, Any]:
    with desk.read() as connection:
        return incident_json(connection, incident_row(connection, act.incident_id, act.within), act.within)
