"""``/incidents``: what people do about alarms; one incident whole on a page, and the list of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import Response

from monitor.inventory.photos import photo_digest
from monitor.inventory.territory import Territory
from monitor.journal.accounts import Role
from monitor.journal.incidents import incidents_page
from monitor.machines.incident import HIGHEST_VERIFICATION, STEPS, Disposition, Stage
from monitor.reports.drill_sheet import tellings
from monitor.reports.site_sketch import EDGE, sketch_of
from monitor.web.access import Within, identity_of
from monitor.web.footage import footage_of
from monitor.web.incidents import IncidentId, incident_detail
from monitor.web.pages import Pages
from monitor.web.people import CONTACT_ROLES
from monitor.web.ports import Desk

MOST_OPEN, MOST_CLOSED = 100, 50
# The key of each step an officer takes, beside its button.
STEP_KEYS = {Stage.VERIFYING: "V", Stage.DISPATCHED: "D", Stage.EN_ROUTE: "E", Stage.ON_SCENE: "S"}
_ZALO = ("zalo", "zns", "copy_text")
CALL_RESULTS = ("answered", "no_answer", "busy")


def incident_page_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/incidents")
    def incidents(request: Request, within: Within) -> Response:
        return pages.framed(request, "incident/list.html", "/incidents", _listed(desk, within))

    @router.get("/incidents/{incident_id}")
    def incident(request: Request, incident_id: IncidentId) -> Response:
        reader = identity_of(request)
        user, within = reader.user, reader.territory
        with desk.read() as connection:
            told = incident_detail(desk, connection, incident_id, reader)
            others, _ = incidents_page(connection, within, is_open=True, limit=MOST_OPEN)
            site = _site(connection, told)
            would_tell = tellings(connection, told, desk.clock.now()) if told["drill_id"] else []
        values = {
            "incident": told,
            "would_tell": would_tell,
            **site,
            "stages": _stages(told),
            "others": [each for each in others if _may_join(each, told)],
            "calls": _newest_calls(told["timeline"]),
            "next_steps": _next_steps(told),
            "missing": _missing(told),
            "step_keys": STEP_KEYS,
            "call_results": CALL_RESULTS,
            "dispositions": tuple(Disposition),
            "levels": range(HIGHEST_VERIFICATION + 1),
            "is_commander": user.role is Role.COMMANDER,
            "told_by_zalo": _is_by_zalo(desk, told["groups_told"]["channels"]),
            "can_call": user.role in CONTACT_ROLES,
            **footage_of(told, desk.clock.now()),
        }
        return pages.framed(request, "incident/page.html", "/incidents", values)

    return router


def _listed(desk: Desk, within: Territory) -> dict[str, Any]:
    with desk.read() as connection:
        still_open, _ = incidents_page(connection, within, is_open=True, limit=MOST_OPEN)
        closed, _ = incidents_page(connection, within, is_open=False, limit=MOST_CLOSED)
    return {"still_open": still_open, "closed": closed}


def _may_join(other: Mapping[str, Any], incident: Mapping[str, Any]) -> bool:
    return bool(other["id"] != incident["id"] and other["drill_id"] == incident["drill_id"])


def _is_by_zalo(desk: Desk, channels: Sequence[str]) -> bool:
    """Or copied into groups of Zalo by hand."""
    kinds = {name: state.kind for name, state in desk.channels().items()}
    return all(kinds.get(name, "").startswith(_ZALO) for name in channels)


def _site(connection: Connection, told: Mapping[str, Any]) -> dict[str, Any]:
    """Where it is: what stands around it, and the picture of the button, where it is one of ours."""
    pressed = told["alarms"][0]["device_id"] if told["alarms"] else None
    picture = photo_digest(connection, pressed) if pressed else None
    return {"sketch": sketch_of(told["eyes"]["nearest"]), "edge": EDGE, "pressed": pressed, "picture": picture}


def _stages(told: Mapping[str, Any]) -> list[dict[str, Any]]:
    """From the press to the end, each with its moment; what was left out has none."""
    steps: list[tuple[str, str | None]] = [(Stage.NEW, told["opened_at"])]
    steps += [(stage, told[f"{stage.lower()}_at"]) for stage in (*STEPS, Stage.CLOSED)]
    return [{"stage": stage, "at": at, "is_now": stage == told["stage"]} for stage, at in steps]


def _newest_calls(timeline: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Whom → what came of the last call."""
    return {line["data"]["whom"]: line for line in timeline if line["kind"] == "call"}


def _next_steps(told: Mapping[str, Any]) -> list[Stage]:
    if told["stage"] in (Stage.NEW, Stage.CLOSED, Stage.MERGED):
        return []
    done = STEPS.index(Stage(told["stage"]))
    return list(STEPS[done + 1 :])


def _missing(told: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Steps of the plan that stand in the way of an end."""
    return [step for step in told["plan"] if step["blocks_closing"] and not step["is_done"]]
