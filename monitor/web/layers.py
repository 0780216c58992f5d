"""``/api/v1/layers``: plans of rings, and whom they warned; orders, cancels, answers; and their page, ``/layers``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from monitor.inventory.area_tables import LayerPlan
from monitor.inventory.edits import Edit, Outcome, core
from monitor.inventory.seeding import load_layers
from monitor.inventory.territory import EVERYWHERE, Territory
from monitor.journal.accounts import User
from monitor.journal.layer_warnings import layers_json, warnings_page
from monitor.journal.times import today
from monitor.pipeline.incident_commands import Act
from monitor.reports.layer_lines import plans_told
from monitor.web.access import INVENTORY_ROLES, Within, everywhere_only
from monitor.web.alarms import Officer
from monitor.web.incidents import IncidentId
from monitor.web.layer_schemas import LayersTold, LayerWarnings, PlanGiven, PlanTaken, RingOrdered
from monitor.web.pages import Pages
from monitor.web.ports import Desk
from monitor.web.schemas import LARGEST_ID, REFUSALS, Answers, Day, Failure

PostId = Annotated[int, Path(ge=1, le=LARGEST_ID)]
AsOf = Annotated[Day | None, Query(description="a day, in Vietnam; none: now")]
_INCIDENT: Answers = {
    404: {"model": Failure, "description": "No such incident"},
    409: {
        "model": Failure,
        "description": "`not_verified`, `no_plan`, `inner_first`, `layer_told`, `nothing_to_cancel`",
    },
}
_POST: Answers = {
    404: {"model": Failure, "description": "No such post"},
    409: {"model": Failure, "description": "`not_told`"},
}
_PLAN = core(LayerPlan)


class _TriedError(Exception):
    """Rolls a dry run back, with what it came to."""

    def __init__(self, taken: Mapping[str, Any]) -> None:
        super().__init__()
        self.taken = taken


def layers_router(desk: Desk, pages: Pages) -> APIRouter:
    router = APIRouter(tags=["layers"], responses=REFUSALS)
    _add_reading(router, desk, pages)
    _add_acts(router, desk)
    _add_taking(router, desk)
    return router


def _add_reading(router: APIRouter, desk: Desk, pages: Pages) -> None:
    @router.get("/api/v1/layers", summary="Plans of rings on a day, and their warnings", response_model=LayersTold)
    def layers(within: Within, as_of: AsOf = None) -> Mapping[str, Any]:
        return _read(desk, as_of, within)

    @router.get("/layers", include_in_schema=False)
    def page(request: Request, within: Within, as_of: AsOf = None) -> Response:
        values = {**_read(desk, as_of, within), "is_everywhere": within.is_everywhere}
        return pages.framed(request, "layers/page.html", "/layers", values)


def _read(desk: Desk, as_of: date | None, within: Territory) -> dict[str, Any]:
    day = as_of or today(desk.clock.now())
    with desk.read() as connection:
        plans, warnings = plans_told(connection, day, within), warnings_page(connection, within)
    return {"as_of": day.isoformat(), "plans": plans, "warnings": warnings}


def _add_acts(router: APIRouter, desk: Desk) -> None:
    async def warned(incident_id: int) -> dict[str, Any]:
        def read() -> dict[str, Any]:
            with desk.read() as connection:
                return {"items": layers_json(connection, incident_id)}

        return await to_thread.run_sync(read)

    shape: dict[str, Any] = {"response_model": LayerWarnings, "responses": _INCIDENT}

    @router.post("/api/v1/incidents/{incident_id}/layers/order", summary="Tell the next ring now", **shape)
    async def order(incident_id: IncidentId, it: RingOrdered, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, officer, within)
        await desk.on_layers(lambda watch: watch.order(act, it.layer))
        return await warned(incident_id)

    @router.post("/api/v1/incidents/{incident_id}/layers/cancel", summary="Tell all that were told: over", **shape)
    async def cancel(incident_id: IncidentId, officer: Officer, within: Within) -> Any:
        act = _act(incident_id, officer, within)
        await desk.on_layers(lambda watch: watch.cancel(act))
        return await warned(incident_id)

    @router.post(
        "/api/v1/layer-posts/{post_id}/acknowledge",
        summary="The post of a unit has the warning",
        status_code=204,
        responses=_POST,
    )
    async def answer(post_id: PostId, officer: Officer, within: Within) -> None:
        """By the unit itself, or by whoever handles the incident and heard it by telephone."""
        await desk.on_layers(lambda watch: watch.answer(post_id, officer.name, within))


def _act(incident_id: int, officer: User, within: Territory) -> Act:
    return Act(incident_id=incident_id, version=0, by=officer.name, within=within)


def _add_taking(router: APIRouter, desk: Desk) -> None:
    @router.post(
        "/api/v1/layers/plans",
        summary="Take a plan of rings in, or try to",
        response_model=PlanTaken,
        responses={409: {"model": Failure, "description": "The list is wrong: in which line"}},
    )
    async def take(it: PlanGiven, who: Annotated[User, Depends(everywhere_only(INVENTORY_ROLES))]) -> Any:
        """All of it or nothing. A dry run writes nothing and answers what it would come to."""

        def work(tx: Connection, now: datetime) -> dict[str, Any]:
            came_to = load_layers(tx, it.content.encode(), Edit(who.name, now, "layers"))
            taken = _taken(tx, came_to, is_dry_run=it.is_dry_run)
            if it.is_dry_run:
                raise _TriedError(taken)
            return taken

        try:
            return await desk.change(work, who.name)
        except _TriedError as tried:
            return tried.taken


def _taken(tx: Connection, came_to: Outcome, *, is_dry_run: bool) -> dict[str, Any]:
    named = {key.split("/", 1)[0] for key in (*came_to.added, *came_to.changed)}
    days = tx.execute(select(_PLAN.c.id, _PLAN.c.valid_from).where(_PLAN.c.id.in_(named))).all()
    told = [plan for row in days for plan in plans_told(tx, row.valid_from, EVERYWHERE) if plan["id"] == row.id]
    counts = {"added": len(came_to.added), "changed": len(came_to.changed), "same": came_to.same}
    return {"is_dry_run": is_dry_run, **counts, "plans": told}
