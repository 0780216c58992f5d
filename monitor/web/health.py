"""For supervisors and graphs: ``/healthz`` (alive), ``/readyz`` (can take an alarm now), ``/metrics``."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse, Response

from monitor import metrics
from monitor.journal import device_queries, queries
from monitor.journal.accounts import Role
from monitor.journal.duties import count_duties
from monitor.web.access import everywhere_only
from monitor.web.ports import Desk


def health_router(desk: Desk) -> APIRouter:
    router = APIRouter(tags=["health"])

    @router.get("/healthz", summary="The process is alive")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", summary="It can take an alarm now", responses={503: {"description": "It cannot: reasons"}})
    def readyz() -> Response:
        # Open to everybody, so only what a supervisor needs.
        health = desk.health()
        answer = {name: health[name] for name in ("ready", "broker", "store", "reasons")}
        return JSONResponse(answer, 200 if health["ready"] else 503)

    # Figures of the whole post, without a name in them: for any role, but not for an account of one area.
    @router.get(
        "/metrics",
        summary="Prometheus text",
        response_class=Response,
        dependencies=[Depends(everywhere_only(frozenset(Role)))],
    )
    def show_metrics() -> Response:
        with desk.read() as connection:
            metrics.show_duties(count_duties(connection))
            metrics.show_inventory(queries.count_open_alarms(connection), device_queries.count_devices(connection))
        return Response(metrics.render(), media_type=metrics.CONTENT_TYPE)

    return router
