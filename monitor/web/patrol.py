"""``/patrol``: an incident in the hand of whoever drives there; `POST …/patrol` is what he says on the way."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from monitor.errors import Refusal
from monitor.inventory.territory import Territory
from monitor.journal.accounts import Role, User
from monitor.journal.incident_site import site_of
from monitor.journal.incidents import incident_row, incidents_page
from monitor.machines.incident import Stage
from monitor.pipeline.incident_commands import Act, IncidentCommands
from monitor.web.access import ALARM_ROLES, Within, identity_of, only
from monitor.web.incident_schemas import Incident
from monitor.web.incidents import IncidentId, incident_detail
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import REFUSALS, Answers, Failure, Question

PATROL_ROLES = ALARM_ROLES | {Role.PATROL}
Patroller = Annotated[User, Depends(only(PATROL_ROLES))]
MOST_OPEN = 50
_STEPS = {"coming": Stage.EN_ROUTE, "there": Stage.ON_SCENE}
_UNKNOWN: Answers = {404: {"model": Failure, "description": "No such incident"}}


class WordGiven(Question):
    word: Literal["coming", "there", "backup"]


def patrol_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(responses=REFUSALS)

    @router.get("/patrol", include_in_schema=False)
    def listed(request: Request, _patroller: Patroller, within: Within) -> Response:
        with desk.read() as connection:
            items, _ = incidents_page(connection, within, is_open=True, limit=MOST_OPEN)
        return pages.framed(request, "patrol/list.html", "/patrol", {"items": items})

    @router.get("/patrol/{incident_id}", include_in_schema=False)
    def card(request: Request, incident_id: IncidentId, _patroller: Patroller, within: Within) -> Response:
        with desk.read() as connection:
            told = incident_detail(desk, connection, incident_id, identity_of(request))
            at = site_of(connection, incident_id, within).at
        place = {"latitude": at.latitude, "longitude": at.longitude} if at else None
        return pages.framed(request, "patrol/card.html", "/patrol", {"incident": told, "place": place})

    @router.post(
        "/api/v1/incidents/{incident_id}/patrol",
        tags=["incidents"],
        summary="On the way, there, or in need of help",
        response_model=Incident,
        responses=_UNKNOWN,
    )
    async def say(
        request: Request, incident_id: IncidentId, given: WordGiven, patroller: Patroller, within: Within
    ) -> Mapping[str, Any]:
        """A step where it is the next one; a line of the timeline where somebody was first, or where it is none."""
        version = await to_thread.run_sync(partial(_version_of, desk, incident_id, within))
        act = Act(incident_id=incident_id, version=version, by=patroller.name, within=within)
        text = pages.words_for(request)(f"patrol.said.{given.word}", {})
        return await desk.on_incidents(lambda room: _said(room, act, given.word, text))

    return router


def _version_of(desk: Desk, incident_id: int, within: Territory) -> int:
    with desk.read() as connection:
        return int(incident_row(connection, incident_id, within)["version"])


def _said(room: IncidentCommands, act: Act, word: str, text: str) -> dict[str, Any]:
    if (stage := _STEPS.get(word)) is None:
        return room.note(act, text)
    try:
        return room.advance(act, stage)
    except Refusal:
        # Not sent yet as far as the desk knows, or further already: what was said is kept all the same.
        return room.note(act, text)
